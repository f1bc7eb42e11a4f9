"""Routes of assets."""

import json
import re

import pytest
from tests.lib.mie.adapters.dataplane_on_moto import ALLOWED_BUCKET, BUCKET, FOREIGN_BUCKET, TABLE

from mie import aws, settings
from mie.adapters.objects import BucketObjects
from mie.core.errors import TooManyRequests


def test_the_front_page_and_the_version(api):
    assert api.get("/").json == {"hello": "world"}
    assert api.get("/version").json == {"ApiVersion": "1.0.0", "FrameworkVersion": "v9.9.9"}


def test_the_source_stays_as_it_is(api):
    source = api.uploaded("public/upload/a b+ö.jpg")
    created = api.post("/create", {"Input": source}).json
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", created["AssetId"])
    assert created["S3Key"].endswith("/input/public/upload/a b+ö.jpg")
    for key in (source["S3Key"], created["S3Key"]):
        assert api.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"video"


def test_a_source_in_an_allowed_bucket_is_copied(api):
    created = api.post("/create", {"Input": api.uploaded("v.mp4", ALLOWED_BUCKET)})
    assert created.json["S3Bucket"] == BUCKET
    assert api.stored_keys() == [created.json["S3Key"]]


def test_a_source_in_place_is_not_copied_and_outlives_its_asset(api):
    source = {**api.uploaded("v.mp4", ALLOWED_BUCKET), "MediaType": "Video"}
    created = api.post("/create", {"Input": {**source, "InPlace": True}}).json
    asset_id = created["AssetId"]
    assert created == {**source, "AssetId": asset_id}
    assert api.stored_keys() == []
    located = api.get(f"/metadata/{asset_id}").json["results"]
    assert {key: located[key] for key in source} == source
    api.store(asset_id, {"a": 1})
    assert api.delete(f"/metadata/{asset_id}").json["Deleted"]["Objects"] == 1
    assert api.s3.get_object(Bucket=ALLOWED_BUCKET, Key="v.mp4")["Body"].read() == b"video"


@pytest.mark.parametrize(
    ("bucket", "key", "status", "said"),
    [
        (BUCKET, "upload/v.mp4", 400, "Input.InPlace"),
        (FOREIGN_BUCKET, "v.mp4", 403, "Input.S3Bucket"),
        (ALLOWED_BUCKET, "none", 404, "none"),
    ],
)
def test_what_cannot_be_an_asset_in_its_place_is_refused(api, bucket, key, status, said):
    api.uploaded("upload/v.mp4", BUCKET)
    source = {"S3Bucket": bucket, "S3Key": key, "InPlace": True}
    answer = api.post("/create", {"Input": source})
    assert answer.status == status
    assert said in answer.json["Message"]
    assert api.get("/metadata").json == {"assets": []}


def test_a_source_in_any_other_bucket_is_refused(api):
    answer = api.post("/create", {"Input": api.uploaded("v.mp4", FOREIGN_BUCKET)})
    assert (answer.status, answer.json["Code"]) == (403, "ForbiddenError")
    assert "Input.S3Bucket" in answer.json["Message"]


def test_a_source_that_is_not_there_leaves_nothing_behind(api):
    answer = api.post("/create", {"Input": {"S3Bucket": BUCKET, "S3Key": "upload/none"}})
    assert (answer.status, answer.json["Code"]) == (404, "NotFoundError")
    assert "upload/none" in answer.json["Message"]
    assert api.stored_keys() == []
    assert api.get("/metadata").json == {"assets": []}


def test_a_copy_that_cannot_be_registered_is_deleted(api):
    source = api.uploaded()
    aws.client("dynamodb").delete_table(TableName=TABLE)
    answer = api.post("/create", {"Input": source})
    assert (answer.status, answer.json["Code"]) == (500, "InternalServerError")
    assert "Traceback" not in answer.json["Message"]
    assert api.stored_keys() == ["upload/v.mp4"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "Input"),
        ({"Input": None}, "Input"),
        ({"Input": "upload/v.mp4"}, "Input"),
        ({"Input": [1]}, "Input"),
        ({"Input": {"S3Bucket": "b"}}, "Input.S3Key"),
        ({"Input": {"S3Key": "k"}}, "Input.S3Bucket"),
        ({"Input": {"S3Bucket": "b", "S3Key": 7}}, "Input.S3Key"),
        ({"Input": {"S3Bucket": "b", "S3Key": ""}}, "Input.S3Key"),
        ({"Input": {"S3Bucket": {}, "S3Key": "k"}}, "Input.S3Bucket"),
        ({"Input": {"S3Bucket": BUCKET, "S3Key": "k", "MediaType": 1}}, "Input.MediaType"),
        ({"Input": {"S3Bucket": BUCKET, "S3Key": "k", "MediaType": "x" * 257}}, "Input.MediaType"),
        ({"Input": {"S3Bucket": BUCKET, "S3Key": "k", "MediaType": "\ud800"}}, "Input.MediaType"),
        ({"Input": {"S3Bucket": BUCKET, "S3Key": "k", "InPlace": "true"}}, "Input.InPlace"),
        ({"Input": {"S3Bucket": BUCKET, "S3Key": "k" * 1000}}, "Input.S3Key"),
        ({"Input": {"S3Bucket": BUCKET, "S3Key": "\ud800"}}, "Input.S3Key"),
    ],
)
def test_a_field_that_is_missing_or_wrong_is_named(api, body, field):
    answer = api.post("/create", body)
    assert (answer.status, answer.json["Code"]) == (400, "BadRequestError")
    assert field in answer.json["Message"]


@pytest.mark.parametrize("path", ["/create", "/upload", "/download", "/metadata/a"])
@pytest.mark.parametrize(
    "body", ["{", "", "[]", '"text"', "null", b"\xff", '{"a": NaN}', "[" * 100_000]
)
def test_a_body_that_is_no_json_object_is_refused(api, path, body):
    answer = api.request("POST", path, body)
    assert (answer.status, answer.json["Code"]) == (400, "BadRequestError")
    assert answer.json["Message"].startswith("the body ")


def test_another_type_of_body_is_refused(api):
    answer = api.request("POST", "/create", "{}", headers={"Content-Type": "text/plain"})
    assert (answer.status, answer.json["Code"]) == (415, "UnsupportedMediaType")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/metadata"),
        ("GET", "/metadata/a"),
        ("GET", "/metadata/a/op"),
        ("DELETE", "/metadata/a"),
        ("DELETE", "/metadata/a/op"),
        ("POST", "/metadata/a"),
        ("GET", "/mediapath/a/w"),
        ("POST", "/create"),
        ("POST", "/upload"),
        ("POST", "/checkout/a"),
        ("POST", "/checkin/a"),
        ("GET", "/checkouts"),
    ],
)
def test_an_unknown_query_parameter_is_named(api, method, path):
    answer = api.request(method, path, {}, {"colour": "red"})
    assert answer.status == 400
    assert "colour" in answer.json["Message"]


def test_a_query_parameter_that_is_given_twice_is_refused(api):
    answer = api.get(f"/metadata/{api.asset()}", cursor=["a", "b"])
    assert answer.status == 400
    assert "cursor" in answer.json["Message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/metadata/none"),
        ("GET", "/metadata/none/op"),
        ("DELETE", "/metadata/none"),
        ("DELETE", "/metadata/none/op"),
        ("POST", "/metadata/none"),
        ("GET", "/mediapath/none/w"),
    ],
)
@pytest.mark.parametrize("query", [{}, {"paginated": "true"}, {"end": "true"}])
def test_an_unknown_asset_is_not_found_and_not_made(api, method, path, query):
    body = {"OperatorName": "op", "WorkflowId": "w", "Results": {}}
    answer = api.request(method, path, body, query if method == "POST" else None)
    assert (answer.status, answer.json["Code"]) == (404, "NotFoundError")
    assert api.get("/metadata").json == {"assets": []}
    assert api.stored_keys() == []


@pytest.mark.parametrize("asset_id", ["..", "a%2Fb", "a%00", "x" * 129])
def test_an_id_that_cannot_be_one_is_refused(api, asset_id):
    answer = api.get(f"/metadata/{asset_id}")
    assert (answer.status, answer.json["Code"]) == (400, "BadRequestError")
    assert "asset_id" in answer.json["Message"]


def test_errors_may_be_read_by_browsers_too(api):
    answer = api.get("/metadata/none")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_what_broke_in_a_deletion_is_done_by_the_next(api, monkeypatch):
    asset_id = api.asset()
    api.store(asset_id, {"a": 1})

    def slow_down(self, keys):
        raise TooManyRequests("slow down")

    with monkeypatch.context() as broken:
        broken.setattr(BucketObjects, "delete", slow_down)
        assert api.delete(f"/metadata/{asset_id}").status == 429
    assert api.get(f"/metadata/{asset_id}").status == 404
    assert api.store(asset_id, {"a": 2}).status == 404
    assert api.delete(f"/metadata/{asset_id}").status == 200
    assert api.stored_keys() == ["upload/v.mp4"]


def test_deleting_one_asset_leaves_another_whose_id_begins_alike(api):
    one, other = api.asset(), api.asset()
    api.s3.put_object(Bucket=BUCKET, Key=f"private/assets/{one}0/input/x", Body=b"x")
    api.delete(f"/metadata/{one}")
    kept = [f"private/assets/{one}0/input/x", f"private/assets/{other}/input/upload/v.mp4"]
    assert api.stored_keys("private/") == sorted(kept)


@pytest.fixture
def small_limit(monkeypatch, api):
    """Sources of five bytes are too large for a request."""
    from chalicelib.dataplane_routes.wiring import ports

    monkeypatch.setenv("LARGEST_COPY_IN_REQUEST", "4")
    settings.forget()
    ports.cache_clear()


@pytest.mark.usefixtures("small_limit")
def test_a_large_source_is_accepted_and_its_state_is_shown_until_it_is_deleted(api):
    answer = api.post("/create", {"Input": {**api.uploaded(), "MediaType": "Video"}})
    assert answer.status == 202
    created = answer.json
    asset_id = created.pop("AssetId")
    assert created == {
        "S3Bucket": BUCKET,
        "S3Key": f"private/assets/{asset_id}/input/upload/v.mp4",
        "MediaType": "Video",
        "State": "Copying",
        "Message": f"copying s3://{BUCKET}/upload/v.mp4 (0.0 MB)",
    }
    shown = api.get(f"/metadata/{asset_id}").json["results"]
    assert shown.pop("Created")
    assert shown == created
    (message,) = aws.client("sqs").receive_message(
        QueueUrl=settings.dataplane_settings().copy_queue_url, WaitTimeSeconds=2
    )["Messages"]
    assert json.loads(message["Body"])["AssetId"] == asset_id
    refused = api.store(asset_id, {"a": 1})
    assert (refused.status, refused.json["Code"]) == (409, "ConflictError")
    assert api.delete(f"/metadata/{asset_id}").status == 200
    assert api.get("/metadata").json == {"assets": []}


def test_a_source_of_the_largest_size_is_copied_in_its_request(api, monkeypatch):
    from chalicelib.dataplane_routes.wiring import ports

    monkeypatch.setenv("LARGEST_COPY_IN_REQUEST", "5")
    settings.forget()
    ports.cache_clear()
    answer = api.post("/create", {"Input": api.uploaded()})
    assert answer.status == 200
    assert "State" not in answer.json
    assert "State" not in api.get(f"/metadata/{answer.json['AssetId']}").json["results"]


def test_a_named_request_makes_one_asset(api):
    body = {"Input": api.uploaded(), "ClientRequestToken": "t-1"}
    first = api.post("/create", body)
    assert first.status == 200
    assert api.post("/create", body).json == first.json
    in_header = api.request(
        "POST",
        "/create",
        {"Input": body["Input"]},
        headers={"Content-Type": "application/json", "Idempotency-Key": "t-1"},
    )
    assert in_header.json == first.json
    # or a browser would not send it
    assert "Idempotency-Key" in in_header.headers["Access-Control-Allow-Headers"].split(",")
    assert api.get("/metadata").json == {"assets": [first.json["AssetId"]]}
    assert len(api.stored_keys("private/assets/")) == 1


def test_the_name_of_another_request_is_refused(api):
    body = {"Input": api.uploaded(), "ClientRequestToken": "t-1"}
    api.post("/create", body)
    other = api.post("/create", {**body, "Input": {**body["Input"], "MediaType": "Video"}})
    assert other.status == 409
    assert "ClientRequestToken" in other.json["Message"]
    assert len(api.stored_keys("private/assets/")) == 1


def test_what_was_refused_may_be_mended_under_the_same_name(api):
    missing = {"S3Bucket": BUCKET, "S3Key": "upload/later.mp4"}
    body = {"Input": missing, "ClientRequestToken": "t-1"}
    assert api.post("/create", body).status == 404
    api.uploaded("upload/later.mp4")
    assert api.post("/create", body).status == 200

"""Routes of media."""

import base64
import json

import pytest
from tests.lib.mie.adapters.dataplane_on_moto import BUCKET, FOREIGN_BUCKET


def test_the_path_of_derived_media(api):
    asset_id = api.asset()
    assert api.get(f"/mediapath/{asset_id}/w1").json == {
        "S3Bucket": BUCKET,
        "S3Key": f"private/assets/{asset_id}/workflows/w1/",
    }


@pytest.mark.parametrize("workflow_id", ["..", "a%2Fb", "a%20b"])
def test_a_workflow_id_is_one_segment_of_a_path(api, workflow_id):
    answer = api.get(f"/mediapath/{api.asset()}/{workflow_id}")
    assert answer.status == 400
    assert "workflow_id" in answer.json["Message"]


def test_an_upload_goes_to_the_place_for_uploads(api):
    for key in ("upload/v.mp4", "public/upload/ö.jpg"):
        answer = api.post("/upload", {"S3Bucket": BUCKET, "S3Key": key})
        assert answer.json["url"] == f"https://{BUCKET}.s3.amazonaws.com/"
        assert answer.json["fields"]["key"] == key


@pytest.mark.parametrize(
    ("key", "wanted", "bound_to"),
    [
        ("upload/v.MP4", None, "video/mp4"),
        ("upload/a.jpg", None, "image/jpeg"),
        ("upload/a", None, "application/octet-stream"),
        ("upload/a.jpg", "image/png", "image/png"),
    ],
)
def test_an_upload_is_bound_to_a_type_and_a_size(api, key, wanted, bound_to):
    body = {"S3Bucket": BUCKET, "S3Key": key}
    fields = api.post("/upload", {**body, "ContentType": wanted} if wanted else body).json["fields"]
    assert fields["Content-Type"] == bound_to
    conditions = json.loads(base64.b64decode(fields["policy"]))["conditions"]
    assert {"Content-Type": bound_to} in conditions
    assert ["content-length-range", 0, 5 * 1024**3] in conditions


@pytest.mark.parametrize("wanted", ["", "mp4", "video/", "a/b; c=d", "video/mp4\n", 5, None])
def test_a_type_that_is_none_is_refused(api, wanted):
    body = {"S3Bucket": BUCKET, "S3Key": "upload/v.mp4", "ContentType": wanted}
    answer = api.post("/upload", body)
    assert (answer.status, answer.json["Code"]) == (400, "BadRequestError")
    assert "ContentType" in answer.json["Message"]


def test_a_download_is_a_bare_url(api):
    for key in ("upload/v.mp4", "private/assets/a/input/v.mp4", "private/assets/a/x_proxy.mp4"):
        answer = api.post("/download", {"S3Bucket": BUCKET, "S3Key": key})
        assert answer.body.decode().startswith(f"https://{BUCKET}.s3.amazonaws.com/{key}?")


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/upload", "private/assets/a/workflows/w/op.json"),
        ("/upload", "v.mp4"),
        ("/upload", "upload/"),
        ("/upload", "/upload/v.mp4"),
        ("/download", "v.mp4"),
        ("/download", "access_logs/x"),
        ("/download", "private/other"),
        ("/download", "private/assets/a/workflows/w/op/000001/manifest.json"),
        ("/download", "private/assets/a/workflows/w/op/000001/00000000.json"),
    ],
)
def test_other_places_are_forbidden(api, path, key):
    answer = api.post(path, {"S3Bucket": BUCKET, "S3Key": key})
    assert (answer.status, answer.json["Code"]) == (403, "ForbiddenError")
    assert "S3Key" in answer.json["Message"]


@pytest.mark.parametrize("path", ["/upload", "/download"])
def test_another_bucket_is_forbidden(api, path):
    answer = api.post(path, {"S3Bucket": FOREIGN_BUCKET, "S3Key": "upload/v.mp4"})
    assert answer.status == 403
    assert "S3Bucket" in answer.json["Message"]


@pytest.mark.parametrize("path", ["/upload", "/download"])
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"S3Key": None}, "S3Key"),
        ({"S3Key": 5}, "S3Key"),
        ({"S3Key": ""}, "S3Key"),
        ({"S3Key": "upload/../private/assets/a"}, "S3Key"),
        ({"S3Key": "upload/\ud800"}, "S3Key"),
        ({"S3Key": "upload/" + "k" * 1024}, "S3Key"),
        ({"S3Bucket": []}, "S3Bucket"),
    ],
)
def test_a_field_of_the_wrong_type_or_text_is_named(api, path, change, field):
    answer = api.post(path, {"S3Bucket": BUCKET, "S3Key": "upload/v.mp4", **change})
    assert (answer.status, answer.json["Code"]) == (400, "BadRequestError")
    assert field in answer.json["Message"]


@pytest.mark.parametrize("path", ["/upload", "/download"])
@pytest.mark.parametrize("field", ["S3Bucket", "S3Key"])
def test_a_missing_field_is_named(api, path, field):
    body = {"S3Bucket": BUCKET, "S3Key": "upload/v.mp4"}
    answer = api.post(path, {key: value for key, value in body.items() if key != field})
    assert answer.status == 400
    assert field in answer.json["Message"]

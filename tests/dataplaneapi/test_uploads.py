"""Results that no request has room for."""

import json

import pytest
import requests
from tests.lib.mie.adapters.dataplane_on_moto import BUCKET

from mie.core import transfers

NAMES = {"OperatorName": "op", "WorkflowId": "w"}


def form(api, asset_id):
    answer = api.post(f"/metadata/{asset_id}", NAMES, upload="true")
    assert answer.status == 200, answer.body
    return answer.json


def uploaded(api, asset_id, body):
    """The id of an upload of these bytes, sent as a caller sends them."""
    made = form(api, asset_id)
    sent = requests.post(made["url"], data=made["fields"], files={"file": body}, timeout=5)
    assert sent.status_code == 204, sent.text
    return made["Upload"]


def refused(answer, status, said):
    assert answer.status == status, answer.body
    assert said in answer.json["Message"]


def test_a_form_is_good_for_json_of_a_bounded_size_below_the_asset(api):
    import base64

    asset_id = api.asset()
    fields = form(api, asset_id)["fields"]
    assert fields["key"].startswith(f"private/assets/{asset_id}/workflows/w/!uploads/op/")
    conditions = json.loads(base64.b64decode(fields["policy"]))["conditions"]
    assert ["content-length-range", 0, transfers.LARGEST_RESULT] in conditions
    assert {"Content-Type": "application/json"} in conditions


def test_results_larger_than_a_request_are_stored_and_read_from_a_url(api):
    asset_id = api.asset()
    results = {"text": "ü" * 4_000_000}
    upload = uploaded(api, asset_id, json.dumps(results, ensure_ascii=False).encode())
    key = f"private/assets/{asset_id}/workflows/w/op.json"
    stored = api.post(f"/metadata/{asset_id}", NAMES, uploaded=upload)
    assert stored.json == {"Status": "Success", "Bucket": BUCKET, "Key": key}
    assert api.stored_keys(f"private/assets/{asset_id}/workflows/") == [key]
    answer = api.get(f"/metadata/{asset_id}/op")
    assert (answer.status, answer.json["Code"]) == (413, "RequestTooLargeError")
    assert requests.get(answer.json["Url"], timeout=5).json() == results


def test_a_large_page_is_one_of_the_others(api):
    asset_id = api.asset()
    api.store(asset_id, {"p": 0}, operator="op", workflow="w", paginated="true", page="0")
    upload = uploaded(api, asset_id, b'{"p": 1}')
    query = {"paginated": "true", "page": "1", "end": "true"}
    assert api.post(f"/metadata/{asset_id}", NAMES, uploaded=upload, **query).status == 200
    first = api.get(f"/metadata/{asset_id}/op").json
    second = api.get(f"/metadata/{asset_id}/op", cursor=first["cursor"]).json
    assert [first["results"], second["results"]] == [{"p": 0}, {"p": 1}]


@pytest.mark.parametrize("body", [b"[1]", b"{", b'{"a": NaN}', b"\xff"])
def test_what_is_no_json_object_does_not_count(api, body):
    asset_id = api.asset()
    upload = uploaded(api, asset_id, body)
    answer = api.post(f"/metadata/{asset_id}", NAMES, uploaded=upload)
    assert (answer.status, answer.json["Code"]) == (400, "BadRequestError")
    assert api.get(f"/metadata/{asset_id}/op").status == 404


def test_what_was_not_uploaded_here_is_not_found(api):
    asset_id, other = api.asset(), api.asset()
    path = f"/metadata/{asset_id}"
    refused(api.post(path, NAMES, uploaded="none"), 404, "uploaded")
    upload = uploaded(api, other, b"{}")
    refused(api.post(path, NAMES, uploaded=upload), 404, "uploaded")
    refused(api.post(path, NAMES, uploaded="../../../x"), 400, "uploaded")
    refused(api.post("/metadata/none", NAMES, uploaded=upload), 404, "none does not exist")
    refused(api.post("/metadata/none", NAMES, upload="true"), 404, "none does not exist")


@pytest.mark.parametrize(
    ("query", "change", "said"),
    [
        ({"upload": "yes"}, {}, "upload"),
        ({"upload": "true", "end": "true"}, {}, "upload"),
        ({"upload": "true", "uploaded": "x"}, {}, "upload"),
        ({"upload": "true"}, {"Results": {}}, "Results"),
        ({"uploaded": "x"}, {"Results": {}}, "Results"),
        ({"upload": "true"}, {"OperatorName": "S3Key"}, "OperatorName"),
        ({"uploaded": "x"}, {"OperatorName": "S3Key"}, "OperatorName"),
        ({"upload": "true"}, {"WorkflowId": "a/b"}, "WorkflowId"),
        ({"upload": "true"}, {"WorkflowId": None}, "WorkflowId"),
        ({"uploaded": "x", "page": "1"}, {}, "page"),
    ],
)
def test_a_field_that_does_not_fit_is_named(api, query, change, said):
    refused(api.post(f"/metadata/{api.asset()}", {**NAMES, **change}, **query), 400, said)


@pytest.mark.parametrize("query", [{"upload": "true"}, {"uploaded": "x"}])
def test_an_upload_must_name_its_workflow(api, query):
    body = {"OperatorName": "op"}
    refused(api.post(f"/metadata/{api.asset()}", body, **query), 400, "'WorkflowId'")

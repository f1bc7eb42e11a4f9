"""A key that the API does not know is refused with the one that may be meant, never ignored."""

import json
from pathlib import Path

import pytest

ROUTES = Path(__file__).parents[2] / "source/dataplaneapi/chalicelib/dataplane_routes"
PLACE = {"S3Bucket": "b", "S3Key": "k"}


@pytest.mark.parametrize(
    "schema", sorted((ROUTES / "schemas").glob("*.json")), ids=lambda p: p.stem
)
def test_every_body_is_closed(schema):
    assert json.loads(schema.read_text())["additionalProperties"] is False


@pytest.mark.parametrize(
    ("path", "body", "unknown", "known"),
    [
        ("/create", {"input": PLACE}, "input", "Input"),
        ("/create", {"Input": {**PLACE, "Inplace": True}}, "Input.Inplace", "InPlace"),
        ("/upload", {**PLACE, "Content-Type": "image/jpeg"}, "Content-Type", "ContentType"),
        ("/download", {"S3Bucket": "b", "S3Keys": "k"}, "S3Keys", "S3Key"),
        ("/checkout/x", {"LokedBy": "ada"}, "LokedBy", "LockedBy"),
        ("/metadata/x", {"OperatorName": "op", "Result": {}}, "Result", "Results"),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_known_one(api, path, body, unknown, known):
    answer = api.request("POST", path, body)
    words = f"{unknown}: this key of the body is not known here; did you mean {known}?"
    assert (answer.status, answer.json["Message"]) == (400, words)


def test_the_versions_take_no_query(api):
    answer = api.request("GET", "/version", query={"zoo": "1"})
    assert answer.status == 400
    assert "zoo: this query parameter is not known here" in answer.json["Message"]

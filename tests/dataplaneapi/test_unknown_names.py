"""A key that the API does not know is refused with the one that may be meant, never ignored."""

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.dataplaneapi.conftest import APP

from mie_build import openapi

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


# What may stand in a URL in the place of an id or a name, none of which the data plane has.
REFUSED = (
    *("x" * 129, "x" * 2_049, quote("é" * 1_025), "%00", "a%00b", "%7F", "%0A", "%C2%85", "%FF"),
    *("%ED%A0%80", "%23", "a%23b", "a%2Fb", "%25", "%2541", "%", "%zz", "%20", "%2E%2E", "."),
    *("!cursors", "%21cursors", "%F0%9F%92%A9", "~"),
)
NAMED = [one for one in openapi.routes_of(openapi.load(APP).app) if "{" in one]
BODIES = {
    "POST /metadata/{asset_id}": {"OperatorName": "op", "WorkflowId": "w", "Results": {}},
    "POST /checkout/{asset_id}": {"LockedBy": "ada"},
}


@pytest.mark.parametrize("route", NAMED)
def test_what_no_key_can_be_is_refused_with_the_name_of_the_parameter(api, route):
    asset_id = api.asset()
    api.store(asset_id, {"a": 1})
    before = api.stored_keys()
    good = {"asset_id": asset_id, "operator_name": "labelDetection", "workflow_id": "w1"}
    for parameter in re.findall(r"\{(\w+)\}", route):
        for value in REFUSED:
            method, path = route.format(**{**good, parameter: value}).split(" ")
            answer = api.request(method, path, BODIES.get(route))
            assert (answer.status, answer.json["Code"]) == (400, "BadRequestError"), value
            assert answer.json["Message"].startswith(f"{parameter}: "), value
    assert api.stored_keys() == before


def test_an_id_is_decoded_once(api):
    asset_id = api.asset()
    once = asset_id.replace("-", "%2D")
    assert api.get(f"/metadata/{once}").json["asset_id"] == asset_id
    assert api.get(f"/metadata/{once.replace('%', '%25')}").status == 400


@pytest.mark.parametrize("name", ["", "x" * 3_000, "é" * 1_500, "a#b", "\x00", "..", "\ud800"])
def test_a_name_in_a_body_or_query_that_can_be_no_key_is_no_fault_of_ours(api, name):
    asset_id = api.asset()
    result = {"OperatorName": "op", "WorkflowId": "w", "Results": {}}
    for path, body in (
        (f"/metadata/{asset_id}", {**result, "OperatorName": name}),
        (f"/metadata/{asset_id}", {**result, "WorkflowId": name}),
        ("/create", {"Input": {"S3Bucket": name, "S3Key": "k"}}),
        ("/create", {"Input": {**api.uploaded(), "S3Key": name}}),
        ("/upload", {"S3Bucket": "mie-dataplane", "S3Key": name}),
        ("/download", {"S3Bucket": "mie-dataplane", "S3Key": name}),
    ):
        answer = api.post(path, body)
        assert answer.status in (400, 403, 404), (path, answer.json)
    if name.isprintable():
        query = {"workflow_id": name}
        assert api.get(f"/metadata/{asset_id}", **query).status == 400

"""A name that the API does not know is refused with the one that may be meant, never ignored."""

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from botocore.exceptions import ClientError
from tests.fakes.definitions import chain
from tests.workflowapi.test_definitions import OPERATION, create_operation, create_workflow, expect

from mie import aws
from mie.core.documents import Operation, Stage, Workflow
from mie_build import openapi

SOURCE = Path(__file__).parents[2] / "source" / "workflowapi"
SCHEMAS = SOURCE / "chalicelib" / "workflow_routes" / "schemas"
ROUTES = [one for one in openapi.routes_of(openapi.load(SOURCE).app) if one != "GET /"]
MEDIA = {"Media": {"Video": {"S3Bucket": "bucket", "S3Key": "v.mp4"}}}


@pytest.mark.parametrize("schema", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.stem)
def test_every_body_is_closed(schema):
    assert json.loads(schema.read_text())["additionalProperties"] is False


@pytest.mark.parametrize(
    ("method", "path", "body", "unknown", "known"),
    [
        ("POST", "/workflow/execution", {"Name": "wf", "Input": MEDIA}, "Configurations", None),
        ("POST", "/workflow/execution", {"Name": "wf", "Inputs": MEDIA}, "Inputs", "Input"),
        ("POST", "/workflow/operation", {**OPERATION, "Configuratoin": {}}, "Configuratoin", None),
        ("PUT", "/workflow/operation", {**OPERATION, "name": "op"}, "name", "Name"),
        ("POST", "/workflow/stage", {"Name": "s", "Operation": ["op"]}, "Operation", "Operations"),
        ("POST", "/workflow", {"Name": "wf", "StartsAt": "s"}, "StartsAt", "StartAt"),
        ("PUT", "/workflow", {"Name": "wf", "Stage": {}}, "Stage", "Stages"),
        ("POST", "/system/configuration", {"Name": "x", "Valeu": 1}, "Valeu", "Value"),
        ("PUT", "/workflow/execution/x", {"WaitingStage": "s"}, "WaitingStage", "WaitingStageName"),
        ("POST", "/workflow/execution/x/retry", {"Configurations": {}}, "Configurations", None),
    ],
)
def test_an_unknown_key_of_a_body_is_named_with_the_nearest_known_one(
    api, method, path, body, unknown, known
):
    if known is None:
        body, known = {**body, unknown: {}}, "Configuration"
    words = f"{unknown}: this key of the body is not known here; did you mean {known}?"
    expect(api(method, path, body), 400, "BadRequestError", words)


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        (
            "/workflow/execution",
            {"Name": "wf", "Input": {**MEDIA, "MetaDat": {}}},
            "Input.MetaDat: this key of the body is not known here; did you mean MetaData?",
        ),
        (
            "/workflow",
            {"Name": "wf", "StartAt": "s", "Stages": {"s": {"end": True}}},
            "Stages.s.end: this key of the body is not known here; did you mean End?",
        ),
    ],
)
def test_an_unknown_key_inside_a_body_is_named_with_its_place(api, path, body, words):
    expect(api("POST", path, body), 400, "BadRequestError", words)


def test_a_key_that_is_like_no_other_is_named_with_those_that_there_are(api):
    answer = api("POST", "/workflow/execution", {"Name": "wf", "Input": MEDIA, "Zoo": 1})
    expect(answer, 400, "BadRequestError", "those known are Name, Input, Configuration")


@pytest.mark.parametrize("kind", [Operation, Stage, Workflow])
def test_what_answers_contain_may_be_sent_back(kind):
    schema = json.loads((SCHEMAS / f"{kind.__name__.lower()}.json").read_text())
    (answered,) = schema["patternProperties"]
    names = answered.removeprefix("^(").removesuffix(")$").split("|")
    assert set(schema["properties"]) | set(names) >= set(kind.__annotations__)


def test_definitions_that_were_read_can_be_sent_back(api):
    create_operation(
        api, Settings=[{"Name": "Threshold", "Type": "Number"}, {"Name": "Most", "Type": "Integer"}]
    )
    api("POST", "/workflow/stage", {"Name": "s", "Operations": ["op"]})
    create_workflow(api, "wf", "s")
    for path, name in (
        ("/workflow/operation", "op"),
        ("/workflow/stage", "s"),
        ("/workflow", "wf"),
    ):
        read = api("GET", f"{path}/{name}").json
        answer = api("PUT", path, read)
        assert answer.status == 200, answer.json


def test_a_workflow_takes_the_configuration_of_earlier_documentation_and_does_not_look_at_it(api):
    create_operation(api)
    create_workflow(api, "wf", "_op")
    assert api("PUT", "/workflow", {"Name": "wf", "Configuration": {}}).status == 200
    body = {"Name": "wf2", "StartAt": "_op", "Stages": chain("_op"), "Configuration": {}}
    expect(api("POST", "/workflow", body), 400, "BadRequestError", "Configuration: this key")


@pytest.mark.parametrize("route", ROUTES)
def test_an_unknown_query_parameter_is_named(api, route):
    method, path = route.split(" ")
    for name in ("Name", "OperatorName", "StageName", "Id", "Status", "AssetId"):
        path = path.replace(f"{{{name}}}", "x")
    body = None if method in ("GET", "DELETE") else {}
    answer = api(method, path, body, zoo="1")
    expect(answer, 400, "BadRequestError", "zoo: this query parameter is not known here")


@pytest.mark.parametrize("kind", ["operation", "stage"])
def test_force_is_true_or_false(api, kind):
    create_operation(api)
    create_workflow(api, "wf", "_op")
    path = f"/workflow/{kind}/{'op' if kind == 'operation' else '_op'}"
    for text in ("1", "yes", "", "ture"):
        answer = api("DELETE", path, force=text)
        expect(answer, 400, "BadRequestError", "force: must be true or false")
    expect(api("DELETE", path, force="False"), 400, "BadRequestError", "Dependent workflows")
    assert api("DELETE", path, force="TRUE").status == 200


# What may stand in a route's place in a URL, and whether a key can be made of it.
POSSIBLE = (
    *("x" * 2_048, quote("é" * 1_024), "%23", "op%23v0", "a%2Fb", "%25", "%2541", "%", "%zz"),
    *(
        "a%2",
        "%20",
        "a%20b",
        "%2E%2E",
        "!cursors",
        "%F0%9F%92%A9",
        "CursorSecret",
        "%22%27%3B--",
        "~",
    ),
)
IMPOSSIBLE = (
    *("x" * 2_049, quote("é" * 1_025), "%00", "a%00b", "%1F", "%7F", "%0A", "%C2%85"),
    *("%FF", "%ED%A0%80", "a%C3"),
)
PARAMETERS = [one for one in ROUTES if "{" in one]
BODIES = {"PUT /workflow/execution/{Id}": {"WaitingStageName": "s"}}


def ask(api, route, name):
    method, path = re.sub(r"\{\w+\}", lambda found: name, route).split(" ")
    return api(method, path, BODIES.get(route))


@pytest.mark.parametrize("route", PARAMETERS)
def test_what_no_key_can_be_is_refused_with_the_name_of_the_parameter(api, route):
    (parameter,) = re.findall(r"\{(\w+)\}", route)
    for name in IMPOSSIBLE:
        expect(ask(api, route, name), 400, "BadRequestError", f"{parameter}: this part of the path")


@pytest.mark.parametrize("route", PARAMETERS)
def test_what_nothing_is_called_is_not_there(api, route):
    """404, the empty list of a route that lists, or what clients of the original expect."""
    create_operation(api)
    for name in POSSIBLE:
        answer = ask(api, route, name)
        if answer.status == 404:
            assert answer.json["Code"] == "NotFoundError"
        elif route == "PUT /workflow/execution/{Id}":
            assert "not 'Waiting'" in answer.json["Message"]
        elif route == "DELETE /workflow/operation/{Name}":
            assert answer.json["Message"].startswith("Warning: operation '")
        else:
            assert (answer.status, answer.json) == (200, []), name


def test_a_name_is_decoded_once(api):
    create_operation(api)
    assert api("GET", "/workflow/operation/%6Fp").json["Name"] == "op"
    expect(api("GET", "/workflow/operation/%256Fp"), 404, "NotFoundError", "operation '%6Fp'")
    expect(api("GET", "/workflow/operation/%6Fp+"), 404, "NotFoundError", "operation 'op+'")


@pytest.mark.parametrize("name", ["", "x" * 3_000, "é" * 1_500, "op#v0", "\x00"])
def test_a_name_in_a_body_that_can_be_no_key_is_no_fault_of_ours(api, name):
    create_operation(api)
    create_workflow(api, "wf", "_op")
    for method, path, body in (
        ("PUT", "/workflow/operation", {**OPERATION, "Name": name}),
        ("POST", "/workflow/stage", {"Name": "s", "Operations": [name]}),
        ("PUT", "/workflow/stage", {"Name": name, "Operations": ["op"]}),
        (
            "PUT",
            "/workflow/stage",
            {"Name": "_op", "Operations": ["op"], "Configuration": {name: {}}},
        ),
        ("PUT", "/workflow", {"Name": name}),
        ("PUT", "/workflow", {"Name": "wf", "StartAt": name, "Stages": {name: {"End": True}}}),
        ("POST", "/workflow", {"Name": "w", "StartAt": name, "Stages": {name: {"End": True}}}),
        ("POST", "/workflow", {"Name": "w", "StartAt": "s", "Stages": {"s": {"Next": name}}}),
        ("POST", "/workflow/execution", {"Name": name, "Input": MEDIA}),
        ("POST", "/workflow/execution", {"Name": "wf", "Input": {"AssetId": name}}),
        ("POST", "/workflow/execution", {"Name": "wf", "Input": {"Media": {name: {}}}}),
        ("PUT", "/workflow/execution/x", {"WaitingStageName": name}),
        ("POST", "/system/configuration", {"Name": name, "Value": 1}),
    ):
        answer = api(method, path, body)
        assert answer.status in (400, 404), (method, path, answer.json)
        assert len(answer.json["Message"]) < 4_000


@pytest.mark.parametrize("version", ["", "x" * 3_000, "v0#x", "v" + "9" * 2_000, "V0", "v00"])
@pytest.mark.parametrize("path", ["/workflow/operation/op", "/workflow/stage/_op", "/workflow/wf"])
def test_a_version_that_can_be_none_is_refused(api, path, version):
    create_operation(api)
    create_workflow(api, "wf", "_op")
    expect(api("GET", path, version=version), 400, "BadRequestError", "version")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("1" * 41, "Configuration.x: the number 1.111E+40 is too long, too large or too small"),
        ("1e126", "Configuration.x: the number 1.000E+126 is too long"),
        ("1e-131", "Configuration.x: the number 1.000E-131 is too long"),
        ("1e400", "Configuration.x: inf is not a number"),
        ("NaN", "Configuration.x: nan is not a number"),
        ('[1, {"": 2}]', "Configuration.x.1: has an empty key"),
        ('{"y": "\\ud800"}', "Configuration.x.y: the text is no Unicode"),
        ('{"\\udc00": 1}', "Configuration.x: has a key that is no Unicode"),
        ("[" * 40 + "]" * 40, f"Configuration.x{'.0' * 23}: is nested more than 25 levels deep"),
    ],
)
@pytest.mark.parametrize("path", ["/workflow/operation", "/workflow/stage", "/workflow/execution"])
def test_what_cannot_be_stored_is_named_before_anything_is_written(api, path, value, words):
    text = json.dumps({"Name": "op", "Configuration": {"x": "VALUE"}})
    answer = api("POST", path, text.replace('"VALUE"', value).encode())
    expect(answer, 400, "BadRequestError", words)


def test_what_a_service_finds_wrong_is_said_with_its_own_reason(api, monkeypatch):
    def refuse(**request):
        answer = {"Error": {"Code": "ValidationException", "Message": "the key is odd. " * 99}}
        raise ClientError(answer, "GetItem")

    monkeypatch.setattr(aws.client("dynamodb"), "get_item", refuse)
    answer = api("GET", "/workflow/operation/op")
    words = "An internal server error occurred: ValidationException: the key is odd."
    expect(answer, 500, "InternalServerError", words)
    assert len(answer.json["Message"]) < 450

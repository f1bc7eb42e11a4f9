"""A name that the API does not know is refused with the one that may be meant, never ignored."""

import json
from pathlib import Path

import pytest
from tests.fakes.definitions import chain
from tests.workflowapi.test_definitions import OPERATION, create_operation, create_workflow, expect

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

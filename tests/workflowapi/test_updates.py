"""Updates and versions of operations, stages and workflows over HTTP."""

import json

import boto3
import pytest
from tests.fakes.aws import HISTORY_TABLE, LAMBDA
from tests.fakes.definitions import chain
from tests.workflowapi.test_definitions import (
    OPERATION,
    create_operation,
    create_workflow,
    expect,
)

STAGE = {"Name": "s", "Operations": ["op"], "Configuration": {"op": {"Threshold": 0.75}}}
CHANGED = {**OPERATION, "StartLambdaArn": f"{LAMBDA}:changed"}


@pytest.fixture
def made(api):
    """An operation, a stage of it and a workflow of that stage, as they were made."""
    return {
        "operation": create_operation(api),
        "stage": api("POST", "/workflow/stage", STAGE).json,
        "workflow": create_workflow(api, "wf", "s"),
    }


def starts(workflow):
    """What the version of the machine that the item names starts in its stage s."""
    described = boto3.client("stepfunctions").describe_state_machine(
        stateMachineArn=workflow["StateMachineVersionArn"]
    )
    (branch,) = json.loads(described["definition"])["States"]["s"]["Branches"]
    return branch["States"]["Execute op (s)"]["Resource"]


@pytest.mark.parametrize("query", [{}, {"dependents": "rebuild"}])
def test_an_updated_operation_reaches_its_workflows(api, made, query):
    answer = api("PUT", "/workflow/operation", CHANGED, **query)
    assert answer.status == 200, answer.json
    assert answer.json["Version"] == "v1"
    for key in ("Id", "Created", "Name", "StageName"):
        assert answer.json[key] == made["operation"][key]
    assert answer.json == api("GET", "/workflow/operation/op").json
    stage, workflow = api("GET", "/workflow/stage/s").json, api("GET", "/workflow/wf").json
    assert (stage["Version"], stage["Id"]) == ("v1", made["stage"]["Id"])
    assert stage["Configuration"]["op"]["Threshold"] == 0.75
    assert (workflow["Version"], workflow["Revisions"]) == ("v2", "2")
    assert (workflow["StaleOperations"], workflow["StaleStages"]) == ([], [])
    assert starts(workflow) == CHANGED["StartLambdaArn"]
    assert starts(made["workflow"]) == OPERATION["StartLambdaArn"]


def test_an_updated_operation_marks_its_workflows_once(api, made):
    for _ in range(2):
        answer = api("PUT", "/workflow/operation", CHANGED, dependents="stale")
        assert answer.status == 200, answer.json
    workflow = api("GET", "/workflow/wf").json
    assert (workflow["StaleOperations"], workflow["StaleStages"]) == (["op"], ["s"])
    assert starts(workflow) == OPERATION["StartLambdaArn"]
    request = 'PUT /workflow {"Name": "wf"}'
    assert workflow["Rebuild"] == request
    for path in ("/workflow", "/workflow/list/operation/op", "/workflow/list/stage/s"):
        assert [one["Rebuild"] for one in api("GET", path).json] == [request]
    rebuilt = api("PUT", "/workflow", {"Name": "wf"})
    assert rebuilt.json["StaleOperations"] == rebuilt.json["StaleStages"] == []
    assert starts(rebuilt.json) == CHANGED["StartLambdaArn"]


def test_an_updated_stage_reaches_or_marks_its_workflows(api, made):
    body = {"Name": "s", "Operations": ["op"], "Configuration": {"op": {"Threshold": 0.5}}}
    answer = api("PUT", "/workflow/stage", body, dependents="stale")
    assert (answer.status, answer.json["Version"]) == (200, "v1")
    assert api("GET", "/workflow/wf").json["StaleStages"] == ["s"]
    assert api("PUT", "/workflow/stage", body).json["Version"] == "v2"
    assert api("GET", "/workflow/wf").json["StaleStages"] == []
    configuration = api("GET", "/workflow/configuration/wf").json
    assert configuration["s"]["op"]["Threshold"] == 0.5


def test_a_workflow_gets_other_stages(api, made):
    answer = api("PUT", "/workflow", {"Name": "wf", "StartAt": "_op", "Stages": chain("_op", "s")})
    assert answer.status == 200, answer.json
    links = {name: stage.get("Next") for name, stage in answer.json["Stages"].items()}
    assert links == {"_op": "s", "s": None}
    assert answer.json["Operations"] == ["op", "op"]
    for key in ("Id", "Created", "Trigger", "StateMachineArn"):
        assert answer.json[key] == made["workflow"][key]
    third = api("PUT", "/workflow", {"Name": "wf", "Stages": chain("_op")})
    assert (third.json["Version"], third.json["StartAt"]) == ("v3", "_op")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/workflow/operation", {**OPERATION, "Name": "none"}),
        ("/workflow/stage", {**STAGE, "Name": "none"}),
        ("/workflow", {"Name": "none"}),
    ],
)
def test_what_is_not_there_cannot_be_updated(api, made, path, body):
    expect(api("PUT", path, body), 404, "NotFoundError", "'none' not found")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/workflow/operation", {**OPERATION, "Type": "sync"}, "Type"),
        ("/workflow/operation", {**OPERATION, "StartLambdaArn": "x"}, "StartLambdaArn"),
        ("/workflow/operation", {**OPERATION, "Configuration": {}}, "Configuration"),
        ("/workflow/operation", {"Name": "op"}, "required"),
        ("/workflow/stage", {**STAGE, "Operations": ["none"]}, "'none' not found"),
        ("/workflow/stage", {**STAGE, "Operations": ["op", "op"]}, "more than once"),
        ("/workflow/stage", {**STAGE, "Configuration": {"none": {}}}, "none"),
        ("/workflow/stage", {"Name": "_op", "Operations": ["op", "x"]}, "nothing else"),
        ("/workflow", {}, "Name"),
        ("/workflow", {"Name": "wf", "Stages": {"none": {"End": True}}}, "StartAt"),
        ("/workflow", {"Name": "wf", "StartAt": "none"}, "StartAt"),
        ("/workflow", {"Name": "wf", "Stages": {"s": {}}}, "either an 'End'"),
        ("/workflow", {"Name": "wf", "Version": 7}, "Version"),
    ],
)
def test_an_update_is_checked_like_a_creation(api, made, path, body, field):
    expect(api("PUT", path, body), 400, "BadRequestError", field)
    assert api("GET", "/workflow/operation/op").json == made["operation"]
    assert api("GET", "/workflow/stage/s").json == made["stage"]
    assert api("GET", "/workflow/wf").json == made["workflow"]


@pytest.mark.parametrize("path", ["/workflow/operation", "/workflow/stage"])
@pytest.mark.parametrize("text", ["", "Rebuild", "all"])
def test_another_choice_for_dependents_is_refused(api, made, path, text):
    body = CHANGED if path.endswith("operation") else STAGE
    answer = api("PUT", path, body, dependents=text)
    expect(answer, 400, "BadRequestError", "dependents must be rebuild or stale")
    assert api("GET", "/workflow/wf").json == made["workflow"]


@pytest.mark.parametrize(
    ("path", "body"),
    [("/workflow/operation", CHANGED), ("/workflow/stage", STAGE), ("/workflow", {"Name": "wf"})],
)
def test_a_version_that_is_no_longer_present_is_a_conflict(api, made, path, body):
    assert api("PUT", path, {**body, "Version": "v0"}).status == 200
    expect(api("PUT", path, {**body, "Version": "v0"}), 409, "ConflictError", "not v0")


def test_what_was_read_can_be_sent_back(api, made):
    for path, name in (
        ("/workflow/operation", "op"),
        ("/workflow/stage", "s"),
        ("/workflow", "wf"),
    ):
        item = api("GET", f"{path}/{name}").json
        answer = api("PUT", path, item)
        assert answer.status == 200, answer.json
        assert answer.json["Configuration" if "Configuration" in item else "Stages"]


@pytest.mark.parametrize(
    ("kind", "path", "body", "former"),
    [
        ("operation", "/workflow/operation/op", CHANGED, "v0"),
        ("stage", "/workflow/stage/s", {**STAGE, "Operations": ["op"]}, "v0"),
        ("workflow", "/workflow/wf", {"Name": "wf"}, "v0"),
    ],
)
def test_former_versions_are_kept(api, made, kind, path, body, former):
    new = api("PUT", path.rpartition("/")[0], body).json
    assert api("GET", path, version=former).json == made[kind]
    assert api("GET", path, version=new["Version"]).json == api("GET", path).json == new
    expect(api("GET", path, version="v9"), 404, "NotFoundError", "has no version 'v9'")
    for text in ("", "9", "latest", "v1.0"):
        expect(api("GET", path, version=text), 400, "BadRequestError", "version: ")
    keys = {"Id": made[kind]["Id"], "Version": former}
    assert boto3.resource("dynamodb").Table(HISTORY_TABLE).get_item(Key=keys)["Item"]


def test_workflows_are_listed_by_operation_and_by_stage(api, made):
    create_operation(api, "other")
    create_workflow(api, "both", "s", "_other")
    names = {
        path: {one["Name"] for one in api("GET", f"/workflow/list/{path}").json}
        for path in ("operation/op", "operation/other", "operation/none", "stage/s", "stage/_other")
    }
    assert names == {
        "operation/op": {"wf", "both"},
        "operation/other": {"both"},
        "operation/none": set(),
        "stage/s": {"wf", "both"},
        "stage/_other": {"both"},
    }
    assert api("GET", "/workflow/list/stage/_other").json == [api("GET", "/workflow/both").json]


def test_lists_are_filtered_on_every_page(api, made):
    """A page of DynamoDB ends after 1 MB."""
    table = boto3.resource("dynamodb").Table("testWorkflowTable")
    for number in range(12):
        filler = {"Name": f"w{number}", "Operations": ["x"], "Stages": {}, "Filler": "x" * 300_000}
        table.put_item(Item=filler)
    found = api("GET", "/workflow/list/operation/op").json
    assert [one["Name"] for one in found] == ["wf"]
    assert [one["Name"] for one in api("GET", "/workflow/list/stage/s").json] == ["wf"]


def test_an_execution_records_the_version_that_it_runs(api, made):
    source = {"Media": {"Video": {"S3Bucket": "bucket", "S3Key": "v.mp4"}}}
    first = api("POST", "/workflow/execution", {"Name": "wf", "Input": source}).json
    api("PUT", "/workflow/operation", CHANGED)
    second = api("POST", "/workflow/execution", {"Name": "wf", "Input": source}).json
    assert [one["Workflow"]["Version"] for one in (first, second)] == ["v0", "v2"]
    record = api("GET", f"/workflow/execution/{first['Id']}").json
    assert record["Workflow"]["Version"] == "v0"
    assert starts(record["Workflow"]) == OPERATION["StartLambdaArn"]

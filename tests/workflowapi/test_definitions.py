"""Operations, stages and workflows over HTTP."""

import json

import boto3
import pytest
from botocore.stub import Stubber
from tests.fakes.aws import ACCOUNT, LAMBDA, SHORT_UUID, create_function
from tests.fakes.definitions import chain

from mie import aws

OPERATION = {
    "Name": "op",
    "Type": "Async",
    "Configuration": {"MediaType": "Video", "Enabled": True, "Threshold": 0.25, "Most": 3},
    "StartLambdaArn": f"{LAMBDA}:start",
    "MonitorLambdaArn": f"{LAMBDA}:monitor",
}


def create_operation(api, name="op", **changes):
    answer = api("POST", "/workflow/operation", {**OPERATION, "Name": name, **changes})
    assert answer.status == 200, answer.json
    return answer.json


def create_workflow(api, name="wf", *stages):
    body = {"Name": name, "StartAt": stages[0], "Stages": chain(*stages)}
    answer = api("POST", "/workflow", body)
    assert answer.status == 200, answer.json
    return answer.json


def expect(answer, status, code, words):
    assert (answer.status, answer.json["Code"]) == (status, code), answer.json
    assert set(answer.json) == {"Code", "Message"}
    assert words in answer.json["Message"]


def machines():
    found = boto3.client("stepfunctions").list_state_machines()["stateMachines"]
    return {one["name"] for one in found}


def test_the_front_page_greets(api):
    answer = api("GET", "/")
    assert (answer.status, answer.json) == (200, {"hello": "world"})


def test_the_versions_are_those_of_the_api_and_the_framework(api):
    answer = api("GET", "/version")
    assert answer.json == {"ApiVersion": "3.0.0", "FrameworkVersion": "v9.9.9"}


def test_an_operation_is_made_with_its_stage_and_read_back(api, item):
    created = create_operation(api)
    assert created["StageName"] == "_op"
    assert created["Configuration"] == OPERATION["Configuration"]
    assert isinstance(created["Configuration"]["Most"], int)
    assert "Execute op (%%STAGE_NAME%%)" in created["StateMachineAsl"]
    assert api("GET", "/workflow/operation/op").json == created
    assert api("GET", "/workflow/operation").json == [created]
    assert item("STAGE_TABLE_NAME", "Name", "_op")["Operations"] == ["op"]
    assert machines() == {f"_op-{SHORT_UUID}-stage"}


def test_a_second_operation_of_that_name_is_a_conflict(api):
    create_operation(api)
    words = "A operation with the name 'op' already exists"
    expect(api("POST", "/workflow/operation", OPERATION), 409, "ConflictError", words)


def test_an_asynchronous_operation_needs_a_monitor(api):
    body = {key: value for key, value in OPERATION.items() if key != "MonitorLambdaArn"}
    answer = api("POST", "/workflow/operation", body)
    expect(answer, 400, "BadRequestError", "Key 'MonitorLambdaArn' is required")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"Name": 7}, "Name"),
        ({"Name": "with space"}, "Name"),
        ({"Name": "x" * 29}, "Name"),
        ({"Type": "sync"}, "Type"),
        ({"Configuration": []}, "Configuration"),
        ({"Configuration": {"Enabled": True}}, "MediaType"),
        ({"Configuration": {"MediaType": "Video", "Enabled": "true"}}, "Configuration.Enabled"),
        ({"Configuration": {"MediaType": 1, "Enabled": True}}, "Configuration.MediaType"),
        ({"StartLambdaArn": "start"}, "StartLambdaArn"),
        ({"SfnExecutionRole": 1}, "SfnExecutionRole"),
        ({"Configuration": {**OPERATION["Configuration"], "": 1}}, "empty key"),
        ({"Configuration": {**OPERATION["Configuration"], "x": 1e300}}, "number"),
    ],
)
def test_a_wrong_value_is_named(api, change, field):
    answer = api("POST", "/workflow/operation", {**OPERATION, **change})
    expect(answer, 400, "BadRequestError", field)
    assert api("GET", "/workflow/operation").json == []


@pytest.mark.parametrize("field", ["Name", "Type", "Configuration", "StartLambdaArn"])
def test_a_missing_field_is_named(api, field):
    body = {key: value for key, value in OPERATION.items() if key != field}
    expect(api("POST", "/workflow/operation", body), 400, "BadRequestError", field)


PATHS = ["/workflow/operation", "/workflow/stage", "/workflow", "/workflow/execution"]


@pytest.mark.parametrize("path", [*PATHS, "/system/configuration"])
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"[]",
        b'"text"',
        b"null",
        b"7",
        b"\xff",
        b"[" * 100_000,
        b'{"Name": ' + b'{"a":' * 50 + b"1" + b"}" * 50 + b"}",
        b'{"Name": "\\ud800"}',
        b'{"Name": NaN}',
    ],
)
def test_a_body_that_is_no_proper_object_is_refused(api, path, body):
    expect(api("POST", path, body), 400, "BadRequestError", "")


def test_lists_come_in_pages_when_asked(api):
    for name in ("a", "b", "c"):
        create_operation(api, name)
        create_workflow(api, f"wf{name}", "_a")
    for path, key in (
        ("/workflow/operation", "Operations"),
        ("/workflow/stage", "Stages"),
        ("/workflow", "Workflows"),
        ("/workflow/list/operation/a", "Workflows"),
        ("/workflow/list/stage/_a", "Workflows"),
    ):
        first = api("GET", path, limit=2).json
        second = api("GET", path, limit=2, cursor=first["Cursor"]).json
        assert [len(first[key]), len(second[key])] == [2, 1]
        assert "Cursor" not in second
        whole = api("GET", path).json
        assert sorted([*first[key], *second[key]], key=str) == sorted(whole, key=str)


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 101}, {"limit": "two"}, {"limit": ""}, {"cursor": "made-up"}]
)
@pytest.mark.parametrize("path", ["/operation", "/stage", "", "/list/operation/a", "/list/stage/a"])
def test_a_wrong_page_is_refused(api, path, query):
    answer = api("GET", f"/workflow{path}", **query)
    expect(answer, 400, "BadRequestError", f"{next(iter(query))}: ")


@pytest.mark.parametrize(
    ("path", "variable"),
    [
        ("/operation", "OPERATION_TABLE_NAME"),
        ("/stage", "STAGE_TABLE_NAME"),
        ("", "WORKFLOW_TABLE_NAME"),
        ("/list/operation/op", "WORKFLOW_TABLE_NAME"),
        ("/list/stage/_op", "WORKFLOW_TABLE_NAME"),
    ],
)
def test_a_list_that_no_answer_can_hold_is_refused(api, item, environment, path, variable):
    create_operation(api)
    create_workflow(api, "op", "_op")
    name = "_op" if variable == "STAGE_TABLE_NAME" else "op"
    table = boto3.resource("dynamodb").Table(environment[variable])
    for number in range(20):
        large = {"Name": f"large{number}", "Configuration": {"Text": "x" * 380_000}}
        table.put_item(Item={**item(variable, "Name", name), **large})
    answer = api("GET", f"/workflow{path}")
    expect(answer, 413, "RequestTooLargeError", "?limit=")
    page = api("GET", f"/workflow{path}", limit=100).json
    assert "Cursor" in page


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/workflow/operation/none", "Exception: operation 'none' not found"),
        ("/workflow/stage/none", "Exception: stage 'none' not found"),
        ("/workflow/none", "Exception: workflow 'none' not found"),
        ("/workflow/configuration/none", "Exception: workflow 'none' not found"),
        ("/workflow/execution/none", "Exception: workflow execution 'none' not found"),
        ("/workflow/stage/with%20space", "'with space'"),
    ],
)
def test_an_unknown_name_is_not_found(api, path, words):
    expect(api("GET", path), 404, "NotFoundError", words)


def test_deleting_an_unknown_operation_is_only_a_warning(api):
    answer = api("DELETE", "/workflow/operation/none")
    assert answer.status == 200
    assert answer.json == {"Message": "Warning: operation 'none' not found"}


@pytest.mark.parametrize("path", ["/workflow/stage/none", "/workflow/none"])
def test_deleting_another_unknown_definition_is_not_found(api, path):
    expect(api("DELETE", path), 404, "NotFoundError", "none")


def test_an_operation_is_deleted_with_its_stage(api):
    created = create_operation(api)
    assert api("DELETE", "/workflow/operation/op").json == created
    assert api("GET", "/workflow/operation").json == []
    assert api("GET", "/workflow/stage").json == []
    assert machines() == set()


def test_a_used_operation_is_deleted_by_force_only(api):
    create_operation(api)
    create_workflow(api, "wf", "_op")
    words = "Dependent workflows were found for operation op"
    expect(api("DELETE", "/workflow/operation/op"), 400, "BadRequestError", words)
    assert api("DELETE", "/workflow/operation/op", force="true").json["Name"] == "op"
    workflow = api("GET", "/workflow/wf").json
    assert (workflow["StaleOperations"], workflow["StaleStages"]) == (["op"], ["_op"])
    assert machines() == {f"wf-{SHORT_UUID}"}


def test_a_stage_is_made_read_listed_and_deleted(api):
    create_operation(api, "a")
    create_operation(api, "b")
    body = {
        "Name": "s",
        "Operations": ["a", "b"],
        "Configuration": {"a": {"Enabled": False, "Threshold": 0.75}},
    }
    stage = api("POST", "/workflow/stage", body)
    assert stage.status == 200
    assert stage.json["Configuration"]["a"] == {
        "MediaType": "Video",
        "Enabled": False,
        "Threshold": 0.75,
        "Most": 3,
    }
    assert stage.json["StateMachineArn"] == (
        f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:s-{SHORT_UUID}-stage"
    )
    assert json.loads(stage.json["Definition"])["StartAt"] == "s"
    assert api("GET", "/workflow/stage/s").json == stage.json
    assert {one["Name"] for one in api("GET", "/workflow/stage").json} == {"_a", "_b", "s"}
    expect(api("POST", "/workflow/stage", body), 409, "ConflictError", "A stage with the name 's'")
    assert api("DELETE", "/workflow/stage/s").json == stage.json
    assert f"s-{SHORT_UUID}" not in machines()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"Operations": ["none"]}, "Exception: operation 'none' not found"),
        ({"Operations": "op"}, "Operations"),
        ({"Operations": []}, "Operations"),
        ({"Operations": [7]}, "Operations.0"),
        ({"Operations": ["op", "op"]}, "more than once"),
        ({"Name": None}, "Name"),
        ({"Configuration": {"none": {}}}, "Invalid operation 'none'"),
        ({"Configuration": {"op": 7}}, "Configuration.op"),
    ],
)
def test_a_stage_with_a_wrong_value_is_refused(api, change, field):
    create_operation(api)
    answer = api("POST", "/workflow/stage", {"Name": "s", "Operations": ["op"], **change})
    expect(answer, 400, "BadRequestError", field)


def test_a_workflow_is_made_read_listed_and_deleted(api, environment):
    create_operation(api, "a")
    create_operation(api, "b")
    workflow = create_workflow(api, "wf", "_a", "_b")
    described = boto3.client("stepfunctions").describe_state_machine(
        stateMachineArn=workflow["StateMachineArn"]
    )
    assert described["name"] == f"wf-{SHORT_UUID}"
    assert described["roleArn"] == environment["STAGE_EXECUTION_ROLE"]
    states = json.loads(described["definition"])["States"]
    assert states["Complete Stage _a"]["Next"] == "_b"
    assert "End" not in states["Complete Stage _a"]
    assert (workflow["Version"], workflow["Revisions"]) == ("v0", "1")
    assert workflow["Trigger"] == "api"
    assert api("GET", "/workflow/wf").json == workflow
    assert api("GET", "/workflow").json == [workflow]
    assert api("GET", "/workflow/configuration/wf").json == {
        "_a": {"a": OPERATION["Configuration"]},
        "_b": {"b": OPERATION["Configuration"]},
    }
    body = {"Name": "wf", "StartAt": "_a", "Stages": {"_a": {"End": True}}}
    expect(api("POST", "/workflow", body), 409, "ConflictError", "already exists")
    assert api("DELETE", "/workflow/wf").json == workflow
    assert f"wf-{SHORT_UUID}" not in machines()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Stages": {"_op": {}}}, "must have either an 'End' or and 'Next' key"),
        ({"Stages": {"_op": {"Next": "_op"}}}, "exactly 1 'End' key"),
        ({"Stages": {"_op": {"End": True}, "s": {"End": True}}}, "exactly 1 'End' key"),
        ({"Stages": {"_op": {"End": "true"}}}, "Stages._op.End"),
        ({"Stages": {"_op": {"End": True, "Next": "_op"}}}, "both"),
        ({"Stages": {"none": {"End": True}}, "StartAt": "none"}, "stage 'none' not found"),
        ({"Stages": []}, "Stages"),
        ({"Stages": {}}, "Stages"),
        ({"StartAt": "none"}, "StartAt"),
        ({"Name": "list"}, "Name"),
        ({"Name": "x" * 45}, "Name"),
    ],
)
def test_a_workflow_with_a_wrong_value_is_refused(api, change, words):
    create_operation(api)
    body = {"Name": "wf", "StartAt": "_op", "Stages": {"_op": {"End": True}}, **change}
    expect(api("POST", "/workflow", body), 400, "BadRequestError", words)
    assert api("GET", "/workflow").json == []


@pytest.mark.parametrize("path", ["/version", "/workflow", "/workflow/operation/none"])
def test_every_answer_may_be_read_by_pages_of_any_origin(api, path):
    assert api("GET", path).headers["Access-Control-Allow-Origin"] == "*"


def test_every_route_but_the_front_page_is_signed(application):
    unsigned = {
        path
        for path, methods in application.app.routes.items()
        for route in methods.values()
        if route.authorizer is None or route.authorizer.name != "sigv4"
    }
    assert unsigned == {"/"}


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    ("path", "limit"),
    [("/workflow/operation", 28), ("/workflow/stage", 65), ("/workflow", 44)],
)
@pytest.mark.parametrize("excess", [1, 1000])
def test_the_limit_of_a_name_is_told(api, method, path, limit, excess):
    bodies = {
        "/workflow/operation": OPERATION,
        "/workflow/stage": {"Operations": ["op"]},
        "/workflow": {"StartAt": "s", "Stages": {"s": {"End": True}}},
    }
    body = {**bodies[path], "Name": "n" * (limit + excess)}
    words = f"Name: has {limit + excess} characters; the limit is {limit}"
    expect(api(method, path, body), 400, "BadRequestError", words)


def test_two_names_that_are_too_long_together_are_told_their_limit(api):
    create_operation(api, "o" * 28)
    body = {"Name": "s" * 31, "Operations": ["o" * 28]}
    words = "the two names together may have 58 characters, they have 59"
    expect(api("POST", "/workflow/stage", body), 400, "BadRequestError", words)
    expect(api("PUT", "/workflow/stage", body), 400, "BadRequestError", words)


def test_enabling_a_retired_operation_is_answered_with_the_reason(api):
    """In the operation itself, in a stage and for an execution."""
    reason = "Its service ended in 2025."
    off, on = {"MediaType": "Video", "Enabled": False}, {"MediaType": "Video", "Enabled": True}
    said = f"is retired and cannot be enabled: {reason}"
    enabled = {**OPERATION, "Configuration": on, "Retired": reason}
    expect(api("POST", "/workflow/operation", enabled), 400, "BadRequestError", said)

    assert create_operation(api, Configuration=off, Retired=reason)["Retired"] == reason
    stage = {"Name": "s", "Operations": ["op"], "Configuration": {"op": {"Enabled": True}}}
    expect(api("POST", "/workflow/stage", stage), 400, "BadRequestError", said)

    assert api("POST", "/workflow/stage", {**stage, "Configuration": {}}).status == 200
    create_workflow(api, "wf", "s")
    execution = {
        "Name": "wf",
        "Input": {"Media": {"Video": {"S3Bucket": "bucket", "S3Key": "v.mp4"}}},
        "Configuration": {"s": {"op": {"Enabled": True}}},
    }
    expect(api("POST", "/workflow/execution", execution), 400, "BadRequestError", said)


def test_a_function_that_does_not_exist_is_named(api):
    for field in ("StartLambdaArn", "MonitorLambdaArn"):
        answer = api("POST", "/workflow/operation", {**OPERATION, field: f"{LAMBDA}:none"})
        expect(
            answer, 400, "BadRequestError", f"{field}: there is no Lambda function {LAMBDA}:none"
        )
    assert api("GET", "/workflow/operation").json == []


def test_a_function_without_the_tag_gets_it(api, environment):
    create_function(environment, "untagged", team="video")
    create_operation(api, StartLambdaArn=f"{LAMBDA}:untagged")
    tags = boto3.client("lambda").list_tags(Resource=f"{LAMBDA}:untagged")["Tags"]
    assert tags == {"team": "video", "mie:operator": "true"}


def test_a_busy_lambda_is_answered_with_429(api):
    with Stubber(aws.client("lambda")) as stub:
        stub.add_client_error("get_function", "TooManyRequestsException", "slower")
        answer = api("POST", "/workflow/operation", OPERATION)
    expect(answer, 429, "TooManyRequestsError", "fewer requests")
    assert api("GET", "/workflow/operation").json == []


SETTINGS = [{"Name": "Threshold", "Type": "Number", "Maximum": 1, "Description": "How sure."}]


def test_settings_are_kept_and_values_are_read_by_them(api, item):
    configuration = {"MediaType": "Video", "Enabled": True, "Threshold": "0.5"}
    made = create_operation(api, Configuration=configuration, Settings=SETTINGS)
    assert made["Settings"] == SETTINGS
    assert made["Configuration"]["Threshold"] == 0.5
    assert api("GET", "/workflow/operation/op").json == made
    stage = {"Name": "s", "Operations": ["op"], "Configuration": {"op": {"Treshold": 1}}}
    answer = api("POST", "/workflow/stage", stage)
    expect(answer, 400, "BadRequestError", "Configuration.op.Treshold: the operator 'op'")
    assert "did you mean Threshold?" in answer.json["Message"]


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({}, "Settings"),
        ([{"Type": "Number"}], "Settings.0"),
        ([{"Name": "a", "Type": "Text"}], "Settings.0.Type"),
        ([{"Name": "a", "Type": "Number", "Minimum": "0"}], "Settings.0.Minimum"),
        ([{"Name": "a", "Type": "Number", "Minimal": 0}], "Settings.0"),
        ([{"Name": "a", "Type": "Number", "Default": "x"}], "Settings.a.Default"),
    ],
)
def test_wrong_settings_are_named(api, settings, field):
    answer = api("POST", "/workflow/operation", {**OPERATION, "Settings": settings})
    expect(answer, 400, "BadRequestError", f"{field}: ")

"""Definitions are updated, versioned and listed, and what runs goes on with what it began with."""

import uuid

import pytest
from tests.deployed.local_stack import SAMPLE

pytestmark = pytest.mark.deployed


def outputs(execution, stage):
    return {one["Name"]: one for one in execution["Workflow"]["Stages"][stage]["Outputs"]}


def put(stack, path, body, status=200, **query):
    answer = stack.workflow.request("PUT", path, body, query=query or None)
    assert answer.status == status, answer.json
    return answer.json


def get(stack, path, status=200, **query):
    answer = stack.workflow.request("GET", path, query=query or None)
    assert answer.status == status, answer.json
    return answer.json


@pytest.fixture
def operator(definitions, test_lambdas):
    """operator(name, **configuration): the request that registers a test operator."""

    def request(name, start="VideoSyncOKLambda", **configuration):
        return {
            "Name": name,
            "Type": "Sync",
            "Configuration": {"MediaType": "Video", "Enabled": True, **configuration},
            "StartLambdaArn": test_lambdas[start],
        }

    return request


def test_a_rebuilt_workflow_runs_the_updated_operator(stack, definitions, operator):
    name = definitions.operator("op", "VideoSyncFailLambda")
    stage = definitions.stage("one", name)
    workflow = definitions.workflow("wf", stage)
    before = get(stack, f"/workflow/{workflow}")
    assert stack.run(workflow, "Video")["Status"] == "Error"
    updated = put(stack, "/workflow/operation", operator(name, TestCustomConfig="new"))
    assert updated["Version"] == "v1"
    after = get(stack, f"/workflow/{workflow}")
    assert (before["Version"], after["Version"]) == ("v0", "v2")
    assert (after["Id"], after["StaleOperations"]) == (before["Id"], [])
    execution = stack.run(workflow, "Video")
    assert execution["Status"] == "Complete", execution.get("Message")
    assert outputs(execution, stage)[name]["MetaData"][name]["TestCustomConfig"] == "new"
    assert execution["Workflow"]["Version"] == "v2"


def test_a_stale_workflow_runs_as_it_was_until_it_is_rebuilt(stack, definitions, operator):
    name = definitions.operator("op", "VideoSyncOKLambda", TestCustomConfig="old")
    stage = definitions.stage("one", name)
    workflow = definitions.workflow("wf", stage)
    for _ in range(2):
        request = operator(name, TestCustomConfig="new")
        put(stack, "/workflow/operation", request, dependents="stale")
    marked = get(stack, f"/workflow/{workflow}")
    assert (marked["StaleOperations"], marked["StaleStages"]) == ([name], [stage])
    output = outputs(stack.run(workflow, "Video"), stage)[name]
    assert output["MetaData"][name]["TestCustomConfig"] == "old"
    rebuilt = put(stack, "/workflow", {"Name": workflow})
    assert rebuilt["StaleOperations"] == rebuilt["StaleStages"] == []
    output = outputs(stack.run(workflow, "Video"), stage)[name]
    assert output["MetaData"][name]["TestCustomConfig"] == "new"


def test_a_running_execution_goes_on_with_what_it_began_with(stack, definitions):
    """The workflow loses its second stage while the first one runs."""
    slow = definitions.operator("slow", "VideoAsyncOKLambda", "VideoAsyncOKMonitorLambda")
    last = definitions.operator("last", "VideoSyncOKLambda", OutputMediaType="Text")
    stages = [definitions.stage("one", slow), definitions.stage("two", last)]
    workflow = definitions.workflow("wf", *stages)
    record = stack.start(workflow, "Video")
    stack.wait(record["Id"], {"Started"})
    body = {"Name": workflow, "StartAt": stages[0], "Stages": {stages[0]: {"End": True}}}
    assert list(put(stack, "/workflow", body)["Stages"]) == [stages[0]]
    ended = stack.wait(record["Id"])
    assert ended["Status"] == "Complete", ended.get("Message")
    assert ended["Workflow"]["Version"] == "v0"
    assert outputs(ended, stages[1])[last]["Status"] == "Complete"
    described = stack.client("stepfunctions").describe_state_machine_for_execution(
        executionArn=ended["StateMachineExecutionArn"]
    )
    assert described["name"].startswith(workflow)


def test_a_queued_execution_runs_the_version_that_it_recorded(stack, definitions, limit):
    """It waits for a slot while its workflow gets another chain of stages."""
    slow = definitions.operator("slow", "VideoAsyncOKLambda", "VideoAsyncOKMonitorLambda")
    last = definitions.operator("last", "VideoSyncOKLambda", OutputMediaType="Text")
    stages = [definitions.stage("one", slow), definitions.stage("two", last)]
    workflow = definitions.workflow("wf", *stages)
    limit(1)
    ids = [stack.start(workflow, "Video")["Id"] for _ in range(3)]
    body = {"Name": workflow, "StartAt": stages[1], "Stages": {stages[1]: {"End": True}}}
    put(stack, "/workflow", body)
    present = [get(stack, f"/workflow/execution/{one}")["Status"] for one in ids]
    assert "Queued" in present
    for ended in [stack.wait(one) for one in ids]:
        assert ended["Status"] == "Complete", ended.get("Message")
        assert ended["Workflow"]["Version"] == "v0"
        assert outputs(ended, stages[0])[slow]["Status"] == "Complete"
        assert outputs(ended, stages[1])[last]["Status"] == "Complete"


def test_former_versions_can_be_read(stack, definitions, operator):
    name = definitions.operator("op", "VideoSyncOKLambda")
    stage = definitions.stage("one", name)
    workflow = definitions.workflow("wf", stage)
    paths = [f"/workflow/operation/{name}", f"/workflow/stage/{stage}", f"/workflow/{workflow}"]
    before = [get(stack, path) for path in paths]
    put(stack, "/workflow/operation", operator(name, Threshold=0.5))
    for path, item in zip(paths, before, strict=True):
        present = get(stack, path)
        assert present["Version"] != item["Version"] == "v0"
        former = get(stack, path, version="v0")
        # it was marked as stale before it was replaced
        stale = {"StaleOperations", "StaleStages"} & set(item)
        assert former == {**item, **{key: former[key] for key in stale}}
        assert get(stack, path, version=present["Version"]) == present
        assert "no version 'v77'" in get(stack, path, 404, version="v77")["Message"]
        assert "version: " in get(stack, path, 400, version="first")["Message"]
    assert get(stack, "/workflow/none", 404, version="v0")["Code"] == "NotFoundError"


def test_an_update_of_an_older_version_is_a_conflict(stack, definitions, operator):
    name = definitions.operator("op", "VideoSyncOKLambda")
    stage = definitions.stage("one", name)
    workflow = definitions.workflow("wf", stage)
    for path, body in (
        ("/workflow/operation", operator(name)),
        ("/workflow/stage", {"Name": stage, "Operations": [name]}),
        ("/workflow", {"Name": workflow}),
    ):
        expected = {**body, "Version": get(stack, f"{path}/{body['Name']}")["Version"]}
        put(stack, path, expected)
        assert put(stack, path, expected, 409)["Code"] == "ConflictError"


def test_what_is_wrong_or_unknown_is_not_updated(stack, definitions, operator):
    name = definitions.operator("op", "VideoSyncOKLambda")
    before = get(stack, f"/workflow/operation/{name}")
    unknown = f"none-{uuid.uuid4().hex[:6]}"
    put(stack, "/workflow/operation", operator(unknown), 404)
    put(stack, "/workflow/stage", {"Name": unknown, "Operations": [name]}, 404)
    put(stack, "/workflow", {"Name": unknown}, 404)
    for path, body, field in (
        ("/workflow/operation", {**operator(name), "Type": "sync"}, "Type"),
        ("/workflow/operation", {**operator(name), "Type": "Async"}, "MonitorLambdaArn"),
        ("/workflow/stage", {"Name": f"_{name}", "Operations": [name, "Wait"]}, "nothing else"),
        ("/workflow", {"Name": "n" * 45}, "the limit is 44"),
    ):
        assert field in put(stack, path, body, 400)["Message"]
    message = put(stack, "/workflow/operation", operator(name), 400, dependents="all")["Message"]
    assert "dependents must be rebuild or stale" in message
    assert get(stack, f"/workflow/operation/{name}") == before


def test_workflows_are_listed_by_operation_and_by_stage(stack, definitions):
    one = definitions.operator("one", "VideoSyncOKLambda")
    two = definitions.operator("two", "VideoSyncOKLambda")
    stages = [definitions.stage("s1", one), definitions.stage("s2", two)]
    both = definitions.workflow("both", *stages)
    single = definitions.workflow("single", stages[1])
    expected = {
        f"operation/{one}": {both},
        f"operation/{two}": {both, single},
        f"stage/{stages[0]}": {both},
        f"stage/{stages[1]}": {both, single},
        f"stage/_{one}": set(),
        "operation/none": set(),
    }
    for path, names in expected.items():
        assert {item["Name"] for item in get(stack, f"/workflow/list/{path}")} == names


@pytest.mark.parametrize("kind", ["operation", "stage"])
def test_what_is_used_is_deleted_by_force_only(stack, definitions, kind):
    name = definitions.operator("op", "VideoSyncOKLambda")
    stage = definitions.stage("one", name)
    workflow = definitions.workflow("wf", stage)
    path = f"/workflow/{kind}/{name if kind == 'operation' else stage}"
    refused = stack.workflow.request("DELETE", path)
    assert refused.status == 400
    assert f"Dependent workflows were found for {kind}" in refused.json["Message"]
    assert stack.workflow.request("DELETE", path, query={"force": "true"}).status == 200
    marked = get(stack, f"/workflow/{workflow}")
    assert [*marked["StaleOperations"], *marked["StaleStages"]] == [path.rpartition("/")[2]]
    # it cannot be built anew, and goes on as it is
    assert "not found" in put(stack, "/workflow", {"Name": workflow}, 400)["Message"]
    assert stack.run(workflow, "Video")["Status"] == "Complete"


def test_what_would_call_a_deleted_function_is_refused_at_the_start(stack, definitions, functions):
    start = functions.make(
        """
        def lambda_handler(event, context):
            return {"Status": "Complete", "MetaData": {}, "Media": {}}
        """
    )
    name = definitions.operator("op", start)
    stage = definitions.stage("one", name)
    workflow = definitions.workflow("wf", stage)
    assert stack.run(workflow, "Video")["Status"] == "Complete"
    # without a word to the engine
    functions.remove()
    place = {"S3Bucket": stack.facts["dataplane_bucket"], "S3Key": stack.upload(SAMPLE)}
    body = {"Name": workflow, "Input": {"Media": {"Video": place}}}
    refused = stack.workflow.request("POST", "/workflow/execution", body)
    assert refused.status == 409, refused.json
    assert f"would call the operator '{name}', whose function {start}" in refused.json["Message"]
    off = {stage: {name: {"Enabled": False}}}
    assert stack.run(workflow, "Video", configuration=off)["Status"] == "Complete"


def test_a_stage_and_a_workflow_may_have_one_name(stack, definitions, operator):
    name = definitions.stage("both", definitions.operator("op", "VideoSyncOKLambda"))
    assert definitions.workflow("both", name) == name
    stage, workflow = get(stack, f"/workflow/stage/{name}"), get(stack, f"/workflow/{name}")
    assert stage["StateMachineArn"] != workflow["StateMachineArn"]
    assert stack.run(name, "Video")["Status"] == "Complete"
    # what one of them loses the other keeps
    answer = stack.workflow.request("DELETE", f"/workflow/{name}")
    assert answer.status == 200
    machines = stack.client("stepfunctions")
    kept = machines.describe_state_machine(stateMachineArn=stage["StateMachineArn"])
    assert kept["status"] == "ACTIVE"

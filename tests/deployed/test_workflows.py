"""Definitions become machines, machines run, and what goes wrong is said."""

import pytest
from tests.deployed.local_stack import SAMPLE

pytestmark = pytest.mark.deployed


def outputs(execution, stage):
    return {one["Name"]: one for one in execution["Workflow"]["Stages"][stage]["Outputs"]}


def test_two_stages_hand_on_media_and_metadata(stack, definitions):
    first = definitions.operator("first", "VideoSyncOKLambda", OutputMediaType="Audio")
    second = definitions.operator("second", "AudioSyncOKLambda", media_type="Audio")
    stages = [definitions.stage("one", first), definitions.stage("two", second)]
    execution = stack.run(definitions.workflow("chain", *stages), "Video")
    assert execution["Status"] == "Complete", execution.get("Message")
    assert outputs(execution, stages[1])[second]["Status"] == "Complete"
    assert set(execution["Globals"]["MetaData"]) >= {first, second}
    assert execution["Globals"]["Media"]["Audio"]["S3Bucket"] == f"S3BucketFrom{second}"


def test_an_asynchronous_operator_is_waited_for(stack, definitions):
    name = definitions.operator("async", "VideoAsyncOKLambda", "VideoAsyncOKMonitorLambda")
    stage = definitions.stage("one", name)
    execution = stack.run(definitions.workflow("waits", stage), "Video")
    assert outputs(execution, stage)[name]["Status"] == "Complete"


def test_a_failed_operator_ends_the_workflow_after_its_siblings(stack, definitions):
    good = definitions.operator("good", "VideoSyncOKLambda", OutputMediaType="Text")
    bad = definitions.operator("bad", "VideoSyncFailLambda")
    after = definitions.operator("after", "VideoSyncOKLambda")
    stages = [definitions.stage("one", good, bad), definitions.stage("two", after)]
    execution = stack.run(definitions.workflow("fails", *stages), "Video")
    assert execution["Status"] == "Error"
    assert f"Stage {stages[0]} failed because operation {bad} failed" in execution["Message"]
    assert outputs(execution, stages[0])[good]["Status"] == "Complete"
    assert execution["Workflow"]["Stages"][stages[1]]["Status"] == "Not Started"


def test_an_asynchronous_operator_that_fails_later_says_so(stack, definitions):
    name = definitions.operator("later", "VideoAsyncOKLambda", "VideoAsyncFailMonitorLambda")
    execution = stack.run(definitions.workflow("late", definitions.stage("one", name)), "Video")
    assert execution["Status"] == "Error"
    assert name in execution["Message"]


def test_an_operator_for_another_medium_is_skipped(stack, definitions):
    name = definitions.operator("audio", "AudioSyncOKLambda", media_type="Audio")
    stage = definitions.stage("one", name)
    execution = stack.run(definitions.workflow("skips", stage), "Video")
    assert execution["Status"] == "Complete"
    assert outputs(execution, stage)[name]["Status"] == "Skipped"


def test_a_stage_overrides_the_configuration_of_its_operators(stack, definitions):
    name = definitions.operator("custom", "VideoSyncOKLambda")
    stage = definitions.stage("one", name, Configuration={name: {"TestCustomConfig": "value"}})
    execution = stack.run(definitions.workflow("custom", stage), "Video")
    assert outputs(execution, stage)[name]["MetaData"][name]["TestCustomConfig"] == "value"


def test_numbers_in_configuration_and_results_stay_numbers(stack, definitions):
    name = definitions.operator("number", "VideoSyncOKLambda", TestCustomConfig=0.25, Most=3)
    stage = definitions.stage("one", name)
    execution = stack.run(definitions.workflow("numbers", stage), "Video")
    output = outputs(execution, stage)[name]
    assert output["Configuration"]["Most"] == 3
    assert output["MetaData"][name]["TestCustomConfig"] == 0.25


def test_a_waiting_execution_goes_on_when_it_is_resumed(stack, definitions):
    before = definitions.operator("before", "VideoSyncOKLambda")
    waiting = definitions.stage("wait", "Wait")
    stages = [definitions.stage("one", before), waiting]
    record = stack.start(
        definitions.workflow("pauses", *stages),
        "Video",
        configuration={waiting: {"Wait": {"Enabled": True}}},
    )
    stack.wait(record["Id"], {"Waiting", "Error", "Complete"})
    path = f"/workflow/execution/{record['Id']}"
    wrong = stack.workflow.request("PUT", path, {"WaitingStageName": stages[0]})
    assert wrong.status == 409
    resumed = stack.workflow.request("PUT", path, {"WaitingStageName": waiting})
    assert (resumed.status, resumed.json) == (200, {"Id": record["Id"], "Status": "Resumed"})
    assert stack.wait(record["Id"])["Status"] == "Complete"


def test_a_machine_that_is_stopped_from_outside_ends_its_execution(stack, definitions):
    name = definitions.operator("async", "VideoAsyncOKLambda", "VideoAsyncOKMonitorLambda")
    record = stack.start(definitions.workflow("stopped", definitions.stage("one", name)), "Video")
    running = stack.wait(record["Id"], {"Started"})
    stack.client("stepfunctions").stop_execution(
        executionArn=running["StateMachineExecutionArn"], cause="stopped by hand"
    )
    ended = stack.wait(record["Id"])
    assert ended["Status"] == "Error"
    assert "ABORTED" in ended["Message"]


def test_a_definition_that_is_used_is_deleted_only_by_force(stack, definitions):
    name = definitions.operator("used", "VideoSyncOKLambda")
    workflow = definitions.workflow("uses", definitions.stage("one", name))
    path = f"/workflow/operation/{name}"
    refused = stack.workflow.request("DELETE", path)
    assert refused.status == 400
    assert "Dependent workflows were found" in refused.json["Message"]
    assert stack.workflow.request("DELETE", path, query={"force": "true"}).status == 200
    stale = stack.workflow.request("GET", f"/workflow/{workflow}").json["StaleOperations"]
    assert stale == [name]
    assert stack.run(workflow, "Video", path=SAMPLE)["Status"] == "Complete"

"""How a run goes on, ends, and says why: waiting, failures, and results of any size."""

import json
import time

import pytest
from tests.deployed.local_stack import SAMPLE

pytestmark = pytest.mark.deployed

ALWAYS_EXECUTING = ("VideoAsyncOKLambda", "VideoAsyncOKLambda")


def outputs(execution, stage):
    return {one["Name"]: one for one in execution["Workflow"]["Stages"][stage]["Outputs"]}


def stop(stack, execution, cause):
    stack.client("stepfunctions").stop_execution(
        executionArn=execution["StateMachineExecutionArn"], cause=cause
    )


def test_an_operator_says_how_often_and_how_long_it_is_waited_for(stack, definitions):
    name = definitions.operator("forever", *ALWAYS_EXECUTING, PollSeconds=1, TimeoutSeconds=3)
    stage = definitions.stage("one", name)
    begun = time.monotonic()
    execution = stack.run(definitions.workflow("forever", stage), "Video")
    assert time.monotonic() - begun < 60
    assert execution["Status"] == "Error"
    assert f"{name} was still executing after 3 seconds" in execution["Message"]
    assert outputs(execution, stage)[name]["Status"] == "Error"


def test_a_stage_and_an_execution_may_say_otherwise(stack, definitions):
    name = definitions.operator("patient", *ALWAYS_EXECUTING, PollSeconds=60, TimeoutSeconds=600)
    stage = definitions.stage("one", name, Configuration={name: {"PollSeconds": 1}})
    workflow = definitions.workflow("patient", stage)
    execution = stack.run(workflow, "Video", configuration={stage: {name: {"TimeoutSeconds": 2}}})
    assert f"{name} was still executing after 2 seconds" in execution["Message"]
    assert outputs(execution, stage)[name]["Configuration"]["PollSeconds"] == 1


@pytest.mark.parametrize(
    ("key", "value"), [("PollSeconds", 0), ("MaxPollSeconds", "5"), ("TimeoutSeconds", 604_801)]
)
def test_seconds_that_cannot_be_are_refused_by_name(stack, definitions, key, value):
    name = definitions.operator("checked", *ALWAYS_EXECUTING)
    workflow = definitions.workflow("checked", definitions.stage("one", name))
    stage = f"one-{definitions.suffix}"
    body = {
        "Name": f"refused-{definitions.suffix}",
        "Type": "Sync",
        "Configuration": {"MediaType": "Video", "Enabled": True, key: value},
        "StartLambdaArn": definitions.lambdas["VideoSyncOKLambda"],
    }
    media = {"Video": {"S3Bucket": "bucket", "S3Key": "k"}}
    requests = {
        "/workflow/operation": body,
        "/workflow/stage": {
            "Name": f"refused-{definitions.suffix}",
            "Operations": [name],
            "Configuration": {name: {key: value}},
        },
        "/workflow/execution": {
            "Name": workflow,
            "Input": {"Media": media},
            "Configuration": {stage: {name: {key: value}}},
        },
    }
    for path, request in requests.items():
        answer = stack.workflow.request("POST", path, request)
        assert (answer.status, answer.json["Code"]) == (400, "BadRequestError")
        assert f"{key} must be a whole number of seconds from 1" in answer.json["Message"]


def test_an_execution_that_is_stopped_while_it_waits_ends(stack, definitions):
    waiting = definitions.stage("wait", "Wait")
    record = stack.start(
        definitions.workflow("stopped", waiting),
        "Video",
        configuration={waiting: {"Wait": {"Enabled": True}}},
    )
    paused = stack.wait(record["Id"], {"Waiting", "Error", "Complete"})
    assert paused["Status"] == "Waiting"
    stop(stack, paused, "nobody came")
    ended = stack.wait(record["Id"])
    assert ended["Status"] == "Error"
    assert "status:ABORTED" in ended["Message"]
    again = stack.workflow.request(
        "PUT", f"/workflow/execution/{record['Id']}", {"WaitingStageName": waiting}
    )
    assert again.status == 409


def test_every_failed_operator_is_named_with_its_own_error_and_the_stage_ends_at_once(
    stack, definitions
):
    good = definitions.operator("good", "VideoSyncOKLambda")
    # not a text, which the operator itself refuses by raising its output
    raising = definitions.operator("raising", "VideoSyncOKLambda", OutputMediaType=7)
    returning = definitions.operator("returning", "VideoSyncFailLambda", OutputMediaType="Text")
    stage = definitions.stage("one", good, raising, returning)
    execution = stack.run(definitions.workflow("failures", stage), "Video")
    assert execution["Status"] == "Error"
    assert (
        f"operation {raising} failed: MasExecutionError: OutputMediaType must be text"
        in (execution["Message"])
    )
    assert f"operation {returning} failed: This operator always fails" in execution["Message"]
    results = outputs(execution, stage)
    assert {name: one["Status"] for name, one in results.items()} == {
        good: "Complete",
        raising: "Error",
        returning: "Error",
    }
    assert results[raising]["MetaData"]["Message"] == "OutputMediaType must be text, got 7"
    refusals = [
        one["taskFailedEventDetails"]
        for one in stack.history(execution)
        if "StageFailed" in one.get("taskFailedEventDetails", {}).get("error", "")
    ]
    assert len(refusals) == 1


def test_results_that_no_record_has_room_for_are_read_as_before(stack, definitions):
    text = "x" * 30_000
    large = definitions.operator("large", "VideoSyncOKLambda", TestCustomConfig=text)
    after = definitions.operator("after", "VideoSyncOKLambda")
    stages = [definitions.stage("one", large), definitions.stage("two", after)]
    execution = stack.run(definitions.workflow("large", *stages), "Video", path=SAMPLE)
    assert execution["Status"] == "Complete", execution.get("Message")
    assert outputs(execution, stages[0])[large]["MetaData"][large]["TestCustomConfig"] == text
    assert execution["Globals"]["MetaData"][large]["TestCustomConfig"] == text
    assert set(execution["Globals"]["MetaData"]) == {large, after}

    s3, bucket = stack.client("s3"), stack.facts["dataplane_bucket"]
    prefix = f"private/assets/{execution['AssetId']}/workflows/{execution['Id']}/!results/"
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]
    bodies = [
        json.loads(s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()) for one in listed
    ]
    assert execution["Globals"]["MetaData"][large] in bodies
    given = execution["Workflow"]["Stages"][stages[1]]["Input"]["MetaData"]
    assert given == {large: execution["Globals"]["MetaData"][large]}

    deleted = stack.workflow.request("DELETE", f"/workflow/execution/{execution['Id']}")
    assert deleted.status == 200
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix=prefix)

"""The record of a run, and what its state machine is told."""

import copy
import json

import pytest

from mie.core import executions
from mie.core.definitions import Stamp
from mie.core.errors import BadRequest

MEDIA = {"Image": {"S3Bucket": "b", "S3Key": "private/assets/a/input/k.jpg"}}


def stored_stage(operator, **link):
    return {
        "Name": "ignored",
        "Operations": [operator],
        "Configuration": {operator: {"MediaType": "Image", "Enabled": True, "Level": 1}},
        "StateMachineArn": "arn:stage",
        **link,
    }


WORKFLOW = {
    "Name": "CasImageWorkflow",
    "StartAt": "First",
    "Stages": {
        "First": stored_stage("labels", Next="Second"),
        "Second": stored_stage("faces", End=True),
    },
    "StateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:stateMachine-x-ab12cd",
}


def new(overrides=None):
    return executions.new_execution(
        WORKFLOW, "asset-1", MEDIA, overrides or {}, Stamp("run-1", "1700000000.5")
    )


def test_a_new_execution_waits_for_its_first_stage():
    execution = new()
    first, second = execution["Workflow"]["Stages"].values()

    assert (execution["Status"], execution["CurrentStage"]) == ("Queued", "First")
    assert execution["Globals"] == {"Media": MEDIA, "MetaData": {}}
    assert (first["Status"], second["Status"]) == ("Started", "Not Started")
    assert first["Input"] == execution["Globals"]
    assert "Input" not in second


def test_every_stage_knows_its_own_name_and_whose_run_it_is():
    for name, stage in new()["Workflow"]["Stages"].items():
        assert stage["Name"] == name
        assert stage["AssetId"] == "asset-1"
        assert stage["WorkflowExecutionId"] == "run-1"


def test_overrides_are_kept_as_received_and_applied_to_the_snapshot():
    overrides = {"Second": {"Operations": {"faces": {"Level": 9}}}}
    execution = new(overrides)

    assert execution["Configuration"] == overrides
    stages = execution["Workflow"]["Stages"]
    assert stages["Second"]["Configuration"]["faces"]["Level"] == 9
    assert stages["First"]["Configuration"]["labels"]["Level"] == 1


def test_an_unknown_stage_is_refused():
    with pytest.raises(BadRequest, match="Invalid stage"):
        new({"Third": {}})


def test_the_stored_workflow_is_not_changed():
    before = copy.deepcopy(WORKFLOW)
    new({"Second": {"faces": {"Level": 9}}})
    assert before == WORKFLOW


def test_the_state_machine_gets_what_its_states_read_and_no_definition():
    stage = {**new()["Workflow"]["Stages"]["First"], "Definition": "{…}", "Outputs": []}

    assert set(executions.run_state(stage)) == {
        "Name",
        "Status",
        "Configuration",
        "Input",
        "AssetId",
        "WorkflowExecutionId",
        "MetaData",
        "Metrics",
    }


def test_a_record_can_be_written_as_json():
    assert json.loads(json.dumps(new())) == new()


def test_the_name_of_the_run_is_the_workflow_and_the_id():
    assert executions.machine_execution_name(new()) == "CasImageWorkflowrun-1"


def test_the_arn_of_the_run_is_known_before_it_is_started():
    # the machine's own name may say stateMachine again
    assert executions.machine_execution_arn(new()) == (
        "arn:aws:states:us-east-1:000000000000:execution:stateMachine-x-ab12cd"
        ":CasImageWorkflowrun-1"
    )


def test_a_stage_that_begins_has_started_with_what_it_is_given():
    stage = {"Name": "Second", "Status": "Not Started"}
    begun = executions.begin_stage(stage, {"Media": MEDIA, "MetaData": {"a": 1}})
    assert begun == {
        "Name": "Second",
        "Status": "Started",
        "Input": {"Media": MEDIA, "MetaData": {"a": 1}},
    }
    assert stage["Status"] == "Not Started"


def test_a_summary_leaves_out_what_is_not_there():
    assert executions.summary(new()) == {
        "Id": "run-1",
        "AssetId": "asset-1",
        "CurrentStage": "First",
        "Status": "Queued",
        "Created": "1700000000.5",
        "Workflow": {"Name": "CasImageWorkflow"},
    }
    started = {**new(), "StateMachineExecutionArn": "arn:run"}
    assert executions.summary(started)["StateMachineExecutionArn"] == "arn:run"

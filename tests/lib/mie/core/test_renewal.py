"""What a retry keeps of an execution, and what it begins anew."""

import copy

import pytest

from mie.core import executions, names, renewal, rollup
from mie.core.definitions import Stamp
from mie.core.errors import BadRequest, Conflict

ID = "123e4567-e89b-42d3-a456-123456789012"
MEDIA = {"Image": {"S3Bucket": "b", "S3Key": "k.jpg"}}


def stage(operator, **link):
    values = {"MediaType": "Image", "Enabled": True, "Level": 1}
    return {"Operations": [operator], "Configuration": {operator: values}, **link}


WORKFLOW = {
    "Id": "workflow-1",
    "Created": "1.0",
    "Name": "wf",
    "StartAt": "one",
    "Stages": {
        "three": stage("c", End=True),
        "one": stage("a", Next="two"),
        "two": stage("b", Next="three"),
    },
    "StateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:wf-ab12cd",
}


def new(overrides=None):
    return executions.new_execution(WORKFLOW, "asset", MEDIA, overrides or {}, Stamp(ID, "1.5"))


def settled(execution, name, operator, status, **changes):
    outputs = [{"Name": operator, "Status": status, "MetaData": {}, "Media": {}, **changes}]
    done = rollup.settle_stage(execution, name, outputs)
    stages = {**execution["Workflow"]["Stages"], name: done.stage}
    if done.following:
        stages[done.current_stage] = done.following
    changed = {"Globals": done.globals, "CurrentStage": done.current_stage}
    if done.status:
        changed = {**changed, "Status": done.status, "Message": done.message}
    return {**execution, **changed, "Workflow": {**execution["Workflow"], "Stages": stages}}


@pytest.fixture
def failed():
    started = {**new({"two": {"b": {"Level": 2}}}), "Status": "Started"}
    started["StateMachineExecutionArn"] = executions.machine_execution_arn(started)
    first = settled(started, "one", "a", "Complete", MetaData={"made": "here"})
    return settled(first, "two", "b", "Error", MetaData={"bError": "no", "half": "made"})


def test_a_retry_continues_at_the_failed_stage_and_keeps_what_came_before(failed):
    renewed = renewal.renewed(failed, {})
    stages = renewed["Workflow"]["Stages"]
    assert (renewed["Status"], renewed["CurrentStage"], renewed["Attempt"]) == ("Queued", "two", 2)
    assert stages["one"] == failed["Workflow"]["Stages"]["one"]
    assert (stages["two"]["Status"], stages["three"]["Status"]) == ("Started", "Not Started")
    assert "Outputs" not in stages["two"]
    assert not {"Message", "StateMachineExecutionArn", "Cancelled"} & set(renewed)


def test_what_the_failed_attempt_left_half_made_is_not_handed_on(failed):
    assert failed["Globals"]["MetaData"] == {"made": "here", "bError": "no", "half": "made"}
    renewed = renewal.renewed(failed, {})
    assert renewed["Globals"] == {"Media": MEDIA, "MetaData": {"made": "here"}}
    assert renewed["Workflow"]["Stages"]["two"]["Input"] == renewed["Globals"]


def test_what_was_stopped_in_its_first_stage_begins_there():
    stopped = {**new(), "Status": "Error", "Cancelled": "2.5"}
    renewed = renewal.renewed(stopped, {})
    assert (renewed["CurrentStage"], renewed["Globals"]["Media"]) == ("one", MEDIA)
    assert "Cancelled" not in renewed


def test_a_retry_may_change_the_configuration_of_what_has_not_finished(failed):
    renewed = renewal.renewed(failed, {"two": {"Operations": {"b": {"Extra": 3}}}, "three": {}})
    stages = renewed["Workflow"]["Stages"]
    assert stages["two"]["Configuration"]["b"] == {
        "MediaType": "Image",
        "Enabled": True,
        "Level": 2,
        "Extra": 3,
    }
    assert renewed["Configuration"] == {"two": {"b": {"Level": 2, "Extra": 3}}, "three": {}}


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"one": {"a": {"Level": 9}}}, r"Configuration\.one: this stage has finished"),
        ({"none": {}}, "Invalid stage found in Configuration 'none'"),
        ({"two": {"a": {}}}, "Invalid operation 'a'"),
        ({"two": {"b": {"Enabled": 1}}}, r"Configuration\.two\.b\.Enabled"),
    ],
)
def test_a_wrong_configuration_is_refused(failed, overrides, words):
    with pytest.raises(BadRequest, match=words):
        renewal.renewed(failed, overrides)


@pytest.mark.parametrize("status", ["Queued", "Started", "Waiting", "Resumed", "Complete"])
def test_only_what_failed_is_retried(failed, status):
    with pytest.raises(Conflict, match=f"is {status}; only one that ended in Error"):
        renewal.renewed({**failed, "Status": status}, {})


def test_the_failed_record_is_not_changed(failed):
    before = copy.deepcopy(failed)
    renewal.renewed(failed, {"two": {"b": {"Level": 9}}})
    assert failed == before


def test_a_workflow_that_was_deleted_or_made_anew_cannot_be_retried(failed):
    executions.check_workflow(failed, {**WORKFLOW, "Version": "v7"})
    # a resource of a template has the same Id again
    for anew in ({"Id": "workflow-2"}, {"Created": "2.0"}):
        with pytest.raises(Conflict, match="was deleted"):
            executions.check_workflow(failed, {**WORKFLOW, **anew})
    with pytest.raises(Conflict, match="was deleted"):
        executions.check_workflow(failed, None)


def test_the_machine_goes_through_finished_stages_without_running_them(failed):
    renewed = renewal.renewed(failed, {})
    begun = executions.machine_input(renewed, "one")
    assert begun["Configuration"]["a"]["Enabled"] is False
    assert begun["Attempt"] == 2
    for name in ("two", "three"):
        operator = {"two": "b", "three": "c"}[name]
        assert executions.machine_input(renewed, name)["Configuration"][operator]["Enabled"] is True


def test_every_attempt_has_a_name_of_its_own_that_says_whose_it_is():
    # the longest name, and one that looks like the end of another
    for workflow in ("w", "w-2", "w" * (names.WORKFLOW_LIMIT - 2) + "-2"):
        record = {"Id": ID, "Workflow": {"Name": workflow}}
        found = [
            executions.machine_execution_name({**record, "Attempt": number})
            for number in range(1, 200)
        ]
        assert len(set(found)) == len(found)
        assert max(map(len, found)) <= 80
        assert {executions.execution_id(one) for one in found} == {ID}
    assert found[0] == executions.machine_execution_name(record) == f"{workflow}{ID}"


@pytest.mark.parametrize("name", ["", "other", ID[1:], f"{ID}-", f"{ID}-x", f"{ID}9"])
def test_other_names_are_nobodys(name):
    assert executions.execution_id(name) is None

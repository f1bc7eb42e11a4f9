"""Making, rebuilding and deleting workflows."""

import json

import pytest
from tests.fakes.control_plane import LAMBDA, World
from tests.fakes.definitions import define, operation, workflow

from mie.core.errors import AlreadyExists, BadRequest, NotFound
from mie.engine import operations, stages, workflows
from mie.engine.dependents import Choice


@pytest.fixture
def world():
    world = World()
    define(world, "made")
    return world


def machine_of(world, item):
    return json.loads(world.machines.definitions[item["StateMachineArn"]])


def test_a_workflow_has_one_machine_that_goes_through_its_stages(world):
    item = workflows.create(world.definition_ports, workflow("wf", "s1", "s2"), "api")
    assert item["StateMachineArn"].endswith(":stateMachine:wf-ab12cd")
    assert (item["Version"], item["Revisions"], item["Trigger"]) == ("v0", "1", "api")
    assert item["Operations"] == ["a", "b"]
    machine = machine_of(world, item)
    assert machine["StartAt"] == "s1"
    assert machine["States"]["Complete Stage s1"]["Next"] == "s2"
    assert "End" not in machine["States"]["Complete Stage s1"]
    assert machine["States"]["Complete Stage s2"]["End"] is True
    assert workflows.get(world.definition_ports, "wf") == item


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Stages": {"s1": {"Next": "s2"}, "s2": {"Next": "s1"}}}, "exactly 1 'End' key"),
        ({"Stages": {"s1": {"End": True}, "s2": {"End": True}}}, "exactly 1 'End' key"),
        ({"Stages": {"s1": {}}}, "must have either an 'End' or and 'Next' key"),
        ({"Stages": {"none": {"End": True}}, "StartAt": "none"}, "stage 'none' not found"),
        ({"StartAt": "none"}, "StartAt"),
        ({"Name": "execution"}, "another route"),
        ({"Name": "x" * 45}, "44"),
    ],
)
def test_a_workflow_that_makes_no_sense_is_refused(world, change, words):
    before = set(world.workflows.items)
    request = {**workflow("wf", "s1", "s2"), **change}
    with pytest.raises(BadRequest, match=words):
        workflows.create(world.definition_ports, request, "api")
    assert set(world.workflows.items) == before


def test_a_second_workflow_of_that_name_is_refused(world):
    with pytest.raises(AlreadyExists, match="already exists"):
        workflows.create(world.definition_ports, workflow("made", "s1"), "api")


def test_a_workflow_whose_operator_was_deleted_by_force_is_refused(world):
    operations.delete(world.definition_ports, "a", force=True)
    with pytest.raises(BadRequest, match="operation 'a' of 's1' not found"):
        workflows.create(world.definition_ports, workflow("wf", "s1"), "api")


def test_a_machine_that_cannot_be_made_leaves_no_workflow(world):
    def refuse(*_):
        raise RuntimeError("no machine today")

    world.machines.put = refuse
    with pytest.raises(RuntimeError):
        workflows.create(world.definition_ports, workflow("wf", "s1"), "api")
    assert "wf" not in world.workflows.items


def test_the_caller_cannot_choose_the_machine(world):
    request = workflow("wf", "s1", StateMachineArn="arn:somebody:elses")
    item = workflows.create(world.definition_ports, request, "api")
    assert item["StateMachineArn"] == world.machines.workflow_arn("wf")


def test_an_update_rebuilds_a_workflow_from_the_present_definitions(world):
    ports = world.definition_ports
    changed = operation("a", StartLambdaArn=f"{LAMBDA}:new")
    operations.update(ports, changed, Choice.STALE)
    assert world.workflows.items["made"]["StaleOperations"] == ["a"]
    updated = workflows.update(ports, {"Name": "made"})
    assert (updated["Version"], updated["Revisions"]) == ("v2", "2")
    assert updated["StaleOperations"] == []
    branch = machine_of(world, updated)["States"]["s1"]["Branches"][0]
    assert branch["States"]["Execute a (s1)"]["Resource"] == f"{LAMBDA}:new"
    assert workflows.update(ports, {"Name": "made"})["Version"] == "v3"


def test_an_update_whose_machine_cannot_be_changed_is_taken_back(world):
    before = workflows.get(world.definition_ports, "made")

    def refuse(*_):
        raise RuntimeError("no machine today")

    world.machines.put = refuse
    with pytest.raises(RuntimeError):
        workflows.update(world.definition_ports, {"Name": "made"})
    assert workflows.get(world.definition_ports, "made") == before


def test_the_configuration_is_that_of_the_stages(world):
    stages.create(
        world.definition_ports,
        {"Name": "s3", "Operations": ["a"], "Configuration": {"a": {"Threshold": 0.5}}},
    )
    workflows.create(world.definition_ports, workflow("wf", "s3"), "api")
    assert workflows.configuration(world.definition_ports, "wf") == {
        "s3": {"a": {"MediaType": "Video", "Enabled": True, "Threshold": 0.5}}
    }


def test_deleting_a_workflow_takes_its_machine(world):
    item = workflows.delete(world.definition_ports, "made", force=False)
    assert item["StateMachineArn"] not in world.machines.definitions
    with pytest.raises(NotFound, match="Exception: workflow 'made' not found"):
        workflows.delete(world.definition_ports, "made", force=False)


def test_a_workflow_enables_nothing_that_was_retired_after_its_stage_was_built(world):
    stored = world.operations.items["a"]
    world.operations.items["a"] = {**stored, "Retired": "Its service is gone."}
    with pytest.raises(BadRequest, match=r"Stages\.s1\.Configuration\.a\.Enabled: .* is gone\."):
        workflows.create(world.definition_ports, workflow("wf", "s1", "s2"), "api")
    assert "wf" not in world.workflows.items

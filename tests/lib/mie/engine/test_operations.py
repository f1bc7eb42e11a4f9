"""Registering operators and taking them away."""

import json

import pytest
from tests.fakes.control_plane import LAMBDA, World
from tests.fakes.definitions import define, operation, workflow

from mie.core.errors import AlreadyExists, BadRequest, NotFound
from mie.engine import operations, stages, workflows
from mie.engine.dependents import Choice


@pytest.fixture
def world():
    return World()


def test_an_operator_gets_a_stage_that_runs_it_alone(world):
    created = operations.create(world.definition_ports, operation("op"))
    assert created["StageName"] == "_op"
    assert "%%STAGE_NAME%%" in created["StateMachineAsl"]
    assert operations.get(world.definition_ports, "op") == created
    stage = stages.get(world.definition_ports, "_op")
    assert stage["Operations"] == ["op"]
    assert stage["Configuration"] == {"op": created["Configuration"]}
    assert world.machines.definitions[stage["StateMachineArn"]] == stage["Definition"]


def test_a_second_operator_of_that_name_is_refused(world):
    first = operations.create(world.definition_ports, operation("op"))
    with pytest.raises(AlreadyExists, match="A operation with the name 'op' already exists"):
        operations.create(world.definition_ports, operation("op", StartLambdaArn=f"{LAMBDA}:new"))
    assert operations.get(world.definition_ports, "op") == first


def test_an_asynchronous_operator_needs_a_function_that_checks_it(world):
    with pytest.raises(BadRequest, match="Key 'MonitorLambdaArn' is required"):
        operations.create(world.definition_ports, operation("op", Type="Async"))
    assert world.operations.items == {}


def test_an_operator_whose_stage_cannot_be_made_is_taken_back(world):
    operations.create(world.definition_ports, operation("other"))
    stages.create(world.definition_ports, {"Name": "_op", "Operations": ["other"]})
    with pytest.raises(AlreadyExists, match="stage"):
        operations.create(world.definition_ports, operation("op"))
    assert set(world.operations.items) == {"other"}
    assert world.stages.items["_op"]["Operations"] == ["other"]


def test_a_machine_that_cannot_be_made_leaves_neither_operator_nor_stage(world):
    def refuse(*_):
        raise RuntimeError("no machine today")

    world.machines.put = refuse
    with pytest.raises(RuntimeError, match="no machine today"):
        operations.create(world.definition_ports, operation("op"))
    assert (world.operations.items, world.stages.items) == ({}, {})


def test_an_unknown_operator_is_not_found(world):
    with pytest.raises(NotFound, match="Exception: operation 'none' not found"):
        operations.get(world.definition_ports, "none")


def test_deleting_an_operator_takes_its_stage_and_machine(world):
    created = operations.create(world.definition_ports, operation("op"))
    assert operations.delete(world.definition_ports, "op", force=False) == created
    assert (world.operations.items, world.stages.items) == ({}, {})
    assert world.machines.definitions == {}


def test_deleting_an_unknown_operator_tells_so(world):
    assert operations.delete(world.definition_ports, "none", force=True) is None


def test_an_operator_of_a_workflow_is_not_deleted(world):
    define(world)
    with pytest.raises(BadRequest, match=r"^Dependent workflows were found for operation a"):
        operations.delete(world.definition_ports, "a", force=False)
    assert "a" in world.operations.items


def test_an_operator_of_another_stage_is_not_deleted(world):
    operations.create(world.definition_ports, operation("op"))
    stages.create(world.definition_ports, {"Name": "s", "Operations": ["op"]})
    with pytest.raises(BadRequest, match="Dependent stages were found for operation op: s"):
        operations.delete(world.definition_ports, "op", force=False)


def test_force_deletes_an_operator_and_marks_its_workflows_once(world):
    ports = world.definition_ports
    operations.create(ports, operation("op"))
    workflows.create(ports, workflow("wf", "_op"), "api")
    operations.delete(ports, "op", force=True)
    assert world.workflows.items["wf"]["StaleOperations"] == ["op"]
    assert world.workflows.items["wf"]["StaleStages"] == ["_op"]
    operations.create(ports, operation("op"))
    operations.delete(ports, "op", force=True)
    assert world.workflows.items["wf"]["StaleOperations"] == ["op"]


def test_a_deletion_that_broke_off_can_be_asked_for_again(world):
    operations.create(world.definition_ports, operation("op"))
    delete, world.operations.delete = world.operations.delete, None
    with pytest.raises(TypeError):
        operations.delete(world.definition_ports, "op", force=False)
    assert world.stages.items == {}
    world.operations.delete = delete
    assert operations.delete(world.definition_ports, "op", force=False)["Name"] == "op"
    assert world.operations.items == {}


def test_an_update_reaches_the_operator_its_stage_and_machine(world):
    ports = world.definition_ports
    first = operations.create(ports, operation("op"))
    workflows.create(ports, workflow("wf", "_op"), "api")
    changed = operation("op", StartLambdaArn=f"{LAMBDA}:other")
    updated = operations.update(ports, changed, Choice.STALE)
    assert (updated["Id"], updated["Created"]) == (first["Id"], first["Created"])
    assert updated["Version"] == "v1"
    stage = stages.get(ports, "_op")
    machine = json.loads(world.machines.definitions[stage["StateMachineArn"]])
    branch = machine["States"]["_op"]["Branches"][0]
    assert branch["States"]["Execute op (_op)"]["Resource"] == f"{LAMBDA}:other"
    assert world.workflows.items["wf"]["StaleOperations"] == ["op"]

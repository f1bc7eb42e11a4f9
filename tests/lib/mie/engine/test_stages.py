"""Making stages and taking them away."""

import pytest
from tests.fakes.control_plane import World
from tests.fakes.definitions import define, operation

from mie.core.errors import AlreadyExists, BadRequest, Conflict, NotFound
from mie.engine import operations, stages


@pytest.fixture
def world():
    world = World()
    for name in ("a", "b"):
        operations.create(world.definition_plane, operation(name))
    return world


def test_a_stage_has_a_machine_named_after_it_and_the_deployment(world):
    stage = stages.create(world.definition_plane, {"Name": "s", "Operations": ["a", "b"]})
    assert stage["StateMachineArn"].endswith(":stateMachine:s-ab12cd")
    assert world.machines.definitions[stage["StateMachineArn"]] == stage["Definition"]
    assert stages.get(world.definition_plane, "s") == stage


def test_a_stage_lays_its_configuration_over_that_of_its_operators(world):
    request = {"Name": "s", "Operations": ["a", "b"], "Configuration": {"a": {"Enabled": False}}}
    stage = stages.create(world.definition_plane, request)
    assert stage["Configuration"]["a"] == {"MediaType": "Video", "Enabled": False}
    assert stage["Configuration"]["b"]["Enabled"] is True


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Operations": ["none"]}, "Exception: operation 'none' not found"),
        ({"Operations": ["a", "a"]}, "more than once"),
        ({"Operations": []}, "at least one"),
        ({"Name": "s p"}, "Name"),
        ({"Configuration": {"b": {}}}, "Invalid operation 'b'"),
    ],
)
def test_a_stage_that_makes_no_sense_is_refused(world, change, words):
    before = set(world.stages.items)
    with pytest.raises(BadRequest, match=words):
        stages.create(world.definition_plane, {"Name": "s", "Operations": ["a"], **change})
    assert set(world.stages.items) == before


def test_a_second_stage_of_that_name_is_refused(world):
    with pytest.raises(AlreadyExists, match="A stage with the name '_a' already exists"):
        stages.create(world.definition_plane, {"Name": "_a", "Operations": ["b"]})


def test_of_two_requests_at_a_time_the_first_is_what_runs(world):
    request = {"Name": "s", "Operations": ["a"]}
    stage = stages.create(world.definition_plane, request)
    seen = iter([None, stage])
    world.stages.get = lambda name: next(seen)
    with pytest.raises(AlreadyExists):
        stages.create(world.definition_plane, {"Name": "s", "Operations": ["b"]})
    assert world.machines.versions[stage["StateMachineVersionArn"]] == stage["Definition"]
    assert stage["StateMachineArn"] in world.machines.definitions


def test_a_stage_cannot_have_the_name_of_a_workflow_and_so_of_its_machine(world):
    world.workflows.items["wf"] = {"Name": "wf"}
    with pytest.raises(Conflict, match="wf"):
        stages.create(world.definition_plane, {"Name": "wf", "Operations": ["a"]})


def test_a_stage_whose_machine_cannot_be_made_is_taken_back(world):
    def refuse(*_):
        raise RuntimeError("no machine today")

    world.machines.put = refuse
    with pytest.raises(RuntimeError):
        stages.create(world.definition_plane, {"Name": "s", "Operations": ["a"]})
    assert "s" not in world.stages.items


def test_deleting_a_stage_takes_its_machine(world):
    stage = stages.create(world.definition_plane, {"Name": "s", "Operations": ["a"]})
    assert stages.delete(world.definition_plane, "s", force=False) == stage
    assert stage["StateMachineArn"] not in world.machines.definitions
    with pytest.raises(NotFound, match="Exception: stage 's' not found"):
        stages.delete(world.definition_plane, "s", force=False)


def test_a_stage_of_a_workflow_is_deleted_by_force_only():
    world = World()
    define(world)
    with pytest.raises(BadRequest, match=r"^Dependent workflows were found for stage s1"):
        stages.delete(world.definition_plane, "s1", force=False)
    stages.delete(world.definition_plane, "s1", force=True)
    assert world.workflows.items["wf"]["StaleStages"] == ["s1"]

"""Making stages and taking them away."""

import pytest
from tests.fakes.control_plane import World
from tests.fakes.definitions import define, operation

from mie.core.errors import AlreadyExists, BadRequest, Conflict, NotFound
from mie.engine import operations, stages, workflows
from mie.engine.dependents import Choice


@pytest.fixture
def world():
    world = World()
    for name in ("a", "b"):
        operations.create(world.definition_ports, operation(name))
    return world


def test_a_stage_has_a_machine_named_after_it_and_the_deployment(world):
    stage = stages.create(world.definition_ports, {"Name": "s", "Operations": ["a", "b"]})
    assert stage["StateMachineArn"].endswith(":stateMachine:s-ab12cd-stage")
    assert world.machines.definitions[stage["StateMachineArn"]] == stage["Definition"]
    assert stages.get(world.definition_ports, "s") == stage


def test_a_stage_lays_its_configuration_over_that_of_its_operators(world):
    request = {"Name": "s", "Operations": ["a", "b"], "Configuration": {"a": {"Enabled": False}}}
    stage = stages.create(world.definition_ports, request)
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
        stages.create(world.definition_ports, {"Name": "s", "Operations": ["a"], **change})
    assert set(world.stages.items) == before


def test_a_second_stage_of_that_name_is_refused(world):
    with pytest.raises(AlreadyExists, match="A stage with the name '_a' already exists"):
        stages.create(world.definition_ports, {"Name": "_a", "Operations": ["b"]})


def test_of_two_requests_at_a_time_the_first_is_what_runs(world):
    request = {"Name": "s", "Operations": ["a"]}
    stage = stages.create(world.definition_ports, request)
    seen = iter([None, stage])
    world.stages.get = lambda name: next(seen)
    with pytest.raises(AlreadyExists):
        stages.create(world.definition_ports, {"Name": "s", "Operations": ["b"]})
    assert stage["StateMachineArn"] in world.machines.definitions


def test_a_stage_and_a_workflow_may_have_one_name(world):
    stages.create(world.definition_ports, {"Name": "s", "Operations": ["a"]})
    request = {"Name": "s", "StartAt": "s", "Stages": {"s": {"End": True}}}
    workflow = workflows.create(world.definition_ports, request, "api")
    stage = stages.get(world.definition_ports, "s")
    machines = {stage["StateMachineArn"], workflow["StateMachineArn"]}
    assert machines <= world.machines.definitions.keys()
    assert len(machines) == 2
    workflows.delete(world.definition_ports, "s", force=False)
    assert stage["StateMachineArn"] in world.machines.definitions


def with_a_machine_of_an_earlier_release(world):
    """A stage whose machine is called as that of a workflow."""
    stage = stages.create(world.definition_ports, {"Name": "s", "Operations": ["a"]})
    old = world.machines.workflow_arn("s")
    world.machines.put(old, "{}", "role")
    world.stages.items["s"] = {**stage, "StateMachineArn": old}
    return old


def test_a_stage_of_an_earlier_release_gets_a_machine_of_its_own_name_with_its_update(world):
    old = with_a_machine_of_an_earlier_release(world)
    renewed = stages.rebuild(world.definition_ports, "s")
    assert renewed["StateMachineArn"] == world.machines.stage_arn("s")
    assert renewed["StateMachineArn"] in world.machines.definitions
    assert old not in world.machines.definitions


def test_a_workflow_does_not_take_the_machine_of_a_stage_of_an_earlier_release(world):
    with_a_machine_of_an_earlier_release(world)
    request = {"Name": "s", "StartAt": "s", "Stages": {"s": {"End": True}}}
    with pytest.raises(Conflict, match="PUT /workflow/stage of the stage gives it another one"):
        workflows.create(world.definition_ports, request, "api")
    stages.rebuild(world.definition_ports, "s")
    workflows.create(world.definition_ports, request, "api")


def test_a_stage_whose_machine_cannot_be_made_is_taken_back(world):
    def refuse(*_):
        raise RuntimeError("no machine today")

    world.machines.put = refuse
    with pytest.raises(RuntimeError):
        stages.create(world.definition_ports, {"Name": "s", "Operations": ["a"]})
    assert "s" not in world.stages.items


def test_deleting_a_stage_takes_its_machine(world):
    stage = stages.create(world.definition_ports, {"Name": "s", "Operations": ["a"]})
    assert stages.delete(world.definition_ports, "s", force=False) == stage
    assert stage["StateMachineArn"] not in world.machines.definitions
    with pytest.raises(NotFound, match="Exception: stage 's' not found"):
        stages.delete(world.definition_ports, "s", force=False)


def test_a_stage_of_a_workflow_is_deleted_by_force_only():
    world = World()
    define(world)
    with pytest.raises(BadRequest, match=r"^Dependent workflows were found for stage s1"):
        stages.delete(world.definition_ports, "s1", force=False)
    stages.delete(world.definition_ports, "s1", force=True)
    assert world.workflows.items["wf"]["StaleStages"] == ["s1"]


def test_a_stage_that_is_sent_back_keeps_following_the_defaults_of_its_operators(world):
    """An answer has all values; which of them are the stage's own its Overrides say."""
    ports = world.definition_ports
    request = {"Name": "s", "Operations": ["a", "b"], "Configuration": {"b": {"Own": 1}}}
    stages.create(ports, request)
    answer = stages.get(ports, "s")
    stages.update(ports, answer, Choice.STALE)
    stages.create(ports, {**answer, "Name": "copy"})
    changed = {"MediaType": "Video", "Enabled": True, "Threshold": 2}
    operations.update(ports, operation("a", Configuration=changed), Choice.STALE)
    for name in ("s", "copy"):
        stage = stages.get(ports, name)
        assert stage["Overrides"] == {"b": {"Own": 1}}
        assert stage["Configuration"]["a"]["Threshold"] == 2


def test_a_value_that_is_changed_in_what_is_sent_back_is_the_stages_own(world):
    ports = world.definition_ports
    answer = stages.create(ports, {"Name": "s", "Operations": ["a"]})
    configuration = {"a": {**answer["Configuration"]["a"], "Enabled": False}}
    stages.update(ports, {**answer, "Configuration": configuration}, Choice.STALE)
    assert stages.get(ports, "s")["Overrides"] == {"a": {"Enabled": False}}


def test_a_value_that_is_written_down_is_held_fast_though_it_is_the_default(world):
    ports = world.definition_ports
    pinned = {"a": {"MediaType": "Video", "Enabled": True}}
    stages.create(ports, {"Name": "s", "Operations": ["a"], "Configuration": pinned})
    assert stages.get(ports, "s")["Overrides"] == pinned


def test_an_operator_that_is_sent_back_with_another_declared_default_gets_it(world):
    ports = world.definition_ports
    rows = [{"Name": "Threshold", "Type": "Number", "Default": 50}]
    operations.create(ports, operation("c", Settings=rows))
    answer = operations.get(ports, "c")
    assert answer["Configuration"]["Threshold"] == 50
    rows = [{**rows[0], "Default": 60}]
    updated = operations.update(ports, {**answer, "Settings": rows}, Choice.STALE)
    assert updated["Configuration"]["Threshold"] == 60

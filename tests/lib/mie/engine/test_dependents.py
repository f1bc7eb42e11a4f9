"""What becomes of workflows when an operation or a stage is updated."""

import json
from dataclasses import replace

import pytest
from tests.fakes.control_plane import LAMBDA, World
from tests.fakes.crashes import Killed
from tests.fakes.definitions import chain, define, operation, run, workflow

from mie.core.errors import BadRequest, Conflict
from mie.engine import operations, stages, workflows
from mie.engine.dependents import Choice
from mie.engine.scheduling import fill_slots

NEW = {
    "StartLambdaArn": f"{LAMBDA}:new",
    "Configuration": {"MediaType": "Audio", "Enabled": True, "Threshold": 0.5},
}
MODES = [Choice.REBUILD, Choice.STALE]


@pytest.fixture
def world():
    """wf: s1 runs a and b, of which it makes a's Threshold 0.9; s2 runs b. other uses b only."""
    world = World()
    define(world, "wf", (("a", "b"), ("b",)))
    stages.update(
        world.definition_ports,
        {"Name": "s1", "Operations": ["a", "b"], "Configuration": {"a": {"Threshold": 0.9}}},
        Choice.REBUILD,
    )
    workflows.create(world.definition_ports, workflow("other", "s2"), "api")
    return world


@pytest.fixture
def ports(world):
    return world.definition_ports


def lambdas(world, item):
    """The functions that the machine of a stage, or the version of a workflow's, starts."""
    states = json.loads(world.machines.of(item))["States"]
    return {
        state["Resource"].rpartition(":")[2]
        for outer in states.values()
        for branch in outer.get("Branches", [])
        for name, state in branch["States"].items()
        if name.startswith("Execute ")
    }


def stale(world, name="wf"):
    item = world.workflows.items[name]
    return item["StaleOperations"], sorted(item["StaleStages"])


@pytest.mark.parametrize("choice", MODES)
def test_every_stage_that_lists_an_operator_follows_its_update(world, ports, choice):
    updated = operations.update(ports, operation("a", **NEW), choice)
    assert (updated["Version"], updated["Configuration"]) == ("v1", NEW["Configuration"])
    alone, both = stages.get(ports, "_a"), stages.get(ports, "s1")
    assert alone["Configuration"]["a"] == NEW["Configuration"]
    assert lambdas(world, alone) == {"new"}
    # what the stage lays over the defaults stays, and so does its other operator
    assert both["Configuration"]["a"] == {**NEW["Configuration"], "Threshold": 0.9}
    assert lambdas(world, both) == {"new", "start-b"}
    assert stages.get(ports, "s2")["Version"] == "v0"


def test_workflows_are_built_anew(world, ports):
    before = workflows.get(ports, "wf")
    operations.update(ports, operation("a", **NEW), Choice.REBUILD)
    after = workflows.get(ports, "wf")
    assert (after["Id"], after["Created"]) == (before["Id"], before["Created"])
    assert (before["Version"], after["Version"]) == ("v2", "v3")
    assert after["Stages"]["s1"]["Configuration"]["a"]["MediaType"] == "Audio"
    assert lambdas(world, after) == {"new", "start-b"}
    assert stale(world) == ([], [])


def test_workflows_stay_as_they_are_and_are_marked(world, ports):
    before = workflows.get(ports, "wf")
    for _ in range(2):
        operations.update(ports, operation("a", **NEW), Choice.STALE)
    after = workflows.get(ports, "wf")
    assert {**after, "StaleOperations": [], "StaleStages": []} == before
    assert stale(world) == (["a"], ["s1"])
    assert workflows.rebuild(ports, "wf")["StaleOperations"] == []
    assert lambdas(world, workflows.get(ports, "wf")) == {"new", "start-b"}


@pytest.mark.parametrize("choice", MODES)
def test_workflows_of_other_operators_are_left_alone(world, ports, choice):
    before = workflows.get(ports, "other")
    operations.update(ports, operation("a", **NEW), choice)
    assert workflows.get(ports, "other") == before


def test_a_stage_that_changes_takes_its_workflows_along(world, ports):
    request = {"Name": "s2", "Operations": ["a"]}
    updated = stages.update(ports, request, Choice.REBUILD)
    assert (updated["Operations"], updated["Version"]) == (["a"], "v1")
    for name in ("wf", "other"):
        assert workflows.get(ports, name)["Stages"]["s2"]["Operations"] == ["a"]
        assert stale(world, name) == ([], [])
    stages.update(ports, {"Name": "s2", "Operations": ["b"]}, Choice.STALE)
    assert workflows.get(ports, "other")["Stages"]["s2"]["Operations"] == ["a"]
    assert stale(world, "wf") == stale(world, "other") == ([], ["s2"])


def test_a_workflow_whose_stage_lost_another_operator_stays_stale_and_is_named(world, ports):
    operations.delete(ports, "b", force=True)
    workflows.create(ports, workflow("good", "_a"), "api")
    with pytest.raises(Conflict, match=r"operation 'a' is updated, but .*s1: .*'b' not found.*wf"):
        operations.update(ports, operation("a", **NEW), Choice.REBUILD)
    assert operations.get(ports, "a")["StartLambdaArn"] == NEW["StartLambdaArn"]
    assert stale(world) == (["b", "a"], ["_a", "s1"][1:])
    assert lambdas(world, workflows.get(ports, "good")) == {"new"}
    assert stale(world, "good") == ([], [])


@pytest.mark.parametrize("choice", MODES)
@pytest.mark.parametrize("fails", range(8))
def test_an_update_that_broke_off_is_completed_by_the_same_request(world, ports, choice, fails):
    """Every write is the last one of a process once."""
    writes = iter(range(100))

    def mortal(step):
        def write(*arguments, **options):
            if next(writes) == fails:
                raise Killed
            return step(*arguments, **options)

        return write

    for table in (world.operations, world.stages, world.workflows):
        table.replace = mortal(table.replace)
    world.machines.put = mortal(world.machines.put)
    world.workflows.mark_stale = mortal(world.workflows.mark_stale)
    request = operation("a", **NEW)
    try:
        operations.update(ports, request, choice)
    except Killed:
        # what a crash leaves behind runs: each item names a machine that fits it
        for item in [*world.stages.items.values(), *world.workflows.items.values()]:
            version = json.loads(world.machines.of(item))
            assert set(version["States"]) >= set(item.get("Stages", [item["Name"]]))
        operations.update(ports, request, choice)
    if choice is Choice.REBUILD:
        assert lambdas(world, workflows.get(ports, "wf")) == {"new", "start-b"}
        assert stale(world) == ([], [])
    else:
        assert stale(world) == (["a"], ["s1"])
    assert lambdas(world, stages.get(ports, "s1")) == {"new", "start-b"}
    assert lambdas(world, stages.get(ports, "_a")) == {"new"}


def test_a_stage_that_somebody_else_changes_at_the_same_time_is_tried_again(world, ports):
    replace, times = world.stages.replace, iter(range(10))

    def contended(item, previous):
        if item["Name"] == "s1" and next(times) < 2:
            raise Conflict("changed by somebody else")
        replace(item, previous)

    world.stages.replace = contended
    operations.update(ports, operation("a", **NEW), Choice.REBUILD)
    assert lambdas(world, workflows.get(ports, "wf")) == {"new", "start-b"}


def test_a_machine_that_is_being_deleted_is_waited_for_once(world, ports):
    run(world)
    fill_slots(world.worker_ports, 1)
    world.machines.delete(world.machines.workflow_arn("wf"))
    pauses = []
    waiting = replace(ports, pause=pauses.append)
    with pytest.raises(Conflict, match="wf: StateMachineDeleting"):
        operations.update(waiting, operation("a", **NEW), Choice.REBUILD)
    # the time of one request
    assert len(pauses) < 25
    assert stale(world) == (["a"], ["s1"])


def test_a_workflow_that_is_made_meanwhile_is_marked(world, ports):
    put = world.machines.put

    def slow(arn, definition, role):
        if arn == world.machines.workflow_arn("late"):
            world.machines.put = put
            operations.update(ports, operation("a", **NEW), Choice.REBUILD)
        return put(arn, definition, role)

    world.machines.put = slow
    workflows.create(ports, workflow("late", "_a"), "api")
    assert stale(world, "late") == (["a"], ["_a"])


def test_a_mark_that_comes_during_a_rebuild_is_not_lost(world, ports):
    put = world.machines.put

    def slow(arn, definition, role):
        if arn == world.machines.workflow_arn("wf"):
            world.machines.put = put
            operations.update(ports, operation("a", **NEW), Choice.STALE)
        return put(arn, definition, role)

    world.machines.put = slow
    with pytest.raises(Conflict):
        workflows.update(ports, {"Name": "wf"})
    assert stale(world) == (["a"], ["s1"])


def test_an_execution_runs_the_version_that_it_was_queued_with(world, ports):
    """Its record and its machine fit together, whatever becomes of the workflow."""
    old = workflows.get(ports, "wf")
    queued = run(world)
    operations.update(ports, operation("a", **NEW), Choice.REBUILD)
    workflows.update(ports, {"Name": "wf", "StartAt": "s2", "Stages": chain("s2")})
    assert fill_slots(world.worker_ports, 5)["started"] == 1
    record = world.executions.get(queued["Id"])
    assert record["Workflow"]["Version"] == old["Version"]
    assert set(record["Workflow"]["Stages"]) == {"s1", "s2"}
    assert record["Workflow"]["Stages"]["s1"]["Configuration"]["a"] == {
        "MediaType": "Video",
        "Enabled": True,
        "Threshold": 0.9,
    }
    (ran,) = world.machines.ran.values()
    assert ran == world.machines.versions[old["StateMachineVersionArn"]]
    new = run(world)
    assert fill_slots(world.worker_ports, 5)["started"] == 1
    assert new["Workflow"]["Version"] == workflows.get(ports, "wf")["Version"] == "v4"


@pytest.mark.parametrize(
    ("update", "request_"),
    [
        (operations.update, operation("a", Version="v7")),
        (stages.update, {"Name": "s1", "Operations": ["a"], "Version": "v7"}),
    ],
)
def test_a_request_for_another_version_changes_nothing(world, ports, update, request_):
    before = json.dumps([world.operations.items, world.stages.items, world.workflows.items])
    with pytest.raises(Conflict, match=r"^Version: .* not v7"):
        update(ports, request_, Choice.REBUILD)
    with pytest.raises(Conflict, match=r"^Version: .* not v7"):
        workflows.update(ports, {"Name": "wf", "Version": "v7"})
    assert before == json.dumps([world.operations.items, world.stages.items, world.workflows.items])


def test_the_stage_of_one_operator_runs_that_operator(world, ports):
    with pytest.raises(BadRequest, match="'_a' runs the operation 'a' and nothing else"):
        stages.update(ports, {"Name": "_a", "Operations": ["a", "b"]}, Choice.REBUILD)
    own = {"Name": "_a", "Operations": ["a"], "Configuration": {"a": {"Threshold": 0.1}}}
    stages.update(ports, own, Choice.REBUILD)
    operations.update(ports, operation("a", **NEW), Choice.REBUILD)
    assert stages.get(ports, "_a")["Configuration"]["a"] == {
        **NEW["Configuration"],
        "Threshold": 0.1,
    }


def test_an_operator_whose_stage_was_deleted_gets_it_back(world, ports):
    stages.delete(ports, "_a", force=True)
    operations.update(ports, operation("a", **NEW), Choice.REBUILD)
    assert lambdas(world, stages.get(ports, "_a")) == {"new"}

"""Cancelling: whatever the execution does, once, and also when the one who does it dies."""

import pytest
from tests.fakes.control_plane import World
from tests.fakes.crashes import Killed, die_at
from tests.fakes.definitions import define, output, run, run_to

from mie.core import statuses
from mie.core.errors import Conflict, NotFound
from mie.engine import executions
from mie.engine.cancellation import cancel
from mie.engine.completion import complete_stage
from mie.engine.machine_failures import close_execution
from mie.engine.reconciliation import sweep
from mie.engine.scheduling import fill_slots


@pytest.fixture
def world():
    world = World()
    define(world)
    return world


def stage_statuses(execution):
    stages = execution["Workflow"]["Stages"]
    return {name: stage["Status"] for name, stage in stages.items()}


ACTIVE = [statuses.QUEUED, statuses.STARTED, statuses.WAITING, statuses.RESUMED]


@pytest.mark.parametrize("status", ACTIVE)
def test_whatever_is_active_is_cancelled(world, status):
    execution = run_to(world, status)
    cancelled = cancel(world.execution_ports, execution["Id"])
    assert (cancelled["Status"], cancelled["Message"]) == ("Error", "Cancelled by request")
    assert stage_statuses(cancelled) == {"s1": "Error", "s2": "Not Started"}
    assert cancelled["Workflow"]["Stages"]["s1"]["Message"] == "Cancelled by request"
    assert world.executions.get(execution["Id"]) == cancelled
    assert world.executions.running() == 0
    assert {one.status for one in world.machines.runs.values()} <= {"ABORTED"}
    woken = world.scheduler.woken
    # again: the same answer, and nothing happens
    assert cancel(world.execution_ports, execution["Id"]) == cancelled
    assert (world.executions.running(), world.scheduler.woken) == (0, woken)


@pytest.mark.parametrize("status", ACTIVE)
def test_its_messages_do_no_harm_and_its_slot_serves_another(world, status):
    execution = run_to(world, status)
    cancel(world.execution_ports, execution["Id"])
    other = run(world)
    fill_slots(world.worker_ports, 1)
    fill_slots(world.worker_ports, 1)
    assert world.executions.get(other["Id"])["Status"] == "Started"
    assert world.executions.get(execution["Id"])["Status"] == "Error"
    assert (world.queue.visible, world.queue.hidden, world.executions.running()) == ({}, {}, 1)


@pytest.mark.parametrize("status", [statuses.COMPLETE, statuses.ERROR])
def test_what_ended_on_its_own_cannot_be_cancelled(world, status):
    execution = run_to(world, statuses.STARTED)
    world.executions.move(execution, status, message="of its own")
    with pytest.raises(Conflict, match=f"has ended already, with the status {status}"):
        cancel(world.execution_ports, execution["Id"])
    assert world.executions.get(execution["Id"])["Message"] == "of its own"


def test_an_unknown_execution_cannot_be_cancelled(world):
    with pytest.raises(NotFound):
        cancel(world.execution_ports, "none")


def test_a_stage_that_begins_meanwhile_ends_with_its_execution(world):
    """And one that was settled keeps its results."""
    execution = run_to(world, statuses.STARTED)
    event = {"Name": "s1", "WorkflowExecutionId": execution["Id"]}
    stop = world.machines.stop

    def settle_first(arn, cause):
        world.machines.stop = stop
        complete_stage(world.worker_ports, {**event, "Outputs": [output("a")]})
        stop(arn, cause)

    world.machines.stop = settle_first
    cancelled = cancel(world.execution_ports, execution["Id"])
    assert stage_statuses(cancelled) == {"s1": "Complete", "s2": "Error"}
    assert cancelled["Workflow"]["Stages"]["s1"]["Outputs"]
    assert world.executions.claims == {}


def test_what_completes_meanwhile_is_complete(world):
    execution = run_to(world, statuses.STARTED)
    stop = world.machines.stop

    def complete_first(arn, cause):
        for stage, operator in (("s1", "a"), ("s2", "b")):
            event = {"Name": stage, "WorkflowExecutionId": execution["Id"]}
            complete_stage(world.worker_ports, {**event, "Outputs": [output(operator)]})
        stop(arn, cause)

    world.machines.stop = complete_first
    for _ in range(2):
        with pytest.raises(Conflict, match="Complete"):
            cancel(world.execution_ports, execution["Id"])
    assert world.executions.running() == 0


def test_what_begins_meanwhile_is_stopped(world):
    execution = run(world)
    move = world.executions.move

    def admit_first(record, status, **more):
        world.executions.move = move
        world.executions.admit(record, 5, "arn:begun")
        move(record, status, **more)

    world.executions.move = admit_first
    assert cancel(world.execution_ports, execution["Id"])["Status"] == "Error"
    assert world.machines.stopped == ["arn:begun"]
    assert world.executions.running() == 0


def test_what_is_being_cancelled_is_not_resumed(world):
    execution = run_to(world, statuses.WAITING)
    world.executions.mark_cancelled(execution, "1.5")
    with pytest.raises(Conflict, match="not 'Waiting'"):
        executions.resume(world.execution_ports, execution["Id"], "s1")


STEPS = [
    ("executions", "get"),
    ("executions", "mark_cancelled"),
    ("machines", "stop"),
    ("executions", "move"),
    ("scheduler", "wake"),
]
# a queued execution has no machine to stop
CRASHES = [
    (status, port, step, before)
    for status in ACTIVE
    for port, step in STEPS
    for before in (True, False)
    if (status, step) != (statuses.QUEUED, "stop")
]


def die_in_cancel(world, execution, port, step, before):
    die_at(world, port, step, before=before)
    with pytest.raises(Killed):
        cancel(world.execution_ports, execution["Id"])


@pytest.mark.parametrize(("status", "port", "step", "before"), CRASHES)
def test_a_cancellation_that_broke_is_finished_by_the_next(world, status, port, step, before):
    execution = run_to(world, status)
    die_in_cancel(world, execution, port, step, before)
    cancelled = cancel(world.execution_ports, execution["Id"])
    assert cancelled["Message"] == "Cancelled by request"
    assert world.executions.running() == 0
    assert {one.status for one in world.machines.runs.values()} <= {"ABORTED"}


@pytest.mark.parametrize(("status", "port", "step", "before"), CRASHES)
def test_a_cancellation_that_broke_behind_its_mark_is_finished_by_the_schedule(
    world, status, port, step, before
):
    execution = run_to(world, status)
    die_in_cancel(world, execution, port, step, before)
    is_marked = "Cancelled" in world.executions.get(execution["Id"])
    sweep(world.worker_ports)
    fill_slots(world.worker_ports, 1, find_lost=True)
    record = world.executions.get(execution["Id"])
    running = [one for one in world.machines.runs.values() if one.status == "RUNNING"]
    if is_marked:
        assert (record["Status"], record["Message"]) == ("Error", "Cancelled by request")
        assert (running, world.executions.running()) == ([], 0)
    else:
        assert record["Status"] != statuses.ERROR
        assert world.executions.running() == int(record["Status"] == statuses.STARTED)


def test_the_event_of_the_stopped_machine_says_cancelled_too(world):
    execution = run_to(world, statuses.STARTED)
    die_in_cancel(world, execution, "machines", "stop", before=False)
    arn = execution["StateMachineExecutionArn"]
    detail = {
        "name": arn.rsplit(":", 1)[-1],
        "status": "ABORTED",
        "executionArn": arn,
        "stateMachineArn": execution["Workflow"]["StateMachineArn"],
    }
    close_execution(world.worker_ports, "ab12cd", {"detail": detail})
    record = world.executions.get(execution["Id"])
    assert (record["Status"], record["Message"]) == ("Error", "Cancelled by request")
    assert cancel(world.execution_ports, execution["Id"]) == record
    assert world.executions.running() == 0

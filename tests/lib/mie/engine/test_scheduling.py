"""Slots are never overfilled, never leak, and nothing that waits is forgotten."""

import pytest
from tests.fakes.control_plane import World
from tests.fakes.crashes import Killed, die_at
from tests.fakes.definitions import define, output, run

from mie.core import statuses
from mie.core.errors import Conflict, TooManyRequests
from mie.engine import cancellation, execution_retries, executions
from mie.engine.completion import complete_stage
from mie.engine.reconciliation import sweep
from mie.engine.scheduling import fill_slots
from mie.engine.system import MAX_CONCURRENT_WORKFLOWS


@pytest.fixture
def world():
    world = World()
    define(world, stage_operations=(("a",),))
    return world


def statuses_of(world):
    return [one["Status"] for one in world.executions.items.values()]


def finish(world):
    """Completes the only stage of every running execution."""
    for execution in list(world.executions.list()):
        if execution["Status"] == statuses.STARTED:
            stage = {"Name": "s1", "WorkflowExecutionId": execution["Id"]}
            complete_stage(world.worker_ports, {**stage, "Outputs": [output("a")]})


def test_a_queued_execution_gets_a_slot_a_machine_and_loses_its_message(world):
    execution = run(world)
    assert fill_slots(world.worker_ports, 5)["started"] == 1
    record = world.executions.get(execution["Id"])
    assert record["Status"] == "Started"
    state = world.machines.executions[record["StateMachineExecutionArn"]]
    assert state["Name"] == "s1"
    assert state["Input"] == execution["Globals"]
    assert "Definition" not in state
    assert (world.queue.visible, world.queue.hidden) == ({}, {})
    assert world.executions.running() == 1


@pytest.mark.parametrize("limit", [1, 5, 20])
def test_twenty_executions_never_exceed_the_limit_and_all_are_done(world, limit):
    for _ in range(20):
        run(world)
    most, rounds = 0, 0
    while "Queued" in statuses_of(world) or "Started" in statuses_of(world):
        fill_slots(world.worker_ports, limit)
        running = statuses_of(world).count("Started")
        assert running == world.executions.running() <= limit
        most, rounds = max(most, running), rounds + 1
        finish(world)
    assert most == limit
    assert rounds == 20 // limit
    assert statuses_of(world) == ["Complete"] * 20
    assert len(world.machines.executions) == 20
    assert (world.queue.visible, world.queue.hidden, world.executions.running()) == ({}, {}, 0)


def test_the_configured_limit_counts_more_than_the_default(world):
    world.system.put(MAX_CONCURRENT_WORKFLOWS, 2)
    for _ in range(4):
        run(world)
    fill_slots(world.worker_ports, 10)
    assert statuses_of(world).count("Started") == 2
    assert len(world.queue.visible) == 2


def test_a_limit_that_is_lowered_counts_at_the_next_admission(world):
    for _ in range(4):
        run(world)
    start = world.machines.start

    def lower_the_limit(machine_arn, name, state):
        start(machine_arn, name, state)
        world.system.put(MAX_CONCURRENT_WORKFLOWS, 1)

    world.machines.start = lower_the_limit
    fill_slots(world.worker_ports, 10)
    assert statuses_of(world).count("Started") == 1
    assert len(world.queue.visible) == 3


def test_a_message_without_a_slot_goes_back_at_once(world):
    run(world)
    run(world)
    admit = world.executions.admit

    def somebody_is_faster(execution, limit, arn):
        world.executions.taken = limit
        return admit(execution, limit, arn)

    world.executions.admit = somebody_is_faster
    assert fill_slots(world.worker_ports, 1)["postponed"] == 1
    assert len(world.queue.visible) == 2
    assert world.queue.hidden == {}


def test_a_message_that_comes_twice_starts_once(world):
    execution = run(world)
    world.queue.send(execution["Id"])
    fill_slots(world.worker_ports, 5)
    assert len(world.machines.executions) == 1
    assert world.executions.running() == 1
    assert (world.queue.visible, world.queue.hidden) == ({}, {})


@pytest.mark.parametrize("ended", [statuses.ERROR, None])
def test_a_message_of_what_has_ended_or_is_gone_is_dropped(world, ended):
    execution = run(world)
    if ended is None:
        world.executions.delete(execution)
    else:
        world.executions.move(execution, ended)
    assert fill_slots(world.worker_ports, 5)["dropped"] == 1
    assert (world.queue.visible, world.queue.hidden) == ({}, {})
    assert world.machines.starts == []


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(
    ("port", "step"),
    [
        ("queue", "receive"),
        ("executions", "get"),
        ("executions", "admit"),
        ("machines", "start"),
        ("queue", "delete"),
    ],
)
def test_a_crash_at_any_step_leaks_nothing(world, port, step, before):
    execution = run(world)
    die_at(world, port, step, before=before)
    with pytest.raises(Killed):
        fill_slots(world.worker_ports, 1)
    assert world.executions.running() == statuses_of(world).count("Started")
    world.queue.time_out()
    # the slot that the dead one took may be the last: the execution must go on all the same
    sweep(world.worker_ports)
    fill_slots(world.worker_ports, 1, find_lost=True)
    finish(world)
    fill_slots(world.worker_ports, 1)
    assert world.executions.get(execution["Id"])["Status"] == "Complete"
    assert len(world.machines.executions) == 1
    assert (world.queue.visible, world.queue.hidden, world.executions.running()) == ({}, {}, 0)


def test_a_start_that_is_refused_for_good_fails_that_execution_only(world):
    ids = [run(world)["Id"] for _ in range(10)]
    third = world.executions.items[ids[2]]
    third["Workflow"]["StateMachineVersionArn"] = f"{world.machines.workflow_arn('none')}:1"
    outcomes = fill_slots(world.worker_ports, 10)
    assert (outcomes["started"], outcomes["failed"]) == (9, 1)
    record = world.executions.get(ids[2])
    assert record["Status"] == "Error"
    assert "StateMachineDoesNotExist" in record["Message"]
    assert world.executions.running() == 9
    assert (world.queue.visible, world.queue.hidden) == ({}, {})


def test_a_start_that_may_succeed_later_is_tried_again(world):
    ids = [run(world)["Id"] for _ in range(3)]
    start = world.machines.start

    def throttled(machine_arn, name, state):
        if name.endswith(ids[1]):
            raise TooManyRequests("slower")
        start(machine_arn, name, state)

    world.machines.start = throttled
    outcomes = fill_slots(world.worker_ports, 5)
    assert (outcomes["started"], outcomes["postponed"]) == (2, 1)
    assert list(world.queue.hidden.values()) == [ids[1]]
    world.machines.start = start
    world.queue.time_out()
    fill_slots(world.worker_ports, 5)
    assert len(world.machines.executions) == 3
    assert world.executions.running() == 3


def test_a_lost_message_is_made_up_for_by_the_schedule(world):
    lost = [run(world)["Id"] for _ in range(3)]
    world.queue.visible.clear()
    assert fill_slots(world.worker_ports, 2)["started"] == 0
    assert fill_slots(world.worker_ports, 2, find_lost=True)["started"] == 2
    # the oldest first
    assert [world.executions.get(one)["Status"] for one in lost] == ["Started", "Started", "Queued"]
    finish(world)
    fill_slots(world.worker_ports, 2, find_lost=True)
    finish(world)
    assert statuses_of(world) == ["Complete"] * 3


def test_a_lost_message_of_a_resumed_execution_is_made_up_for_too(world):
    execution = run(world)
    fill_slots(world.worker_ports, 1)
    world.executions.move(world.executions.get(execution["Id"]), statuses.WAITING)
    world.executions.move(world.executions.get(execution["Id"]), statuses.RESUMED)
    fill_slots(world.worker_ports, 1, find_lost=True)
    assert world.executions.get(execution["Id"])["Status"] == "Started"


def test_nothing_is_queued_again_while_no_slot_is_free(world):
    run(world)
    fill_slots(world.worker_ports, 1)
    run(world)
    world.queue.visible.clear()
    fill_slots(world.worker_ports, 1, find_lost=True)
    assert world.queue.visible == {}


def test_a_resumed_execution_takes_a_slot_and_no_second_machine(world):
    execution = run(world)
    fill_slots(world.worker_ports, 1)
    world.executions.move(world.executions.get(execution["Id"]), statuses.WAITING)
    other = run(world)
    fill_slots(world.worker_ports, 1)
    assert world.executions.get(other["Id"])["Status"] == "Started"
    world.executions.move(world.executions.get(execution["Id"]), statuses.RESUMED)
    world.queue.send(execution["Id"])
    fill_slots(world.worker_ports, 1)
    assert world.executions.get(execution["Id"])["Status"] == "Resumed"
    complete_stage(
        world.worker_ports,
        {"Name": "s1", "WorkflowExecutionId": other["Id"], "Outputs": [output("a")]},
    )
    fill_slots(world.worker_ports, 1)
    assert world.executions.get(execution["Id"])["Status"] == "Started"
    assert len(world.machines.starts) == 2
    assert world.executions.running() == 1


def test_two_schedulers_at_a_time_start_an_execution_once(world):
    execution = run(world)
    admit = world.executions.admit

    def other_is_faster(record, limit, arn):
        world.executions.admit = admit
        admit(record, limit, arn)
        raise Conflict("another status")

    world.executions.admit = other_is_faster
    fill_slots(world.worker_ports, 5)
    assert world.executions.running() == 1
    assert len(world.machines.executions) == 1
    assert world.executions.get(execution["Id"])["Status"] == "Started"
    assert (world.queue.visible, world.queue.hidden) == ({}, {})


@pytest.mark.parametrize("end", ["delete", "cancel", "cancel and retry"])
def test_what_ends_between_its_admission_and_its_start_does_not_run_on(world, end):
    execution = run(world)
    start = world.machines.start

    def end_first(machine_arn, name, state):
        world.machines.start = start
        if end == "delete":
            executions.delete(world.execution_ports, execution["Id"])
        else:
            cancellation.cancel(world.execution_ports, execution["Id"])
        if end == "cancel and retry":
            execution_retries.retry(world.execution_ports, execution["Id"], {})
        start(machine_arn, name, state)

    world.machines.start = end_first
    world.system.put(MAX_CONCURRENT_WORKFLOWS, 1)
    fill_slots(world.worker_ports, 1)
    first, *later = world.machines.runs.values()
    assert first.status == "ABORTED"
    # the retry has got the slot that the first attempt gave back
    assert [one.status for one in later] == (["RUNNING"] if end == "cancel and retry" else [])
    assert world.executions.running() == len(later)


def test_a_cancelled_execution_is_not_admitted(world):
    execution = run(world)
    world.executions.mark_cancelled(execution, "1700000000.5")
    assert fill_slots(world.worker_ports, 5)["dropped"] == 1
    record = world.executions.get(execution["Id"])
    assert (record["Status"], record["Message"]) == ("Error", "Cancelled by request")
    assert (world.machines.starts, world.executions.running()) == ([], 0)


def test_a_machine_that_began_while_it_was_cancelled_is_ended_by_its_message(world):
    execution = run(world)
    start = world.machines.start

    def cancel_and_die(machine_arn, name, state):
        cancellation.cancel(world.execution_ports, execution["Id"])
        start(machine_arn, name, state)
        raise Killed

    world.machines.start = cancel_and_die
    with pytest.raises(Killed):
        fill_slots(world.worker_ports, 5)
    world.machines.start = start
    assert [one.status for one in world.machines.runs.values()] == ["RUNNING"]
    world.queue.time_out()
    fill_slots(world.worker_ports, 5)
    assert [one.status for one in world.machines.runs.values()] == ["ABORTED"]
    assert (world.queue.visible, world.queue.hidden, world.executions.running()) == ({}, {}, 0)

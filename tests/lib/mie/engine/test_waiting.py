"""The Wait operator."""

import pytest
from tests.fakes.control_plane import World
from tests.fakes.definitions import define, run

from mie.core import statuses
from mie.core.errors import Conflict, NotFound
from mie.engine import waiting
from mie.engine.scheduling import fill_slots


@pytest.fixture
def world():
    world = World()
    define(world)
    return world


@pytest.fixture
def event(world):
    execution = run(world)
    fill_slots(world.worker_ports, 1)
    return {"Name": "Wait", "WorkflowExecutionId": execution["Id"], "Status": "Started"}


def set_status(world, event, status):
    world.executions.items[event["WorkflowExecutionId"]]["Status"] = status


def test_to_wait_frees_the_slot_and_wakes_the_scheduler(world, event):
    assert waiting.start(world.worker_ports, event) == {**event, "Status": "Executing"}
    assert world.executions.get(event["WorkflowExecutionId"])["Status"] == "Waiting"
    assert (world.executions.running(), world.scheduler.woken) == (0, 2)


def test_to_begin_waiting_twice_is_like_once(world, event):
    waiting.start(world.worker_ports, event)
    waiting.start(world.worker_ports, event)
    assert world.executions.running() == 0


def test_two_operators_that_begin_to_wait_at_once_wait_both(world, event):
    move = world.executions.move

    def other_first(execution, status):
        world.executions.move = move
        waiting.start(world.worker_ports, event)
        move(execution, status)

    world.executions.move = other_first
    assert waiting.start(world.worker_ports, event)["Status"] == "Executing"
    assert world.executions.running() == 0


@pytest.mark.parametrize(
    ("status", "answer"),
    [("Waiting", "Executing"), ("Resumed", "Executing"), ("Started", "Complete")],
)
def test_the_operator_is_done_when_the_execution_runs_again(world, event, status, answer):
    set_status(world, event, status)
    assert waiting.check(world.worker_ports, event) == {**event, "Status": answer}


@pytest.mark.parametrize("use", [waiting.start, waiting.check])
def test_an_execution_that_has_ended_cannot_wait(world, event, use):
    set_status(world, event, statuses.ERROR)
    with pytest.raises(Conflict, match="Error"):
        use(world.worker_ports, event)


@pytest.mark.parametrize("use", [waiting.start, waiting.check])
def test_an_execution_that_is_gone_cannot_wait(world, event, use):
    world.executions.items.clear()
    with pytest.raises(NotFound):
        use(world.worker_ports, event)


@pytest.mark.parametrize("call", [waiting.start, waiting.check])
def test_a_call_of_an_earlier_attempt_stops_nothing(world, event, call):
    world.executions.items[event["WorkflowExecutionId"]]["Attempt"] = 2
    with pytest.raises(Conflict, match=r"attempt 1 .* has ended; it is retried as attempt 2"):
        call(world.worker_ports, {**event, "Attempt": 1})
    assert world.executions.get(event["WorkflowExecutionId"])["Status"] == "Started"
    # machines of early releases do not tell it
    for told in ({"Attempt": 2}, {}):
        call(world.worker_ports, {**event, **told})

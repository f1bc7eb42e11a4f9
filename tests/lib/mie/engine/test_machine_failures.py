"""State machines that ended without success close their executions."""

import pytest
from tests.fakes.control_plane import World
from tests.fakes.definitions import define, run

from mie.core import statuses
from mie.core.errors import BadRequest, Changed
from mie.engine.machine_failures import close_execution
from mie.engine.scheduling import fill_slots


@pytest.fixture
def world():
    world = World()
    define(world)
    return world


@pytest.fixture
def record(world):
    execution = run(world)
    fill_slots(world.worker_ports, 1)
    return world.executions.get(execution["Id"])


def event_of(record, status="ABORTED", **changes):
    """As Step Functions says it of an execution that a version was started for."""
    arn = record["StateMachineExecutionArn"]
    machine = record["Workflow"]["StateMachineArn"]
    detail = {
        "executionArn": arn,
        "stateMachineArn": machine,
        "name": arn.rpartition(":")[2],
        "status": status,
        "startDate": 1_700_000_000_000,
        "stopDate": 1_700_000_060_000,
        "input": "{}",
        "inputDetails": {"included": True},
        "output": None,
        "outputDetails": None,
        "stateMachineVersionArn": f"{machine}:1",
        "stateMachineAliasArn": None,
        "redriveCount": 0,
        "redriveDate": None,
        "redriveStatus": "REDRIVABLE",
        "redriveStatusReason": None,
        "error": None,
        "cause": None,
    }
    return {"source": "aws.states", "resources": [arn], "detail": {**detail, **changes}}


def test_the_message_tells_every_cause_the_newest_first(world, record):
    arn = record["StateMachineExecutionArn"]
    world.machines.histories[arn] = ["failed cause", "aborted cause", "timedout cause"]
    answer = close_execution(world.worker_ports, "ab12cd", event_of(record))
    closed = world.executions.get(record["Id"])
    assert closed["Status"] == "Error"
    assert closed["Message"] == (
        f"Caught Step Function Execution Status Change event for execution: {arn}, "
        "status:ABORTED, cause: failed cause, cause: aborted cause, cause: timedout cause"
    )
    assert answer == {"stateMachineExecution": arn, "errorMessage": closed["Message"]}
    assert (world.executions.running(), world.scheduler.woken) == (0, 2)


@pytest.mark.parametrize("status", [statuses.WAITING, statuses.RESUMED])
def test_a_waiting_execution_is_closed_too(world, record, status):
    world.executions.move(record, statuses.WAITING)
    world.executions.items[record["Id"]]["Status"] = status
    close_execution(world.worker_ports, "ab12cd", event_of(record, "TIMED_OUT"))
    assert world.executions.get(record["Id"])["Status"] == "Error"
    assert world.executions.running() == 0


def test_machines_of_others_are_none_of_our_business(world, record):
    other = record["StateMachineExecutionArn"].replace("ab12cd", "other1")
    event = event_of(record, executionArn=other)
    assert close_execution(world.worker_ports, "ab12cd", event) == {}
    assert world.executions.get(record["Id"]) == record


def test_how_an_event_names_the_machine_does_not_matter(world, record):
    version = record["Workflow"]["StateMachineArn"] + ":1"
    close_execution(world.worker_ports, "ab12cd", event_of(record, stateMachineArn=version))
    assert world.executions.get(record["Id"])["Status"] == "Error"


def test_an_execution_that_told_its_own_end_keeps_its_message(world, record):
    world.executions.move(record, statuses.ERROR, message="operation a failed")
    assert close_execution(world.worker_ports, "ab12cd", event_of(record, "FAILED")) == {}
    assert world.executions.get(record["Id"])["Message"] == "operation a failed"


def test_an_execution_that_is_gone_is_left_alone(world, record):
    world.executions.delete(record)
    assert close_execution(world.worker_ports, "ab12cd", event_of(record)) == {}
    assert world.executions.items == {}


def test_a_run_that_somebody_started_by_hand_is_not_the_execution(world, record):
    arn = record["StateMachineExecutionArn"]
    event = event_of(record, executionArn=arn.replace(":wf", ":by-hand"))
    assert close_execution(world.worker_ports, "ab12cd", event) == {}


def test_a_status_that_changes_meanwhile_is_looked_at_again(world, record):
    move = world.executions.move

    def wait_first(execution, status, **keywords):
        world.executions.move = move
        move(execution, statuses.WAITING)
        raise Changed("another status")

    world.executions.move = wait_first
    close_execution(world.worker_ports, "ab12cd", event_of(record))
    assert world.executions.get(record["Id"])["Status"] == "Error"
    assert world.executions.running() == 0


@pytest.mark.parametrize("missing", ["name", "status", "executionArn"])
def test_an_event_of_another_shape_is_refused(world, record, missing):
    event = event_of(record)
    del event["detail"][missing]
    with pytest.raises(BadRequest, match=missing):
        close_execution(world.worker_ports, "ab12cd", event)
    with pytest.raises(BadRequest, match="detail"):
        close_execution(world.worker_ports, "ab12cd", {})


def test_long_causes_do_not_fill_the_record(world, record):
    arn = record["StateMachineExecutionArn"]
    world.machines.histories[arn] = ["first " + "x" * 32_000, *("y" * 32_000 for _ in range(19))]
    close_execution(world.worker_ports, "ab12cd", event_of(record, "FAILED"))
    message = world.executions.get(record["Id"])["Message"]
    assert ", cause: first x" in message
    assert ", cause: yyy" in message
    assert len(message) <= 10_000


def test_a_second_event_changes_nothing(world, record):
    close_execution(world.worker_ports, "ab12cd", event_of(record))
    closed = world.executions.get(record["Id"])
    assert close_execution(world.worker_ports, "ab12cd", event_of(record, "TIMED_OUT")) == {}
    assert world.executions.get(record["Id"]) == closed
    assert world.executions.running() == 0


def test_a_state_that_got_too_much_is_told_with_its_cause(world, record):
    arn = record["StateMachineExecutionArn"]
    cause = "The state/task 's1' returned a result with a size exceeding the maximum"
    world.machines.histories[arn] = [cause]
    close_execution(world.worker_ports, "ab12cd", event_of(record, "FAILED"))
    assert cause in world.executions.get(record["Id"])["Message"]

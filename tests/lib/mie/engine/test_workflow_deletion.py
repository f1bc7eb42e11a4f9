"""A workflow goes when nothing runs it, or takes what runs with it; its name is free later."""

from dataclasses import replace
from itertools import count

import pytest
from tests.fakes.control_plane import World
from tests.fakes.definitions import define, run_to, workflow

from mie.core import statuses
from mie.core.errors import Busy, Conflict, NotFound
from mie.core.executions import summary
from mie.engine import execution_retries, workflows
from mie.engine.cancellation import cancel
from mie.engine.reconciliation import sweep
from mie.engine.scheduling import fill_slots

ACTIVE = [statuses.QUEUED, statuses.STARTED, statuses.WAITING, statuses.RESUMED]


@pytest.fixture
def world():
    world = World()
    define(world)
    workflows.create(world.definition_ports, workflow("other", "s1"), "api")
    return world


def delete(world, *, force=False, **changed):
    return workflows.delete(replace(world.definition_ports, **changed), "wf", force=force)


def create_again(world, **changed):
    ports = replace(world.definition_ports, **changed)
    return workflows.create(ports, workflow("wf", "s1", "s2"), "api")


def in_status(world, status, name="wf"):
    """The Id of an execution that has come so far."""
    return run_to(world, status, name)["Id"]


@pytest.mark.parametrize("status", ACTIVE)
def test_a_workflow_with_an_active_execution_stays(world, status):
    active = in_status(world, status)
    before = world.executions.get(active)
    with pytest.raises(
        Conflict, match=rf"'wf' has .*: {active} \({status}\)\. Either .*force=true"
    ):
        delete(world)
    assert world.executions.get(active) == before
    assert world.workflows.get("wf")["StateMachineArn"] in world.machines.definitions
    cancel(world.execution_ports, active)
    delete(world)


def test_of_many_executions_some_are_named(world):
    for _ in range(7):
        in_status(world, statuses.QUEUED)
    with pytest.raises(Conflict, match=r": (\S{36} \(Queued\),? ){5}and 2 more\. Either"):
        delete(world)


def test_executions_of_other_workflows_and_ended_ones_are_in_nobodys_way(world):
    in_status(world, statuses.STARTED, "other")
    ended = in_status(world, statuses.STARTED)
    stale = summary(world.executions.get(ended))
    cancel(world.execution_ports, ended)
    # an index may still show it as it was
    listed = world.executions.with_status
    world.executions.with_status = lambda status: iter(
        [*listed(status), *([stale] if status == statuses.STARTED else [])]
    )
    delete(world)
    assert set(world.workflows.items) == {"other"}


@pytest.mark.parametrize("status", ACTIVE)
def test_force_cancels_what_is_active(world, status):
    active, other = in_status(world, status), in_status(world, statuses.QUEUED, "other")
    deleted = delete(world, force=True)
    record = world.executions.get(active)
    assert (record["Status"], record["Message"]) == ("Error", "Cancelled by request")
    assert world.executions.running() == 0
    assert {one.status for one in world.machines.runs.values()} <= {"ABORTED"}
    assert world.executions.get(other)["Status"] == statuses.QUEUED
    assert deleted["Name"] == "wf"
    with pytest.raises(NotFound, match="Exception: workflow 'wf' not found"):
        delete(world, force=True)


def test_what_cannot_be_cancelled_in_time_is_left_to_the_same_request(world):
    for _ in range(3):
        in_status(world, statuses.QUEUED)
    # one asks when it began, whether there is time left, and when it is cancelled
    times = count(0, 8)
    with pytest.raises(Busy, match="2 are left, and the same request goes on"):
        delete(world, force=True, clock=lambda: float(next(times)))
    assert "wf" in world.workflows.items
    delete(world, force=True)
    assert world.executions.number_with_status(statuses.QUEUED) == 0


def test_an_execution_that_begins_before_the_machine_is_deleted_fails_with_it(world):
    forget, late = world.machines.delete, []

    def slow(arn):
        late.append(in_status(world, statuses.STARTED))
        forget(arn)

    world.machines.delete = slow
    delete(world)
    arn = world.executions.get(late[0])["StateMachineExecutionArn"]
    assert not world.machines.gets_on(arn, world.clock())
    assert sweep(replace(world.worker_ports, clock=lambda: 2_000_000_000.0)) == late
    record = world.executions.get(late[0])
    assert record["Status"] == "Error"
    assert "has been deleted" in record["Message"]
    assert world.executions.running() == 0


def test_an_execution_that_is_queued_before_its_workflow_is_deleted_cannot_start(world):
    forget, late = world.machines.delete, []

    def slow(arn):
        forget(arn)
        late.append(in_status(world, statuses.QUEUED))

    world.machines.delete = slow
    delete(world)
    fill_slots(world.worker_ports, 5)
    record = world.executions.get(late[0])
    assert record["Status"] == "Error"
    assert "was deleted; start a new execution" in record["Message"]
    assert world.executions.running() == 0


@pytest.mark.parametrize("same_id", [False, True])
def test_an_execution_does_not_run_a_workflow_that_was_made_anew(world, same_id):
    """Whose machine counts its versions anew, and has the same Id when a template made it."""
    forget, late = world.machines.delete, []
    was = world.workflows.get("wf")

    def slow(arn):
        late.append(in_status(world, statuses.QUEUED))
        forget(arn)

    world.machines.delete = slow
    delete(world)
    world.machines.delete = forget
    made = create_again(world, **({"new_id": lambda: was["Id"]} if same_id else {}))
    assert made["StateMachineVersionArn"] == was["StateMachineVersionArn"]
    fill_slots(world.worker_ports, 5)
    record = world.executions.get(late[0])
    assert record["Status"] == "Error"
    assert "the workflow 'wf' with which the execution" in record["Message"]
    assert "was deleted; start a new execution" in record["Message"]
    assert (world.executions.running(), world.machines.runs) == (0, {})
    with pytest.raises(Conflict, match="was deleted"):
        execution_retries.retry(world.execution_ports, late[0], {})


def test_what_runs_goes_on_where_its_start_is_asked_for_again_in_vain(world):
    """Whoever started it was killed before the message was deleted; it keeps its slot."""
    execution_id = in_status(world, statuses.STARTED)
    world.queue.send(execution_id)
    del world.workflows.items["wf"]
    fill_slots(world.worker_ports, 5)
    record = world.executions.get(execution_id)
    assert record["Status"] == "Started"
    assert world.machines.state(record["StateMachineExecutionArn"]).status == "RUNNING"


def test_a_deleted_name_is_waited_for(world):
    pauses = []
    delete(world)
    made = create_again(world, pause=pauses.append)
    assert made["StateMachineArn"] in world.machines.definitions
    assert pauses == [1.0, 2.0]


@pytest.mark.parametrize(("deadline", "tries"), [(None, 20), (1_700_001_000.0, 900)])
def test_a_name_that_stays_taken_is_a_conflict(world, deadline, tries):
    """As long as a request may last, or until the deadline of a resource of a stack."""
    # by somebody else, in Step Functions' console
    in_status(world, statuses.STARTED)
    world.machines.delete(world.workflows.items.pop("wf")["StateMachineArn"])
    pauses = []
    with pytest.raises(Busy, match="Deleting"):
        create_again(world, pause=pauses.append, deadline=deadline)
    assert tries <= len(pauses) <= 1.2 * tries
    # the last pause ends in time
    assert pauses[-1] == 0
    assert "wf" not in world.workflows.items

"""Retrying: the failed stage runs again, once for each retry, and finished ones do not."""

import json

import pytest
from tests.fakes.control_plane import LAMBDA, World
from tests.fakes.crashes import Killed, die_at
from tests.fakes.definitions import SOURCE, define, operation, output, run
from tests.state_machines import run as run_machine

from mie.core.errors import BadRequest, Conflict, NotFound
from mie.core.executions import machine_arn
from mie.engine import executions, operations, workflows
from mie.engine.cancellation import cancel
from mie.engine.completion import StageFailed, complete_stage
from mie.engine.dependents import Choice
from mie.engine.execution_retries import retry
from mie.engine.reconciliation import sweep
from mie.engine.scheduling import fill_slots


@pytest.fixture
def world():
    world = World()
    define(world, stage_operations=(("a",), ("b", "c"), ("d",)))
    return world


def settle(world, execution, stage, *outputs, attempt=1):
    event = {"Name": stage, "WorkflowExecutionId": execution["Id"], "Attempt": attempt}
    return complete_stage(world.worker_ports, {**event, "Outputs": list(outputs)})


@pytest.fixture
def failed(world):
    """Its first stage is complete, its second failed."""
    execution = run(world)
    fill_slots(world.worker_ports, 5)
    settle(world, execution, "s1", output("a", MetaData={"made": "once"}))
    with pytest.raises(StageFailed):
        settle(world, execution, "s2", output("b"), output("c", "Error"))
    record = world.executions.get(execution["Id"])
    world.machines.end(record["StateMachineExecutionArn"], "FAILED", 0.0)
    return record


def test_a_retry_waits_for_a_slot_like_any_other(world, failed):
    queued = retry(world.execution_ports, failed["Id"], {})
    assert (queued["Status"], queued["CurrentStage"]) == ("Queued", "s2")
    assert world.executions.get(failed["Id"]) == queued
    assert fill_slots(world.worker_ports, 0)["started"] == 0
    assert fill_slots(world.worker_ports, 1)["started"] == 1
    record = world.executions.get(failed["Id"])
    assert record["StateMachineExecutionArn"] == f"{failed['StateMachineExecutionArn']}-2"
    assert [one.status for one in world.machines.runs.values()] == ["FAILED", "RUNNING"]
    assert world.executions.running() == 1


def test_a_retry_that_would_call_a_deleted_function_is_refused(world, failed):
    """It runs the version of the workflow that it began with, whatever was built since; the first
    stage has finished, and calls nothing."""
    moved = operation("c", StartLambdaArn=f"{LAMBDA}:moved")
    operations.update(world.definition_ports, moved, Choice.REBUILD)
    world.functions.gone |= {f"{LAMBDA}:start-a", f"{LAMBDA}:start-c"}
    with pytest.raises(Conflict, match=r"would call the operator 'c', whose function .* deleted"):
        retry(world.execution_ports, failed["Id"], {})
    assert world.executions.get(failed["Id"]) == failed
    off = {"Configuration": {"s2": {"c": {"Enabled": False}}}}
    assert retry(world.execution_ports, failed["Id"], off)["Status"] == "Queued"


def run_retry(world, execution):
    """What the machine of a retry that has its slot does, with operators that complete; events."""
    record = world.executions.get(execution["Id"])
    machine = json.loads(world.machines.ran[record["StateMachineExecutionArn"]])
    events = []

    def operator(event):
        events.append(event)
        return output(event["Name"])

    engine = world.definition_ports.lambdas.complete_stage
    lambdas = {one["StartLambdaArn"]: operator for one in world.operations.items.values()}
    lambdas[engine] = lambda event: complete_stage(world.worker_ports, event)
    state = world.machines.executions[record["StateMachineExecutionArn"]]
    done = run_machine(machine, state, lambdas)
    assert done.failed is None
    return done, events


def test_finished_stages_are_passed_without_running_an_operator(world, failed):
    retry(world.execution_ports, failed["Id"], {"Configuration": {"s2": {"c": {"Fixed": True}}}})
    fill_slots(world.worker_ports, 1)
    _, events = run_retry(world, failed)
    assert [one["Name"] for one in events] == ["b", "c", "d"]
    assert events[1]["Configuration"]["Fixed"] is True
    assert events[0]["Input"]["MetaData"] == {"made": "once"}
    ended = world.executions.get(failed["Id"])
    assert (ended["Status"], ended["CurrentStage"]) == ("Complete", "End")
    assert ended["Workflow"]["Stages"]["s1"] == failed["Workflow"]["Stages"]["s1"]
    assert world.executions.running() == 0


def test_the_last_of_three_stages_is_retried_alone(world):
    execution = run(world)
    fill_slots(world.worker_ports, 5)
    settle(world, execution, "s1", output("a"))
    settle(world, execution, "s2", output("b", MetaData={"b": 1}), output("c"))
    with pytest.raises(StageFailed):
        settle(world, execution, "s3", output("d", "Error"))
    retry(world.execution_ports, execution["Id"], {})
    fill_slots(world.worker_ports, 1)
    done, events = run_retry(world, execution)
    assert [one["Name"] for one in events] == ["d"]
    assert events[0]["Input"]["MetaData"] == {"b": 1}
    # a finished stage costs two states of its own and two for each operator, and one Lambda
    assert (len(done.entered), len(done.invoked)) == ((2 + 2) + (2 + 4) + (2 + 2), 3 + 1)
    assert world.executions.get(execution["Id"])["Status"] == "Complete"


def test_what_is_left_of_the_failed_attempt_cannot_settle_the_next(world, failed):
    retry(world.execution_ports, failed["Id"], {})
    fill_slots(world.worker_ports, 1)
    with pytest.raises(Conflict, match=r"attempt 1 of the execution .* has ended"):
        settle(world, failed, "s2", output("b"), output("c"))
    assert world.executions.get(failed["Id"])["CurrentStage"] == "s2"
    settle(world, failed, "s2", output("b"), output("c"), attempt=2)
    assert world.executions.get(failed["Id"])["CurrentStage"] == "s3"


def test_a_write_that_was_on_its_way_from_the_failed_attempt_is_refused(world, failed):
    running = {**failed, "Status": "Started", "CurrentStage": "s2"}
    retry(world.execution_ports, failed["Id"], {})
    fill_slots(world.worker_ports, 1)
    with pytest.raises(Conflict):
        world.executions.move(running, "Error", message="late")
    assert world.executions.get(failed["Id"])["Status"] == "Started"


def test_a_cancelled_execution_is_retried(world):
    execution = run(world)
    cancel(world.execution_ports, execution["Id"])
    retry(world.execution_ports, execution["Id"], {})
    fill_slots(world.worker_ports, 1)
    record = world.executions.get(execution["Id"])
    assert (record["Status"], record["CurrentStage"]) == ("Started", "s1")
    assert cancel(world.execution_ports, execution["Id"])["Attempt"] == 2


def test_it_may_fail_and_be_retried_again(world, failed):
    for number in (2, 3):
        retry(world.execution_ports, failed["Id"], {})
        fill_slots(world.worker_ports, 1)
        with pytest.raises(StageFailed):
            settle(world, failed, "s2", output("b", "Error"), output("c"), attempt=number)
    assert len(world.machines.runs) == 3
    assert world.executions.running() == 0


def test_only_what_failed_is_retried(world, failed):
    retry(world.execution_ports, failed["Id"], {})
    with pytest.raises(Conflict, match="is Queued"):
        retry(world.execution_ports, failed["Id"], {})
    with pytest.raises(NotFound):
        retry(world.execution_ports, "none", {})


def test_a_wrong_configuration_changes_nothing(world, failed):
    with pytest.raises(BadRequest, match="has finished"):
        retry(world.execution_ports, failed["Id"], {"Configuration": {"s1": {"a": {}}}})
    assert world.executions.get(failed["Id"]) == failed


def test_it_runs_the_version_of_the_workflow_that_it_began_with(world, failed):
    workflows.update(world.definition_ports, {"Name": "wf"})
    retry(world.execution_ports, failed["Id"], {})
    fill_slots(world.worker_ports, 1)
    record = world.executions.get(failed["Id"])
    assert machine_arn(record) == machine_arn(failed)
    workflows.delete(world.definition_ports, "wf", force=True)
    with pytest.raises(Conflict, match="was deleted"):
        retry(world.execution_ports, failed["Id"], {})


def test_an_asset_in_use_is_a_conflict(world, failed):
    world.dataplane.assets[failed["AssetId"]] = {**SOURCE["Media"]["Video"], "MediaType": "Video"}
    other = run(world, Input={"AssetId": failed["AssetId"]})
    with pytest.raises(Conflict, match=f"Id = {other['Id']}"):
        retry(world.execution_ports, failed["Id"], {})


def test_a_message_that_cannot_be_sent_leaves_it_failed(world, failed):
    send = world.queue.send

    def refuse(execution_id):
        raise RuntimeError("no queue today")

    world.queue.send = refuse
    with pytest.raises(RuntimeError):
        retry(world.execution_ports, failed["Id"], {})
    assert world.executions.get(failed["Id"])["Status"] == "Error"
    world.queue.send = send
    assert retry(world.execution_ports, failed["Id"], {})["Attempt"] == 3


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(
    ("port", "step"),
    [
        ("executions", "get"),
        ("executions", "replace"),
        ("queue", "send"),
        ("scheduler", "wake"),
    ],
)
def test_a_retry_that_broke_starts_once_or_can_be_asked_again(world, failed, port, step, before):
    die_at(world, port, step, before=before)
    with pytest.raises(Killed):
        retry(world.execution_ports, failed["Id"], {})
    if world.executions.get(failed["Id"])["Status"] == "Error":
        retry(world.execution_ports, failed["Id"], {})
    for _ in range(2):
        sweep(world.worker_ports)
        fill_slots(world.worker_ports, 1, find_lost=True)
    record = world.executions.get(failed["Id"])
    assert (record["Status"], record["Attempt"]) == ("Started", 2)
    assert [one.status for one in world.machines.runs.values()] == ["FAILED", "RUNNING"]
    assert (world.queue.visible, world.queue.hidden, world.executions.running()) == ({}, {}, 1)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(
    ("port", "step"), [("executions", "admit"), ("machines", "start"), ("queue", "delete")]
)
def test_a_retry_whose_start_broke_is_started_once(world, failed, port, step, before):
    retry(world.execution_ports, failed["Id"], {})
    die_at(world, port, step, before=before)
    with pytest.raises(Killed):
        fill_slots(world.worker_ports, 1)
    world.queue.time_out()
    sweep(world.worker_ports)
    fill_slots(world.worker_ports, 1)
    assert [one.status for one in world.machines.runs.values()] == ["FAILED", "RUNNING"]
    assert world.executions.running() == 1


def test_a_deleted_execution_is_not_retried(world, failed):
    executions.delete(world.execution_ports, failed["Id"])
    with pytest.raises(NotFound):
        retry(world.execution_ports, failed["Id"], {})

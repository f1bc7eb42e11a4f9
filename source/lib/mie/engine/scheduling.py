"""Fills free slots with executions that wait in the queue.

The record says what an execution is; a message only says that somebody should look. So a message
that comes twice does no harm, and one that got lost is sent again. The order of the steps makes
every one of them repeatable: the slot and the status Started are one conditional write, the name
of the machine's execution makes its start happen once, and the message goes last.
"""

from collections.abc import Callable
from functools import partial
from itertools import chain
from typing import Literal

from mie.core import statuses
from mie.core.documents import Execution, Message
from mie.core.errors import BadRequest, Conflict, Forbidden, NotFound, TooLarge
from mie.core.executions import machine_execution_arn, machine_execution_name, run_state
from mie.engine.ports import WorkerPlane
from mie.engine.system import concurrency_limit
from mie.logs import logger

# Messages per run: keeps a run inside the function's time; the rest waits for the next call.
_MOST_PER_RUN = 100
# What SQS hands out at once.
_MOST_PER_RECEIVE = 10

_Outcome = Literal["started", "failed", "dropped", "postponed"]
# Errors of a start that will not pass.
_PERMANENT = (NotFound, BadRequest, Forbidden, TooLarge)


def fill_slots(
    plane: WorkerPlane, default_limit: int, *, find_lost: bool = False
) -> dict[_Outcome, int]:
    """Starts executions while slots are free. Returns how many messages had which outcome.

    find_lost: also start the machines of executions whose scheduler died before it could, and,
    when the queue is empty, look for waiting executions that have no message.
    """
    if find_lost:
        _start_missing_machines(plane)
    limit = concurrency_limit(plane.system, default_limit)
    outcomes: dict[_Outcome, int] = {"started": 0, "failed": 0, "dropped": 0, "postponed": 0}
    while sum(outcomes.values()) < _MOST_PER_RUN:
        free = limit - plane.executions.running()
        if free < 1:
            break
        messages = plane.queue.receive(min(free, _MOST_PER_RECEIVE))
        for message in messages:
            outcome = _safely(message.execution_id, partial(_serve, plane, message, limit))
            outcomes = {**outcomes, outcome: outcomes[outcome] + 1}
        if messages:
            continue
        if not find_lost or not _send_lost(plane, free):
            break
        # once: what is sent again may take a while to be seen
        find_lost = False
    return outcomes


def _safely(execution_id: str, start: Callable[[], _Outcome]) -> _Outcome:
    try:
        return start()
    # one execution must not strand the others; its message comes back after a while
    except Exception:  # noqa: BLE001
        logger("scheduler").exception(
            "an execution could not be started yet", extra={"WorkflowExecutionId": execution_id}
        )
        return "postponed"


def _serve(plane: WorkerPlane, message: Message, limit: int) -> _Outcome:
    execution = plane.executions.get(message.execution_id)
    if execution is None or not _may_start(execution):
        plane.queue.delete(message)
        return "dropped"
    if execution["Status"] != statuses.STARTED:
        try:
            admitted = plane.executions.admit(execution, limit, machine_execution_arn(execution))
        except Conflict:
            admitted = False
        if not admitted:
            # no slot, or somebody else changed it: whoever receives it next looks again
            plane.queue.put_back(message)
            return "postponed"
    outcome = _start(plane, execution)
    plane.queue.delete(message)
    return outcome


def _may_start(execution: Execution) -> bool:
    # A message of a started one was not deleted: whoever admitted it may have died before
    # StartExecution, which is therefore asked for again.
    return execution["Status"] in {*statuses.PREDECESSORS[statuses.STARTED], statuses.STARTED}


def _start(plane: WorkerPlane, execution: Execution) -> _Outcome:
    """execution: with the status that it had before it was admitted."""
    if execution["Status"] == statuses.RESUMED:
        return "started"
    first = execution["Workflow"]["Stages"][execution["Workflow"]["StartAt"]]
    try:
        plane.machines.start(
            execution["Workflow"]["StateMachineArn"],
            machine_execution_name(execution),
            run_state(first),
        )
    except _PERMANENT as error:
        started: Execution = {**execution, "Status": statuses.STARTED}
        message = f"Exception in workflow_scheduler_lambda {error}"
        plane.executions.move(started, statuses.ERROR, message=message)
        return "failed"
    return "started"


def _start_missing_machines(plane: WorkerPlane) -> None:
    """Asks again for the start of what is in its first stage; a machine that runs stays as it is.

    The message of such an execution may not come back for long: it holds a slot, and when it holds
    the last one nothing is received.
    """
    for execution in plane.executions.with_status(statuses.STARTED):
        if execution["CurrentStage"] == execution["Workflow"]["StartAt"]:
            _safely(execution["Id"], partial(_start, plane, execution))


def _send_lost(plane: WorkerPlane, most: int) -> bool:
    """Queues the oldest waiting executions again; a second message does no harm."""
    waiting = chain(
        plane.executions.with_status(statuses.QUEUED),
        plane.executions.with_status(statuses.RESUMED),
    )
    lost = sorted(waiting, key=lambda one: float(one["Created"]))[:most]
    for execution in lost:
        plane.queue.send(execution["Id"])
    return bool(lost)

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
from mie.core.errors import PERMANENT, Conflict
from mie.core.executions import (
    attempt,
    awaits_copy,
    check_workflow,
    machine_arn,
    machine_execution_arn,
    machine_execution_name,
    machine_input,
)
from mie.core.lifecycle import has_ended, may_become
from mie.engine import cancellation
from mie.engine.ports import WorkerPorts
from mie.engine.system import concurrency_limit
from mie.logs import logger

# Messages per run: keeps a run inside the function's time; the rest waits for the next call.
_MOST_PER_RUN = 100
# What SQS hands out at once.
_MOST_PER_RECEIVE = 10

_Outcome = Literal["started", "failed", "dropped", "postponed"]


def fill_slots(
    ports: WorkerPorts, default_limit: int, *, find_lost: bool = False
) -> dict[_Outcome, int]:
    """Starts executions while slots are free. Returns how many messages had which outcome.

    find_lost: when the queue is empty, also look for waiting executions that have no message.
    """
    # asked for at every admission: a run of many takes a while, and the limit may change meanwhile
    limit = partial(concurrency_limit, ports.system, default_limit)
    outcomes: dict[_Outcome, int] = {"started": 0, "failed": 0, "dropped": 0, "postponed": 0}
    while sum(outcomes.values()) < _MOST_PER_RUN:
        free = limit() - ports.executions.running()
        if free < 1:
            break
        messages = ports.queue.receive(min(free, _MOST_PER_RECEIVE))
        for message in messages:
            outcome = _safely(message.execution_id, partial(_serve, ports, message, limit))
            outcomes = {**outcomes, outcome: outcomes[outcome] + 1}
        if messages:
            continue
        if not find_lost or not _send_lost(ports, free):
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


def _serve(ports: WorkerPorts, message: Message, limit: Callable[[], int]) -> _Outcome:
    execution = ports.executions.get(message.execution_id)
    if execution is None or not _may_start(execution):
        if execution is not None and "Cancelled" in execution:
            _finish_cancellation(ports, execution)
        ports.queue.delete(message)
        return "dropped"
    if execution["Status"] != statuses.STARTED:
        try:
            admitted = ports.executions.admit(execution, limit(), machine_execution_arn(execution))
        except Conflict:
            admitted = False
        if not admitted:
            # no slot, or somebody else changed it: whoever receives it next looks again
            ports.queue.put_back(message)
            return "postponed"
    outcome: _Outcome = "started"
    # a resumed one has its machine, which waits for the status
    if execution["Status"] != statuses.RESUMED:
        outcome = start_machine(ports, execution)
    ports.queue.delete(message)
    return outcome


def _may_start(execution: Execution) -> bool:
    # A message of a started one was not deleted: whoever admitted it may have died before
    # StartExecution, which is therefore asked for again.
    status = execution["Status"]
    startable = status == statuses.STARTED or may_become(status, statuses.STARTED)
    return startable and "Cancelled" not in execution and not awaits_copy(execution)


def _finish_cancellation(ports: WorkerPorts, execution: Execution) -> None:
    if not has_ended(execution):
        cancellation.finish(ports, execution)
    else:
        # whoever received its message before may have started it, and died before it saw the mark
        _stop(ports, execution)


def start_machine(ports: WorkerPorts, execution: Execution) -> Literal["started", "failed"]:
    """Starts the machine of an admitted execution, once, however often it is asked to.

    execution: as it was read before or after it was admitted.
    """
    first = machine_input(execution, execution["Workflow"]["StartAt"])
    try:
        check_workflow(execution, ports.workflows.get(execution["Workflow"]["Name"]))
        ports.machines.start(machine_arn(execution), machine_execution_name(execution), first)
    # it conflicts with a workflow that was made anew
    except PERMANENT as error:
        # one that was started before its machine was deleted runs on, and its end is told
        if ports.machines.state(machine_execution_arn(execution)) is None:
            started: Execution = {**execution, "Status": statuses.STARTED}
            message = f"Exception in workflow_scheduler_lambda {error}"
            ports.executions.move(started, statuses.ERROR, message=message)
            return "failed"
    present = ports.executions.get(execution["Id"])
    if present is None or _has_left(present, execution):
        # deleted, cancelled or even retried between the admission and the start
        _stop(ports, execution)
    return "started"


def _has_left(present: Execution, execution: Execution) -> bool:
    """Whether the attempt whose machine was started is over, or shall be."""
    return attempt(present) != attempt(execution) or has_ended(present) or "Cancelled" in present


def _stop(ports: WorkerPorts, execution: Execution) -> None:
    ports.machines.stop(machine_execution_arn(execution), "ended by request before it began")


def _send_lost(ports: WorkerPorts, most: int) -> bool:
    """Queues the oldest waiting executions again; a second message does no harm."""
    waiting = chain(
        ports.executions.with_status(statuses.QUEUED),
        ports.executions.with_status(statuses.RESUMED),
    )
    startable = (one for one in waiting if not awaits_copy(one))
    lost = sorted(startable, key=lambda one: float(one["Created"]))[:most]
    for execution in lost:
        ports.queue.send(execution["Id"])
    return bool(lost)

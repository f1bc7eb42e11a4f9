"""The Wait operator: an execution stops until somebody resumes it."""

from collections.abc import Mapping
from typing import Any

from mie.core import statuses
from mie.core.documents import Execution, Json
from mie.core.errors import Conflict
from mie.core.executions import check_attempt
from mie.engine.ports import WorkerPorts
from mie.engine.records import existing, with_present

_ANSWERS = {
    statuses.WAITING: statuses.EXECUTING,
    # resumed, but no slot is free yet
    statuses.RESUMED: statuses.EXECUTING,
    statuses.STARTED: statuses.COMPLETE,
}


def start(ports: WorkerPorts, event: Mapping[str, Any]) -> Json:
    """Sets the execution Waiting, which frees its slot. Returns the operation object, Executing.

    Raises Conflict when the execution does not run, or runs in another attempt, NotFound when it
    is gone; Step Functions turns all of them into a failed operator.
    """

    def wait(execution: Execution) -> None:
        _check_attempt(event, execution)
        if execution["Status"] != statuses.WAITING:
            ports.executions.move(execution, statuses.WAITING)

    with_present(ports.executions, event["WorkflowExecutionId"], wait)
    ports.scheduler.wake()
    return {**event, "Status": statuses.EXECUTING}


def check(ports: WorkerPorts, event: Mapping[str, Any]) -> Json:
    """The operation object, Executing until the execution runs again. Raises like start."""
    execution = existing(ports.executions, event["WorkflowExecutionId"])
    _check_attempt(event, execution)
    answer = _ANSWERS.get(execution["Status"])
    if answer is None:
        raise Conflict(f"an execution that is {execution['Status']} cannot be waited for")
    return {**event, "Status": answer}


def _check_attempt(event: Mapping[str, Any], execution: Execution) -> None:
    # machines of early releases do not tell the attempt
    if "Attempt" in event:
        check_attempt(event, execution)

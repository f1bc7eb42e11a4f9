"""The Wait operator: an execution stops until somebody resumes it."""

from collections.abc import Mapping
from typing import Any

from mie.core import statuses
from mie.core.documents import Execution, Json
from mie.core.errors import Conflict, NotFound
from mie.engine.ports import WorkerPorts

_ANSWERS = {
    statuses.WAITING: statuses.EXECUTING,
    # resumed, but no slot is free yet
    statuses.RESUMED: statuses.EXECUTING,
    statuses.STARTED: statuses.COMPLETE,
}


def start(ports: WorkerPorts, event: Mapping[str, Any]) -> Json:
    """Sets the execution Waiting, which frees its slot. Returns the operation object, Executing.

    Raises Conflict when the execution does not run, NotFound when it is gone; Step Functions
    turns both into a failed operator.
    """
    execution = _execution(ports, event)
    if execution["Status"] != statuses.WAITING:
        if execution["Status"] not in statuses.PREDECESSORS[statuses.WAITING]:
            raise Conflict(f"an execution that is {execution['Status']} cannot wait")
        ports.executions.move(execution, statuses.WAITING)
    ports.scheduler.wake()
    return {**event, "Status": statuses.EXECUTING}


def check(ports: WorkerPorts, event: Mapping[str, Any]) -> Json:
    """The operation object, Executing until the execution runs again. Raises like start."""
    execution = _execution(ports, event)
    answer = _ANSWERS.get(execution["Status"])
    if answer is None:
        raise Conflict(f"an execution that is {execution['Status']} cannot be waited for")
    return {**event, "Status": answer}


def _execution(ports: WorkerPorts, event: Mapping[str, Any]) -> Execution:
    execution = ports.executions.get(event["WorkflowExecutionId"])
    if execution is None:
        raise NotFound.named("workflow execution", event["WorkflowExecutionId"])
    return execution

"""Closes executions whose state machine ended without telling us.

A machine that is aborted by hand, runs out of time or breaks where no state catches it never
calls the completion of its stage; Step Functions reports its end as an event.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from mie.core import statuses
from mie.core.documents import Execution, Json
from mie.core.errors import BadRequest, NotFound
from mie.core.executions import CANCELLED_MESSAGE
from mie.core.executions import execution_id as id_in_name
from mie.core.lifecycle import has_ended
from mie.engine.ports import WorkerPorts
from mie.engine.records import with_present

# A cause has up to 32,768 characters, a history many of them, and a record must keep its size.
_LONGEST_CAUSE, _LONGEST_MESSAGE = 2_000, 10_000
_REPORTED = ("name", "status", "executionArn")


def close_execution(ports: WorkerPorts, short_uuid: str, event: Mapping[str, Any]) -> Json:
    """Sets the execution of a failed machine to Error, with what the history says.

    event: "Step Functions Execution Status Change" of EventBridge, of any machine of the
    account; {} for those of others and for executions that ended by themselves. Raises
    BadRequest when it is no such event.
    """
    detail = event.get("detail")
    if not isinstance(detail, dict):
        raise BadRequest("detail is required in a status change of Step Functions")
    for key in _REPORTED:
        if not isinstance(detail.get(key), str):
            raise BadRequest(f"detail.{key} is required in a status change of Step Functions")
    # arn:<partition>:states:<region>:<account>:execution:<machine>:<name>, also where a version of
    # the machine runs, which the machine's ARN may name
    arn = detail["executionArn"]
    if not arn.rpartition(":")[0].endswith(f"-{short_uuid}"):
        return {}
    # the name of a machine's execution contains the id of ours, and is always in the event
    execution_id = id_in_name(detail["name"])
    if execution_id is None:
        return {}

    def close(execution: Execution) -> Json:
        if execution.get("StateMachineExecutionArn") != arn or has_ended(execution):
            return {}
        message = _message(ports, execution, detail["status"])
        ports.executions.move(execution, statuses.ERROR, message=message)
        ports.scheduler.wake()
        return {"stateMachineExecution": arn, "errorMessage": message}

    try:
        return with_present(ports.executions, execution_id, close)
    except NotFound:
        return {}


def _message(ports: WorkerPorts, execution: Execution, status: str) -> str:
    if "Cancelled" in execution:
        return CANCELLED_MESSAGE
    arn = execution["StateMachineExecutionArn"]
    return failure_message(arn, status, ports.machines.causes(arn))


def failure_message(arn: str, status: str, causes: Sequence[str]) -> str:
    """Why a machine's execution ended; causes: what its history says, the newest first."""
    found = "".join(f", cause: {cause[:_LONGEST_CAUSE]}" for cause in causes)
    return (
        f"Caught Step Function Execution Status Change event for execution: {arn}, "
        f"status:{status}{found}"
    )[:_LONGEST_MESSAGE]

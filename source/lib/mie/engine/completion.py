"""Settles a stage when its operators are done, and begins the next one."""

from collections.abc import Mapping
from typing import Any

from mie.core import statuses
from mie.core.documents import Execution, Json
from mie.core.errors import Conflict, MieError, TooLarge
from mie.core.executions import END, check_attempt, machine_input
from mie.core.lifecycle import has_ended
from mie.core.rollup import Settlement, settle_stage
from mie.engine import large_results
from mie.engine.ports import WorkerPorts
from mie.engine.records import existing, with_present
from mie.logs import logger


class StageFailed(MieError):
    """Ends the state machine as FAILED; the message names the operators and their reasons."""


def complete_stage(ports: WorkerPorts, event: Mapping[str, Any]) -> Json:
    """The run state of the next stage, or {} after the last one.

    event: the stage's run state with Outputs. A second call for the same stage, as Lambda's
    retries make it, answers like the first. Raises StageFailed, NotFound when the execution was
    deleted, Conflict when it stands elsewhere.
    """
    execution_id, name = event["WorkflowExecutionId"], event["Name"]

    def settle(execution: Execution) -> Json:
        check_attempt(event, execution)
        if _is_settled(execution, name):
            return _answer(ports, execution, name)
        if execution["CurrentStage"] != name or has_ended(execution):
            raise Conflict(
                f"the stage {name} cannot be completed: execution {execution_id} has the status "
                f"{execution['Status']} and stands at {execution['CurrentStage']}"
            )
        _settle(ports, execution, name, event.get("Outputs"))
        return settle(existing(ports.executions, execution_id))

    return with_present(ports.executions, execution_id, settle)


def _is_settled(execution: Execution, name: str) -> bool:
    stage = execution["Workflow"]["Stages"].get(name, {})
    return execution["CurrentStage"] != name and stage.get("Status") in (
        statuses.COMPLETE,
        statuses.ERROR,
    )


def _settle(ports: WorkerPorts, execution: Execution, name: str, outputs: object) -> None:
    settlement = settle_stage(execution, name, outputs)
    _warn(execution, name, settlement)
    try:
        fitting = large_results.store(ports.objects, execution, name, settlement)
        ports.executions.settle(execution, name, fitting)
    except TooLarge as error:
        broken = {"Error": "ResultsTooLarge", "Cause": str(error)}
        ports.executions.settle(execution, name, settle_stage(execution, name, broken))


def _answer(ports: WorkerPorts, execution: Execution, name: str) -> Json:
    if execution["CurrentStage"] == END:
        # also on a second call: the first may have died before it could do so
        ports.scheduler.wake()
    stage = execution["Workflow"]["Stages"][name]
    if stage["Status"] == statuses.ERROR:
        raise StageFailed(execution.get("Message", f"Stage {name} failed"))
    following = stage.get("Next")
    return machine_input(execution, following) if following else {}


def _warn(execution: Execution, name: str, settlement: Settlement) -> None:
    if settlement.repeated_metadata:
        logger("completion").warning(
            "operators of one stage returned the same metadata keys; the last one counts",
            extra={
                "WorkflowExecutionId": execution["Id"],
                "Stage": name,
                "Keys": list(settlement.repeated_metadata),
            },
        )

"""Lets a failed execution go on where it failed."""

from collections.abc import Mapping
from typing import Any

from mie.core import statuses
from mie.core.documents import Execution, Workflow
from mie.core.errors import Conflict
from mie.core.executions import began_with, check_workflow
from mie.core.lifecycle import has_ended
from mie.core.renewal import renewed
from mie.engine import executions
from mie.engine.ports import ExecutionPorts
from mie.engine.records import existing


def retry(ports: ExecutionPorts, execution_id: str, request: Mapping[str, Any]) -> Execution:
    """Queues a failed execution again from its failed stage.

    request: optionally Configuration, to lay over that of the stages that have not finished.
    Raises NotFound, BadRequest, and Conflict when it has not failed, a function was deleted or its
    asset is in use.
    """
    execution = existing(ports.executions, execution_id)
    if "Copying" in execution and has_ended(execution):
        raise Conflict(
            f"the source of the execution '{execution_id}' was never copied; start another one"
        )
    present = ports.workflows.get(execution["Workflow"]["Name"])
    declared = _as_begun(ports, execution, present)
    queued = renewed(execution, request.get("Configuration", {}), declared)
    check_workflow(execution, present)
    left = {
        name: stage["Configuration"]
        for name, stage in queued["Workflow"]["Stages"].items()
        if stage["Status"] != statuses.COMPLETE
    }
    if declared is not None:
        executions.check_functions(ports, declared, left)
    ports.executions.replace(queued, execution)
    executions.queue(ports, queued)
    return queued


def _as_begun(
    ports: ExecutionPorts, execution: Execution, present: Workflow | None
) -> Workflow | None:
    """The version of the workflow that the execution began with."""
    if present is None or not began_with(execution, present):
        return None
    version = execution["Workflow"]["Version"]
    if present["Version"] == version:
        return present
    return ports.workflows.former(present["Id"], version)

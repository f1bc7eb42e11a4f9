"""Lets a failed execution go on where it failed."""

from collections.abc import Mapping
from typing import Any

from mie.core import statuses
from mie.core.documents import Execution, Workflow
from mie.core.errors import Conflict
from mie.core.renewal import check_machine, renewed
from mie.engine import executions
from mie.engine.ports import ExecutionPorts


def retry(ports: ExecutionPorts, execution_id: str, request: Mapping[str, Any]) -> Execution:
    """Queues a failed execution again from its failed stage.

    request: optionally Configuration, to lay over that of the stages that have not finished.
    Raises NotFound, BadRequest, and Conflict when it has not failed, a function was deleted or its
    asset is in use.
    """
    execution = executions.get(ports, execution_id)
    if "Copying" in execution and execution["Status"] in statuses.FINAL:
        raise Conflict(
            f"the source of the execution '{execution_id}' was never copied; start another one"
        )
    present = ports.workflows.get(execution["Workflow"]["Name"])
    began_with = _as_begun(ports, execution, present)
    queued = renewed(execution, request.get("Configuration", {}), began_with)
    check_machine(execution, present)
    left = {
        name: stage["Configuration"]
        for name, stage in queued["Workflow"]["Stages"].items()
        if stage["Status"] != statuses.COMPLETE
    }
    if began_with is not None:
        executions.check_functions(ports, began_with, left)
    ports.executions.replace(queued, execution)
    executions.queue(ports, queued)
    return queued


def _as_begun(
    ports: ExecutionPorts, execution: Execution, present: Workflow | None
) -> Workflow | None:
    """The version of the workflow that the execution began with."""
    began_with = execution["Workflow"]
    if present is None or present["Id"] != began_with["Id"]:
        return None
    if present["Version"] == began_with["Version"]:
        return present
    return ports.workflows.former(present["Id"], began_with["Version"])

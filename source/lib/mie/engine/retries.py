"""Lets a failed execution go on where it failed."""

from collections.abc import Mapping
from typing import Any

from mie.core import statuses
from mie.core.documents import Execution
from mie.core.retries import check_machine, renewed
from mie.engine import executions
from mie.engine.ports import ExecutionPlane


def retry(plane: ExecutionPlane, execution_id: str, request: Mapping[str, Any]) -> Execution:
    """Queues a failed execution again from its failed stage.

    request: optionally Configuration, to lay over that of the stages that have not finished.
    Raises NotFound, BadRequest, and Conflict when it has not failed, an operator was deleted or its
    asset is in use.
    """
    execution = executions.get(plane, execution_id)
    queued = renewed(execution, request.get("Configuration", {}))
    check_machine(execution, plane.workflows.get(execution["Workflow"]["Name"]))
    left = {
        name: stage["Configuration"]
        for name, stage in queued["Workflow"]["Stages"].items()
        if stage["Status"] != statuses.COMPLETE
    }
    # the version that it began with calls what it was built from, whatever became of it
    executions.check_operators(
        plane, queued["Workflow"]["Name"], left, [one for stage in left.values() for one in stage]
    )
    executions.check_asset_is_free(plane, execution["AssetId"])
    plane.executions.replace(queued, execution)
    executions.queue(plane, queued)
    return queued

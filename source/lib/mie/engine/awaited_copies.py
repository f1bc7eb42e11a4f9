"""Executions that wait for the copies of their sources.

Such an execution is Queued, has no message in the queue, and Copying in its record. The data plane
tells of the end of a copy; because that may get lost, the sweep asks once a minute.
"""

from collections.abc import Iterable
from typing import Protocol

from mie.core import statuses
from mie.core.copies import COPYING, FAILED
from mie.core.documents import Execution, Json
from mie.core.errors import Conflict, NotFound
from mie.core.executions import CANCELLED_MESSAGE, awaits_copy
from mie.engine import turns
from mie.engine.ports import Dataplane, Executions, WorkerPorts
from mie.logs import logger

# What a sweep asks for, and how long; the next one goes on with the others. A data plane that does
# not answer takes half a minute for each, and executions that run need the rest of the minute.
_MOST_ASKED, _MOST_SECONDS = 50, 10.0


class WaitingPorts(Protocol):
    """What the API and the workers have in common."""

    @property
    def executions(self) -> Executions: ...
    @property
    def dataplane(self) -> Dataplane: ...


def settle_all(ports: WorkerPorts) -> None:
    """Looks after some of the executions that wait, others every minute."""
    queued = ports.executions.with_status(statuses.QUEUED)
    waiting = sorted((one["Id"] for one in queued if "Copying" in one), key=str)
    _settle_each(ports, turns.some(waiting, _MOST_ASKED, ports.clock()))


def settle(ports: WorkerPorts, asset_id: str) -> None:
    """Looks after the executions that wait for an asset."""
    _settle_each(ports, [one["Id"] for one in ports.executions.of_asset(asset_id)])


def _settle_each(ports: WorkerPorts, ids: Iterable[str]) -> None:
    last = ports.clock() + _MOST_SECONDS
    for execution_id in ids:
        if ports.clock() > last:
            logger("copies").warning("the data plane is slow; the next sweep asks for the others")
            return
        try:
            _settle(ports, execution_id)
        except Conflict:
            # it changed meanwhile, so somebody looks after it
            continue
        # one execution must not strand the others; the next sweep sees it again
        except Exception:  # noqa: BLE001
            logger("copies").exception(
                "an execution waits on", extra={"WorkflowExecutionId": execution_id}
            )


def _settle(ports: WorkerPorts, execution_id: str) -> None:
    execution = ports.executions.get(execution_id)
    if execution is None or not awaits_copy(execution):
        return
    if "Cancelled" in execution:
        # whoever marked it was killed; it has no machine yet
        stop(ports, execution)
        ports.executions.move(execution, statuses.ERROR, message=CANCELLED_MESSAGE)
        return
    try:
        asset = ports.dataplane.get_asset(execution["AssetId"])
    except NotFound:
        reason = f"the asset {execution['AssetId']} was deleted while it was copied"
        ports.executions.move(execution, statuses.ERROR, message=reason)
        return
    state = asset.get("State")
    if state == FAILED:
        _delete_own_asset(ports, execution)
        ports.executions.move(execution, statuses.ERROR, message=asset["Message"])
    elif state != COPYING:
        ports.executions.end_copy(execution)
        ports.queue.send(execution_id)


def stop(ports: WaitingPorts, execution: Execution) -> None:
    """Stops the copy for which an execution waits, if it does and nobody else needs the asset.

    execution: marked as cancelled, so that it goes on waiting until it ends.
    """
    if not awaits_copy(execution):
        return
    present = ports.executions.get(execution["Id"])
    # it may have gone on before it was marked
    if present is not None and awaits_copy(present):
        _delete_own_asset(ports, present)


def _delete_own_asset(ports: WaitingPorts, execution: Execution) -> None:
    if not execution["Copying"]["Own"]:
        return
    asset_id = execution["AssetId"]
    try:
        ports.dataplane.delete_asset(asset_id)
    except NotFound:
        return
    except Conflict:
        # whoever has checked it out knows of it
        logger("copies").warning("an asset is checked out and stays", extra={"AssetId": asset_id})


def check_asset(asset: Json, asset_id: str) -> None:
    """Raises Conflict for an asset that will never have its object."""
    if asset.get("State") == FAILED:
        raise Conflict(
            f"the source of AssetId {asset_id} could not be copied: {asset['Message']}; delete "
            "the asset and begin anew"
        )

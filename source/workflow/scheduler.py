"""Starts queued executions while slots are free: once a minute, and whenever it is woken.

Once a minute it also sweeps: what nobody else brought back in line is reconciled first. The data
plane wakes it with the asset whose source has been copied, for which an execution may wait.
"""

from typing import Any

from wiring import worker_ports

from mie import aws, settings
from mie.engine import awaited_copies
from mie.engine.reconciliation import sweep
from mie.engine.scheduling import fill_slots
from mie.logs import logger

aws.trace()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """event: {} or {"AssetId"} of a wake-up call, or EventBridge's of the minute schedule."""
    limit = settings.worker_settings().default_max_concurrent_workflows
    is_scheduled = event.get("source") == "aws.events"
    ports = worker_ports()
    if "AssetId" in event:
        awaited_copies.settle(ports, event["AssetId"])
    if is_scheduled:
        awaited_copies.settle_all(ports)
        logger("scheduler").info("swept", extra={"repaired": sweep(ports)})
    outcomes = fill_slots(ports, limit, find_lost=is_scheduled)
    logger("scheduler").info("filled slots", extra={"outcomes": outcomes})
    return {**outcomes}

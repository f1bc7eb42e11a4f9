"""Starts queued executions while slots are free: once a minute, and whenever it is woken.

Once a minute it also sweeps: what nobody else brought back in line is reconciled first.
"""

from typing import Any

from planes import worker_plane

from mie import aws, settings
from mie.engine.reconciliation import sweep
from mie.engine.scheduling import fill_slots
from mie.logs import logger

aws.trace()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """event: {} of a wake-up call, or EventBridge's of the minute schedule."""
    limit = settings.worker_settings().default_max_concurrent_workflows
    is_scheduled = event.get("source") == "aws.events"
    plane = worker_plane()
    if is_scheduled:
        logger("scheduler").info("swept", extra={"repaired": sweep(plane)})
    outcomes = fill_slots(plane, limit, find_lost=is_scheduled)
    logger("scheduler").info("filled slots", extra={"outcomes": outcomes})
    return {**outcomes}

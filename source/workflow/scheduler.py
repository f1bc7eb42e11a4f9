"""Starts queued executions while slots are free: once a minute, and whenever it is woken.

Once a minute it also sweeps: what nobody else brought back in line is reconciled first.
"""

from typing import Any

from wiring import worker_ports

from mie import settings
from mie.engine.reconciliation import sweep
from mie.engine.scheduling import fill_slots
from mie.logs import logger


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """event: {} of a wake-up call, or EventBridge's of the minute schedule."""
    limit = settings.worker_settings().default_max_concurrent_workflows
    is_scheduled = event.get("source") == "aws.events"
    ports = worker_ports()
    if is_scheduled:
        logger("scheduler").info("swept", extra={"repaired": sweep(ports)})
    outcomes = fill_slots(ports, limit, find_lost=is_scheduled)
    logger("scheduler").info("filled slots", extra={"outcomes": outcomes})
    return {**outcomes}

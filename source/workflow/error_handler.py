"""Closes executions whose state machine was ended from outside."""

from typing import Any

from wiring import worker_ports

from mie import settings
from mie.engine.machine_failures import close_execution


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """event: EventBridge's "Step Functions Execution Status Change"."""
    return close_execution(worker_ports(), settings.worker_settings().short_uuid, event)

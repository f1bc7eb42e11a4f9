"""The Wait operator: start and check."""

from typing import Any

from wiring import worker_ports

from mie.engine import waiting


def start_wait_operation(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """event and result: the operation object."""
    return waiting.start(worker_ports(), event)


def check_wait_operation(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """event and result: the operation object, Executing until somebody resumes the execution."""
    return waiting.check(worker_ports(), event)

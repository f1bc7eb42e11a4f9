"""Settles a stage: the state "Complete Stage …" of every machine."""

from typing import Any

from wiring import worker_ports

from mie.engine.completion import complete_stage


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """event: the stage's run state with Outputs. Returns the next stage's, {} at the end."""
    return complete_stage(worker_ports(), event)

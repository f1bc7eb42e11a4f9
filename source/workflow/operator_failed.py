"""Describes a failed operator: the state "… Failed (…)" of every machine."""

from typing import Any

from mie.core.operator_failures import failed_operation


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """event: the operation object with what was caught in Outputs, or what an operator returned."""
    return failed_operation(event)

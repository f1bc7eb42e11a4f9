"""Describes a failed operator: the state "… Failed (…)" of every machine."""

from typing import Any

from mie.core.failures import failed_operation


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """event: the operation object with what was caught in Outputs.

    One without Outputs was returned by the operator itself and says what went wrong.
    """
    return failed_operation(event) if "Outputs" in event else event

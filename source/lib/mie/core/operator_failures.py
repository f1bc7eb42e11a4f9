"""Turns what Step Functions caught into the result of a failed operator."""

import ast
import json
from collections.abc import Mapping
from typing import Any

from mie.core import statuses
from mie.core.documents import Json
from mie.core.errors import BadRequest

_REQUIRED = ("Name", "AssetId", "WorkflowExecutionId", "Input", "Configuration")
# A cause may be a whole traceback; an execution record keeps one per failed operator.
_LONGEST_CAUSE = 2_000


def failed_operation(event: Mapping[str, Any]) -> Json:
    """The operation object, with Status Error, of an operator whose task failed.

    event: the operation object with ``Outputs`` = {"Error": name, "Cause": text}. The cause of a
    failed Lambda is JSON whose errorMessage is the text of the exception. Operators raise
    MasExecutionError with their output object, which our helper library writes as JSON and older
    ones as a Python literal; its metadata is kept, with the cause where it names no error. Any
    other cause is kept as text. An event without ``Outputs`` is a result that its operator itself
    called failed, and stays as it is. Raises BadRequest when the event lacks a key.
    """
    if "Outputs" not in event:
        return dict(event)
    for key in _REQUIRED:
        if key not in event:
            raise BadRequest(f"{key} is required in the event of a failed operator")
    outputs = event["Outputs"]
    caught = outputs if isinstance(outputs, dict) else {}
    cause = str(caught.get("Cause", ""))
    raised = _raised_output(cause) or {}
    metadata = raised.get("MetaData")
    kept = metadata if isinstance(metadata, dict) else {}
    # nobody looks for the reason of a failure in values that are called otherwise
    named = {} if any(map(names_an_error, kept)) else _reason(event, caught, {**kept, **raised})
    return {
        **{key: event[key] for key in _REQUIRED},
        "Status": statuses.ERROR,
        "MetaData": {**kept, **named},
        "Media": {},
    }


def names_an_error(key: str) -> bool:
    """By convention the reason of a failure stands in the metadata under such a key."""
    return key.lower().endswith("error")


def _reason(event: Mapping[str, Any], caught: Mapping[str, Any], said: Json) -> Json:
    message = said.get("Message")
    cause = message if isinstance(message, str) else str(caught.get("Cause", ""))
    described = _describe(str(caught.get("Error", "Unknown")), cause)
    return {f"{event['Name']}Error": described}


def _raised_output(cause: str) -> Json | None:
    message = _error_message(cause)
    for decode in (json.loads, ast.literal_eval):
        try:
            decoded = decode(message)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(decoded, dict):
            return decoded
    return None


def _error_message(cause: str) -> str:
    try:
        decoded = json.loads(cause)
    except (ValueError, RecursionError):
        return cause
    message = decoded.get("errorMessage") if isinstance(decoded, dict) else None
    return cause if message is None else str(message)


def _describe(error: str, cause: str) -> str:
    message = _error_message(cause)
    return f"{error}: {message[:_LONGEST_CAUSE]}" if message else error

"""Calls an API's handler function directly, as API Gateway would.

Operators and the control plane reach the data plane so: no network address, no signature of
their own, only the permission to invoke one function.
"""

import json
import time
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from mie import aws
from mie.core.errors import Malformed


def call(
    function_name: str,
    method: str,
    resource: str,
    path: str,
    *,
    body: Any = None,
    path_params: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> tuple[int, Any]:
    """The status code and the decoded body (JSON, or text that is none) of an answer.

    resource: the route as the API declares it, "/metadata/{asset_id}"; path: with its values.
    Raises Malformed when the function itself broke or answered with something else.
    """
    event = proxy_event(method, resource, path, body, path_params, query)
    answer = aws.client("lambda").invoke(
        FunctionName=function_name,
        InvocationType="RequestResponse",
        LogType="None",
        Payload=json.dumps(event).encode(),
    )
    payload = answer["Payload"].read()
    if "FunctionError" in answer:
        raise Malformed(f"{function_name} failed on {method} {path}: {_error_text(payload)}")
    return _decoded(payload, f"{function_name} on {method} {path}")


def invoke_later(function_name: str, event: Mapping[str, Any]) -> None:
    """Invokes a function without waiting for it."""
    aws.client("lambda").invoke(
        FunctionName=function_name, InvocationType="Event", Payload=json.dumps(event).encode()
    )


def proxy_event(
    method: str,
    resource: str,
    path: str,
    body: Any,
    path_params: Mapping[str, str] | None,
    query: Mapping[str, str] | None,
) -> dict[str, Any]:
    """What API Gateway's Lambda proxy integration sends; body None is a request without one."""
    headers = {"Content-Type": "application/json"}
    # API Gateway hands path parameters over as they stand in the URL
    quoted = {key: quote(value, safe="") for key, value in (path_params or {}).items()}
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {key: [value] for key, value in headers.items()},
        "queryStringParameters": dict(query) if query else None,
        "multiValueQueryStringParameters": {key: [value] for key, value in query.items()}
        if query
        else None,
        "pathParameters": quoted or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "path": path,
            "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime()),
            "httpMethod": method,
            "requestId": f"lambda_{uuid.uuid4().hex[:12]}",
        },
        # as short as mie.core.lists.travelling_bytes counts
        "body": None if body is None else json.dumps(body, separators=(",", ":")),
        "isBase64Encoded": False,
    }


def _decoded(payload: bytes, origin: str) -> tuple[int, Any]:
    try:
        answer = json.loads(payload)
        status, text = int(answer["statusCode"]), answer.get("body") or ""
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Malformed(f"{origin} answered without a status code") from error
    try:
        return status, json.loads(text)
    except ValueError:
        return status, text


def _error_text(payload: bytes) -> str:
    try:
        error = json.loads(payload)
        return f"{error['errorType']}: {error['errorMessage']}"
    except (ValueError, KeyError, TypeError):
        return "no reason given"

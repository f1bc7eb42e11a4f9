"""The one place where errors become HTTP answers.

Both APIs register :func:`translate_errors` as Chalice middleware, so a route only raises.
"""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from chalice.app import Request, Response

from mie.core import errors
from mie.logs import logger

# error -> HTTP status and the class name that clients of the APIs know
STATUSES: dict[type[errors.MieError], tuple[int, str]] = {
    errors.BadRequest: (400, "BadRequestError"),
    errors.Forbidden: (403, "ForbiddenError"),
    errors.NotFound: (404, "NotFoundError"),
    errors.Conflict: (409, "ConflictError"),
    errors.TooLarge: (413, "RequestTooLargeError"),
    errors.TooManyRequests: (429, "TooManyRequestsError"),
}

_THROTTLED = frozenset(
    {
        "ThrottlingException",
        "Throttling",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
    }
)


def translate_errors(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """Chalice middleware: an error of ours becomes its status, everything else a bare 500."""
    try:
        return get_response(request)
    except errors.MieError as error:
        return _answer(error, request)
    except ClientError as error:
        if error.response["Error"]["Code"] in _THROTTLED:
            return _answer(errors.TooManyRequests("AWS asks for fewer requests; retry"), request)
        return _internal(request)
    except Exception:  # noqa: BLE001 - the last line of defence: a caller never sees a traceback
        return _internal(request)


def _answer(error: errors.MieError, request: Request) -> Response:
    for kind, (status, code) in STATUSES.items():
        if isinstance(error, kind):
            return _response(status, code, str(error))
    return _internal(request)


def _internal(request: Request) -> Response:
    request_id = request.context.get("requestId", "unknown")
    logger("http").exception("request failed", extra={"request_id": request_id})
    return _response(
        500,
        "InternalServerError",
        f"An internal server error occurred. Request id: {request_id}",
    )


def _response(status: int, code: str, message: str) -> Response:
    body: dict[str, Any] = {"Code": code, "Message": message}
    return Response(body=body, status_code=status, headers={"Content-Type": "application/json"})

"""What both APIs have in common: the one place where errors become HTTP answers, and queries.

Both APIs call :func:`translate_errors` once their routes are registered, so a route only raises.
"""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from chalice.app import Chalice, ChaliceViewError, Request, Response

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
    errors.Unavailable: (503, "ServiceUnavailableError"),
}


def query_of(request: Request, allowed: Collection[str]) -> dict[str, str]:
    """The query parameters, of which no other than the allowed may be there. Raises BadRequest."""
    # chalice has None for no parameters
    given: Any = request.query_params or {}
    for name in given:
        if name not in allowed:
            known = f"only {', '.join(allowed)} can be" if allowed else "no parameter can be"
            raise errors.BadRequest(f"{name}: this query parameter is not known here; {known}")
        if len(given.getlist(name)) != 1:
            raise errors.BadRequest(f"{name}: the query parameter is given more than once")
    return {name: given[name] for name in given}


def translate_errors(app: Chalice) -> None:
    """Makes every route of the application answer errors: ours by their status, others by 500.

    The views are wrapped, because Chalice turns their errors into a 500 of its own before any
    middleware sees them, and adds the CORS headers to what a view returns.
    """
    for methods in app.routes.values():
        for route in methods.values():
            route.view_function = _translating(route.view_function, app)


def _translating(view: Callable[..., Any], app: Chalice) -> Callable[..., Any]:
    @wraps(view)
    def answer(**arguments: str) -> Any:
        try:
            return view(**arguments)
        except errors.MieError as error:
            return _answer(error, app)
        except ChaliceViewError:
            # Chalice's own errors, such as that of a body that is no JSON, have their status
            raise
        except Exception as error:  # noqa: BLE001 - the last line of defence: a caller never sees a traceback
            if _is_throttled(error):
                slower = errors.TooManyRequests("AWS asks for fewer requests; retry")
                return _answer(slower, app)
            return _internal(app)

    return answer


def _is_throttled(error: Exception) -> bool:
    # botocore costs 40 ms to import: an API that called no service yet must not pay for it
    from botocore.exceptions import ClientError

    from mie.adapters.service_errors import is_throttled

    return isinstance(error, ClientError) and is_throttled(error)


def _answer(error: errors.MieError, app: Chalice) -> Response:
    for kind, (status, code) in STATUSES.items():
        if isinstance(error, kind):
            return _response(status, code, str(error))
    return _internal(app)


def _internal(app: Chalice) -> Response:
    request = app.current_request
    request_id = request.context.get("requestId", "unknown") if request else "unknown"
    logger("http").exception("request failed", extra={"request_id": request_id})
    return _response(
        500,
        "InternalServerError",
        f"An internal server error occurred. Request id: {request_id}",
    )


def _response(status: int, code: str, message: str) -> Response:
    body: dict[str, Any] = {"Code": code, "Message": message}
    return Response(body=body, status_code=status, headers={"Content-Type": "application/json"})

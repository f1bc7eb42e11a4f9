"""What both APIs have in common: what a path and a query say, and how errors become answers.

Both APIs call :func:`guard` once their routes are registered, so a route gets path parameters that
have been looked at, and only raises.
"""

import re
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any
from urllib.parse import unquote

from chalice.app import Chalice, ChaliceViewError, Request, Response

from mie.core import errors
from mie.core.lists import PageRequest, page_request
from mie.logs import logger

# Path parameters become keys of DynamoDB, which takes so many bytes.
_LONGEST_KEY = 2_048
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def path_text(parameter: str, given: str) -> str:
    """A path parameter as it was before it became part of the URL, as which it is handed over.

    Raises BadRequest for what no key can be.
    """
    try:
        text = unquote(given, errors="strict")
        size = len(text.encode())
    except UnicodeError as error:
        raise errors.BadRequest(f"{parameter}: this part of the path is not UTF-8") from error
    if not 0 < size <= _LONGEST_KEY:
        raise errors.BadRequest(
            f"{parameter}: this part of the path has {size} bytes; 1 to {_LONGEST_KEY} are possible"
        )
    if _CONTROL.search(text):
        raise errors.BadRequest(f"{parameter}: this part of the path has control characters")
    return text


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


def page_of(request: Request, most: int) -> PageRequest | None:
    """The page of a list that is asked for, None for the whole list. Raises BadRequest."""
    query = query_of(request, ("limit", "cursor"))
    return page_request(query, most) if query else None


def guard(app: Chalice) -> None:
    """Gives every route of the application path parameters that can be keys, and makes it answer
    errors: ours by their status, others by 500.

    The views are wrapped, because Chalice turns their errors into a 500 of its own before any
    middleware sees them, and adds the CORS headers to what a view returns.
    """
    for methods in app.routes.values():
        for route in methods.values():
            route.view_function = _guarded(route.view_function, app)


def _guarded(view: Callable[..., Any], app: Chalice) -> Callable[..., Any]:
    @wraps(view)
    def answer(**arguments: str) -> Any:
        try:
            return view(**{name: path_text(name, given) for name, given in arguments.items()})
        except errors.MieError as error:
            return _answer(error, app)
        except ChaliceViewError:
            # Chalice's own errors, such as that of a body that is no JSON, have their status
            raise
        except Exception as error:  # noqa: BLE001 - the last line of defence: a caller never sees a traceback
            return _unforeseen(error, app)

    return answer


def _unforeseen(error: Exception, app: Chalice) -> Response:
    # botocore costs 40 ms to import: an API that called no service yet must not pay for it
    from botocore.exceptions import ClientError

    from mie.adapters.service_errors import invalid, is_throttled

    if not isinstance(error, ClientError):
        return _internal(app)
    if is_throttled(error):
        return _answer(errors.TooManyRequests("AWS asks for fewer requests; retry"), app)
    return _internal(app, invalid(error))


def _answer(error: errors.MieError, app: Chalice) -> Response:
    for kind, (status, code) in errors.STATUSES.items():
        if isinstance(error, kind):
            return _response(status, code, str(error))
    return _internal(app)


def _internal(app: Chalice, reason: str | None = None) -> Response:
    """reason: of a service that refuses our request; a caller may know what led to it."""
    request = app.current_request
    request_id = request.context.get("requestId", "unknown") if request else "unknown"
    logger("http").exception("request failed", extra={"request_id": request_id})
    return _response(
        500,
        "InternalServerError",
        f"An internal server error occurred{f': {reason}' if reason else ''}. "
        f"Request id: {request_id}",
    )


def _response(status: int, code: str, message: str) -> Response:
    body: dict[str, Any] = {"Code": code, "Message": message}
    return Response(body=body, status_code=status, headers={"Content-Type": "application/json"})

"""API Gateway hands no request on that is larger than it, or Lambda behind it, takes.

MiniStack 1.5.33 takes requests of any size.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from ministack.services import apigateway_v1

Answer = tuple[int, Any, Any]

_LARGEST_REQUEST = 10 * 1024**2
# of the event that Lambda gets
_LARGEST_EVENT = 6 * 1024**2


class _TooLarge(Exception):
    """An event that Lambda does not take."""


def enforce() -> None:
    apigateway_v1._call_lambda_raw = _limiting_events(apigateway_v1._call_lambda_raw)
    apigateway_v1._invoke_lambda_proxy_v1 = _limiting_requests(
        apigateway_v1._invoke_lambda_proxy_v1
    )


def _limiting_events(call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def called(function: str, event: Any, **options: Any) -> Any:
        if len(json.dumps(event, ensure_ascii=False).encode()) > _LARGEST_EVENT:
            raise _TooLarge
        return await call(function, event, **options)

    return called


def _limiting_requests(
    invoke: Callable[..., Awaitable[Answer]],
) -> Callable[..., Awaitable[Answer]]:
    async def invoked(*arguments: Any, **options: Any) -> Answer:
        if not any(isinstance(one, bytes) and len(one) > _LARGEST_REQUEST for one in arguments):
            try:
                return await invoke(*arguments, **options)
            except _TooLarge:
                return _refused()
        return _refused()

    return invoked


def _refused() -> Answer:
    answer: Answer = apigateway_v1._gw_error("REQUEST_TOO_LARGE", "Request Too Long")
    return answer

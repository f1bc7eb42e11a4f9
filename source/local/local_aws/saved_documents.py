"""The state of a service as a file of a save, and back.

It has MiniStack's own form, but for large contents, such as the packages of functions and layers:
they lie beside the saves, once, and the file says which.
"""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from ministack.core import persistence
from ministack.services import lambda_svc

Json = dict[str, Any]

_CONTENT, _FORMAT, _PAYLOAD = "__content__", "__ministack_format__", "payload"
# in bytes; what is smaller is not worth a file
_LARGE = 32 * 1024


def encoded(service: str, state: Json, keep: Callable[[bytes], str]) -> bytes:
    """keep: puts a large content beside the saves, and says its digest."""

    def default(value: Any) -> Any:
        if isinstance(value, bytes) and len(value) >= _LARGE:
            return {_CONTENT: keep(value)}
        return persistence._json_default(value)

    version = persistence._state_format_version(service)
    document = {_FORMAT: version, _PAYLOAD: state}
    return json.dumps(document, default=default).encode()


def decoded(content: bytes, fetch: Callable[[str], bytes]) -> Json:
    """fetch: the content of a digest; what has the same is one object again."""
    fetched = cache(fetch)

    def hook(value: Json) -> Any:
        if _CONTENT in value:
            return fetched(value[_CONTENT])
        return persistence._json_object_hook(value)

    state: Json = json.loads(content, object_hook=hook)[_PAYLOAD]
    return state


def enforce() -> None:
    """MiniStack's own files for the packages of functions give way to the contents of saves."""
    lambda_svc._externalize_code_zip = _as_it_is
    lambda_svc._prune_orphan_code_blobs = _as_it_is


def _as_it_is(*_: Any) -> None:
    """Does nothing: packages stay where they are in the state."""

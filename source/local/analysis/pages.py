"""Long answers in pages: a token says where the next one begins.

A token belongs to what it was made for, so that a token of another job, or any other text, is
refused and not taken for a place in this list.
"""

import base64
import hashlib
import math
import time
from collections.abc import Callable, Sequence
from typing import Any

from analysis.faults import ServiceError

_DIGEST = 8


def page(
    items: Sequence[Any],
    size: int,
    token: str | None,
    belongs_to: str,
    invalid: ServiceError,
    *,
    lasts: float = math.inf,
    clock: Callable[[], float] = time.time,
) -> tuple[list[Any], str | None]:
    """At most `size` items from where `token` says, and the token of the next page or None.

    belongs_to: names the list, for example a job's id and the order asked for. lasts: for how many
    seconds a token is good.
    Raises `invalid` when the token is not one of this list, or is no longer good.
    """
    start = 0
    if token:
        start, made = _read_token(token, belongs_to, len(items), invalid)
        if made + lasts <= clock():
            raise invalid
    end = start + size
    return list(items[start:end]), _token(end, clock(), belongs_to) if end < len(items) else None


def _token(offset: int, now: float, belongs_to: str) -> str:
    place = f"{offset}.{int(now)}"
    raw = _digest(place, belongs_to) + place.encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read_token(token: str, belongs_to: str, length: int, invalid: ServiceError) -> tuple[int, int]:
    """Where the page begins, and when the token was made, in seconds since 1970."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        place = raw[_DIGEST:].decode("ascii")
    except ValueError as error:
        raise invalid from error
    offset, _, made = place.partition(".")
    if not (offset + made).isdecimal() or _digest(place, belongs_to) != raw[:_DIGEST]:
        raise invalid
    if int(offset) >= length:
        raise invalid
    return int(offset), int(made)


def _digest(place: str, belongs_to: str) -> bytes:
    return hashlib.sha256(f"{place} {belongs_to}".encode()).digest()[:_DIGEST]

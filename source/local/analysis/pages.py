"""Long answers in pages: a token says where the next one begins.

A token belongs to what it was made for, so that a token of another job, or any other text, is
refused and not taken for a place in this list.
"""

import base64
import hashlib
from collections.abc import Sequence
from typing import Any

from analysis.faults import ServiceError

_DIGEST = 8


def page(
    items: Sequence[Any], size: int, token: str | None, belongs_to: str, invalid: ServiceError
) -> tuple[list[Any], str | None]:
    """At most `size` items from where `token` says, and the token of the next page or None.

    belongs_to: names the list, for example a job's id and the order asked for.
    Raises `invalid` when the token is not one of this list.
    """
    start = 0 if not token else _read_token(token, belongs_to, len(items), invalid)
    end = start + size
    return list(items[start:end]), _token(end, belongs_to) if end < len(items) else None


def _token(offset: int, belongs_to: str) -> str:
    place = str(offset)
    raw = _digest(place, belongs_to) + place.encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read_token(token: str, belongs_to: str, length: int, invalid: ServiceError) -> int:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        place = raw[_DIGEST:].decode("ascii")
    except ValueError as error:
        raise invalid from error
    if not place.isdecimal() or _digest(place, belongs_to) != raw[:_DIGEST]:
        raise invalid
    if int(place) >= length:
        raise invalid
    return int(place)


def _digest(place: str, belongs_to: str) -> bytes:
    return hashlib.sha256(f"{place} {belongs_to}".encode()).digest()[:_DIGEST]

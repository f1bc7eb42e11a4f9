"""What an answer has room for, and how much of a list it has: all, or a page that is asked for.

Lambda gives 6 MB, in which an answer is JSON inside of a JSON string.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mie.core.errors import BadRequest, TooLarge

# What else an answer contains stays well below 16 KB.
LARGEST_ANSWER = 6 * 1024 * 1024 - 16 * 1024


@dataclass(frozen=True)
class PageRequest:
    """How many entries an answer has at most, and behind which it begins."""

    limit: int
    cursor: str | None


def page_request(query: Mapping[str, str], most: int, default: int | None = None) -> PageRequest:
    """The page that ``limit`` and ``cursor`` ask for. Raises BadRequest."""
    limit = query.get("limit", str(default or most))
    if not re.fullmatch(r"[0-9]{1,4}", limit) or not 1 <= int(limit) <= most:
        raise BadRequest(f"limit: must be a number from 1 to {most}, got {limit[:20]!r}")
    return PageRequest(int(limit), query.get("cursor"))


def travelling_bytes(document: Any) -> int:
    """The most bytes that a document takes in an answer."""
    return len(json.dumps(json.dumps(document, separators=(",", ":"))))


def travelling_bytes_of_text(body: bytes) -> int:
    """The same of JSON that is stored without spaces and needless escapes, and answered so."""
    # only these two are escaped
    return len(body) + body.count(b'"') + body.count(b"\\")


def whole(entries: Iterable[Any]) -> list[Any]:
    """All entries of a list. Raises TooLarge when they do not fit into an answer."""
    found, size = [], 0
    for entry in entries:
        size += travelling_bytes(entry)
        if size > LARGEST_ANSWER:
            raise TooLarge(
                "the list has more than the 6 MB that an answer can have; ask for it in pages "
                "with ?limit=, and ?cursor= of the page before"
            )
        found.append(entry)
    return found


def first_that_fit(entries: list[Any]) -> list[Any]:
    """At least one: an item has at most 400 KB."""
    size = 0
    for number, entry in enumerate(entries):
        size += travelling_bytes(entry)
        if size > LARGEST_ANSWER and number:
            return entries[:number]
    return entries

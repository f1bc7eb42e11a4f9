"""How much of a list an answer has: all that fits, or a page of a size that the caller names."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mie.core.errors import BadRequest, TooLarge

# Lambda gives 6 MB; what else an answer contains stays well below 16 KB.
LARGEST_ANSWER = 6 * 1024 * 1024 - 16 * 1024
MOST_PER_PAGE = 1_000


@dataclass(frozen=True)
class PageRequest:
    """How many entries an answer has at most, and behind which it begins."""

    limit: int
    cursor: str | None


def check_page(limit: str | None, cursor: str | None) -> PageRequest | None:
    """What a query asks for; None when it asks for the whole list. Raises BadRequest."""
    if limit is None:
        return None if cursor is None else PageRequest(MOST_PER_PAGE, cursor)
    if not re.fullmatch(r"[0-9]{1,4}", limit) or not 1 <= int(limit) <= MOST_PER_PAGE:
        raise BadRequest(f"limit: must be a number from 1 to {MOST_PER_PAGE}, got {limit[:20]!r}")
    return PageRequest(int(limit), cursor)


def whole(entries: Iterable[Any]) -> list[Any]:
    """All entries of a list. Raises TooLarge when they do not fit into an answer."""
    found, size = [], 0
    for entry in entries:
        # an answer is JSON inside of a JSON string
        size += len(json.dumps(json.dumps(entry))) + 1
        if size > LARGEST_ANSWER:
            raise TooLarge(
                "the list has more than the 6 MB that an answer can have; ask for it in pages "
                f"with ?limit= (up to {MOST_PER_PAGE}), and ?cursor= of the page before"
            )
        found.append(entry)
    return found

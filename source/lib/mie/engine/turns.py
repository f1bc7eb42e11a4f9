"""What a sweep of every minute looks at when it cannot look at everything."""

from collections.abc import Sequence
from typing import TypeVar

One = TypeVar("One")

SECONDS_BETWEEN_SWEEPS = 60


def some(ordered: Sequence[One], most: int, now: float) -> list[One]:
    """At most so many of them; others every minute, and another one first, so that each has its
    turn although a sweep may have to stop in between.

    now: Unix time in seconds.
    """
    if not ordered:
        return []
    step = most if len(ordered) > most else 1
    first = int(now // SECONDS_BETWEEN_SWEEPS) * step % len(ordered)
    return [*ordered[first:], *ordered[:first]][:most]

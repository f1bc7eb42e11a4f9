"""Captions as players show them: in lines that fit, long enough to be read, one after another.

What people edit has a text and times of its own; a file shows it so, and loses nothing of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import isfinite
from typing import Any

import caption_layout

from MediaInsightsEngineLambdaHelper import OperatorInputError

# Milliseconds. A cue stays for 5/6 s and until it can be read, as far as nobody speaks, but not
# longer than 7 s; between two of them are two frames of 25 a second.
_SHORTEST, _LONGEST, _GAP = 833, 7_000, 80
# 17 characters are read in a second
_READ_IN_A_SECOND = 17 * caption_layout.NARROW
# JavaScript's and everybody's numbers are exact to here, and no video lasts so long
_LATEST_SECONDS = 10**9


@dataclass(frozen=True)
class Cue:
    """One or two lines, and from when to when they are shown, in milliseconds."""

    start: int
    end: int
    text: str


def cues(captions: Iterable[Mapping[str, Any]]) -> list[Cue]:
    """The cues of captions in the order of their times. Raises OperatorInputError.

    A caption without words is left out, one of more than two lines becomes several cues.
    """
    found = [cue for place, one in enumerate(captions, 1) for cue in _of_caption(place, one)]
    found.sort(key=lambda cue: cue.start)
    followed = [_before(cue, following) for cue, following in pairwise(found)]
    return [*followed, *(_stretched(cue, None) for cue in found[-1:])]


def _of_caption(place: int, caption: Mapping[str, Any]) -> Iterator[Cue]:
    texts = caption_layout.lay_out(str(caption.get("caption") or ""))
    if not texts:
        return
    start, end = (_milliseconds(place, caption, key) for key in ("start", "end"))
    # a cue of no time is none
    end = max(end, start + len(texts))
    shares = [caption_layout.width(text) or 1 for text in texts]
    done = 0
    for text, share in zip(texts, shares, strict=True):
        begin, done = done, done + share
        first, last = (start + (end - start) * part // sum(shares) for part in (begin, done))
        yield Cue(first, max(last, first + 1), text)


def _milliseconds(place: int, caption: Mapping[str, Any], key: str) -> int:
    """In whole milliseconds first: a binary fraction that is cut loses one now and then."""
    value = caption.get(key)
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = -1.0
    if not isfinite(seconds) or not 0 <= seconds <= _LATEST_SECONDS:
        raise OperatorInputError(f"Caption {place}: {key} is {value!r}, and no time in seconds")
    return round(seconds * 1000)


def _before(cue: Cue, following: Cue) -> Cue:
    """The cue as long as it takes, and two frames before the one that follows.

    Two speakers at one time stay so: what overlaps is not cut.
    """
    if following.start < cue.end:
        return cue
    latest = following.start - _GAP
    if cue.end > latest:
        return replace(cue, end=latest) if latest - cue.start > _GAP else cue
    return _stretched(cue, latest)


def _stretched(cue: Cue, latest: int | None) -> Cue:
    reading = 1_000 * caption_layout.width(cue.text) // _READ_IN_A_SECOND
    wanted = cue.start + min(max(_SHORTEST, reading), _LONGEST)
    if latest is not None:
        wanted = min(wanted, latest)
    return replace(cue, end=max(cue.end, wanted))

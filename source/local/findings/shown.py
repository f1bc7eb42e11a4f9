"""What is written in the picture: a finding for each line."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from findings.model import Finding
from findings.sightings import Sighting, gather, members, sights_of
from findings.times import Sampling

Pages = Sequence[Mapping[str, Any]]

# of shorter lines one character is too much to be a slip of the reader
_LEAST_LENGTH = 4


def read_shown(pages: Pages, sampling: Sampling) -> tuple[Finding, ...]:
    """In the order of a picture, or of time; how a line was read most often is how it is told."""
    seen = [_line(one) for one in members(pages, "TextDetections") if _is_line(one)]
    names = _one_name_each(seen)
    named = [replace(one, name=names[one.name]) for one in seen]
    return gather("text", named, sampling.reach("textDetection"))


def _is_line(found: Mapping[str, Any]) -> bool:
    return bool(found.get("TextDetection", found)["Type"] == "LINE")


def _line(found: Mapping[str, Any]) -> Sighting:
    text, at = found.get("TextDetection", found), found.get("Timestamp")
    confidence = text.get("Confidence")
    place = text.get("Geometry", {}).get("BoundingBox")
    written = " ".join(text["DetectedText"].split())
    return Sighting(written, at, confidence, sights_of(place, at, confidence))


def _one_name_each(seen: Sequence[Sighting]) -> dict[str, str]:
    """How a line is read -> how it is read most often.

    Two lines of one moment are two, however much they are alike.
    """
    moments: dict[str, set[int | None]] = {}
    for one in seen:
        moments.setdefault(one.name, set()).add(one.at)
    often = Counter(one.name for one in seen)
    names: dict[str, str] = {}
    for name, _ in often.most_common():
        alike = (
            known
            for known in dict.fromkeys(names.values())
            if moments[known].isdisjoint(moments[name]) and is_a_slip(known, name)
        )
        names[name] = next(alike, name)
    return names


def is_a_slip(first: str, second: str) -> bool:
    """Whether two lines differ in one character as a reader mistakes it, which no digit is."""
    if min(len(first), len(second)) < _LEAST_LENGTH or abs(len(first) - len(second)) > 1:
        return False
    start = next(
        (at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b),
        min(len(first), len(second)),
    )
    rest, other = first[start:], second[start:]
    if len(rest) == len(other):
        both_digits = rest[:1].isdigit() and other[:1].isdigit()
        return rest[1:] == other[1:] and not both_digits
    longer, shorter = (rest, other) if len(rest) > len(other) else (other, rest)
    return longer[1:] == shorter and not longer[:1].isdigit()

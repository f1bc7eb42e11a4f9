"""Sightings of named things, by picture or by moment, gathered into one finding a name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from findings.model import Box, Finding, Sight
from findings.times import spans


@dataclass(frozen=True)
class Sighting:
    """One name in one picture; ``at`` is None where there is only one.

    sights: where in the picture, nowhere for what has no place. count: how many of it.
    """

    name: str
    at: int | None
    confidence: float | None
    sights: tuple[Sight, ...] = ()
    details: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return max(len(self.sights), 1)


def box_of(place: Mapping[str, float]) -> Box:
    """place: a BoundingBox of Rekognition."""
    return Box(place["Left"], place["Top"], place["Width"], place["Height"])


def sights_of(
    place: Mapping[str, float] | None, at: int | None, confidence: float | None
) -> tuple[Sight, ...]:
    """place: a BoundingBox, None or empty where there is none."""
    return (Sight(box_of(place), at, confidence),) if place else ()


def gather(kind: str, seen: Iterable[Sighting], reach: float) -> tuple[Finding, ...]:
    """A finding for each name, in the order in which they are seen first."""
    by_name: dict[str, list[Sighting]] = {}
    for one in seen:
        by_name.setdefault(one.name, []).append(one)
    return tuple(_finding(kind, name, ones, reach) for name, ones in by_name.items())


def _finding(kind: str, name: str, seen: Sequence[Sighting], reach: float) -> Finding:
    return Finding(
        kind,
        name,
        details=tuple(dict.fromkeys(detail for one in seen for detail in one.details)),
        confidence=surest(one.confidence for one in seen),
        count=most_at_once(seen),
        spans=spans((one.at for one in seen if one.at is not None), reach),
        sights=tuple(sight for one in seen for sight in one.sights),
    )


def most_at_once(seen: Iterable[Sighting]) -> int:
    at_once: dict[int | None, int] = {}
    for one in seen:
        at_once[one.at] = at_once.get(one.at, 0) + one.count
    return max(at_once.values())


def surest(confidences: Iterable[float | None]) -> float | None:
    return max((one for one in confidences if one is not None), default=None)


def members(pages: Iterable[Mapping[str, Any]], name: str) -> list[Any]:
    """What all pages of a result list under a name."""
    return [one for page in pages for one in page.get(name) or ()]

"""Which face of a frame is whose of the frames before: one number for each person of a video."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.vision.boxes import Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# faces that overlap so much from one frame to the next are one, unless they look like two people
_LEAST_OVERLAP = 0.3
# distances of descriptors: surely the same person again, and surely somebody else
_SAME, _OTHER = 0.5, 0.65
# a place says nothing after so long, in milliseconds
_PLACE_KEPT_MS = 1_500


@dataclass(frozen=True)
class Sighting:
    """A face on a frame: where, and its descriptor, whose distance to another tells who it is."""

    box: Box
    descriptor: "NDArray[np.float32]"


@dataclass
class _Person:
    number: int
    last: Sighting
    seen_ms: int


@dataclass
class Tracker:
    """Gives numbers to people, from 0 on, in the order in which they are seen first."""

    _people: list[_Person] = field(default_factory=list)

    def number(self, time_ms: int, sightings: Sequence[Sighting]) -> list[int]:
        """The numbers of the people of a frame, which no two of them share."""
        costs = [
            (cost, index, person)
            for index, sighting in enumerate(sightings)
            for person in self._people
            if (cost := _cost(person, sighting, time_ms)) is not None
        ]
        numbers: dict[int, _Person] = {}
        taken: set[int] = set()
        for _, index, person in sorted(costs, key=lambda one: one[0]):
            if index not in numbers and person.number not in taken:
                numbers[index] = person
                taken.add(person.number)
        for index, sighting in enumerate(sightings):
            if index not in numbers:
                numbers[index] = _Person(len(self._people), sighting, time_ms)
                self._people.append(numbers[index])
            numbers[index].last, numbers[index].seen_ms = sighting, time_ms
        return [numbers[index].number for index in range(len(sightings))]


def _cost(person: _Person, sighting: Sighting, time_ms: int) -> float | None:
    """How unlike they are, lower is better; None for two people."""
    distance = math.dist(person.last.descriptor, sighting.descriptor)
    if distance >= _OTHER:
        return None
    recent = time_ms - person.seen_ms <= _PLACE_KEPT_MS
    overlap = person.last.box.overlap(sighting.box) if recent else 0.0
    if distance >= _SAME and overlap < _LEAST_OVERLAP:
        return None
    return distance - overlap

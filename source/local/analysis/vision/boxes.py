"""Rectangles on a picture, in pixels from its upper left corner."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A rectangle by its edges; right and bottom lie outside of it."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def center(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def within(self, width: float, height: float) -> "Box":
        """The part of it that lies on a picture of that size."""
        return Box(
            min(max(self.left, 0.0), width),
            min(max(self.top, 0.0), height),
            min(max(self.right, 0.0), width),
            min(max(self.bottom, 0.0), height),
        )

    def overlap(self, other: "Box") -> float:
        """Shared area by joint area, 0 to 1."""
        shared = self._shared_area(other)
        joint = self.width * self.height + other.width * other.height - shared
        return shared / joint if joint > 0 else 0.0

    def covered_by(self, other: "Box") -> float:
        """The part of it that lies in the other, 0 to 1."""
        area = self.width * self.height
        return self._shared_area(other) / area if area > 0 else 0.0

    def _shared_area(self, other: "Box") -> float:
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(width, 0.0) * max(height, 0.0)


def keep_best(boxes: Sequence[Box], scores: Sequence[float], overlap: float) -> list[int]:
    """Indices of the best boxes, best first, none of which overlaps a better one by more."""
    kept: list[int] = []
    for index in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        if all(boxes[index].overlap(boxes[better]) <= overlap for better in kept):
            kept.append(index)
    return kept

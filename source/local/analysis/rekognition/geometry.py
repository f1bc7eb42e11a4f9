"""Places on a picture as ratios of its size, as Rekognition gives them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.vision.boxes import Box


@dataclass(frozen=True)
class Frame:
    """The size of a picture in pixels."""

    width: int
    height: int

    def box(self, box: "Box") -> dict[str, float]:
        """A BoundingBox structure."""
        return {
            "Left": box.left / self.width,
            "Top": box.top / self.height,
            "Width": box.width / self.width,
            "Height": box.height / self.height,
        }

    def point(self, x: float, y: float) -> dict[str, float]:
        """A Point structure; it may lie off the picture, where half a face is."""
        return {"X": x / self.width, "Y": y / self.height}

    def polygon(self, corners: Iterable[tuple[float, float]]) -> list[dict[str, float]]:
        """A Polygon structure; corners that lie off the picture are moved to its edge."""
        return [{"X": _ratio(x / self.width), "Y": _ratio(y / self.height)} for x, y in corners]


def box_around(polygon: list[dict[str, float]]) -> dict[str, float]:
    """The BoundingBox of a Polygon."""
    left, right = min(p["X"] for p in polygon), max(p["X"] for p in polygon)
    top, bottom = min(p["Y"] for p in polygon), max(p["Y"] for p in polygon)
    return {"Left": left, "Top": top, "Width": right - left, "Height": bottom - top}


def _ratio(value: float) -> float:
    return min(max(value, 0.0), 1.0)

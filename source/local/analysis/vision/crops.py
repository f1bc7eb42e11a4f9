"""Square pieces of a picture, turned upright and scaled to what a model looks at."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# averaging over more pixels than this costs time and changes nothing that can be seen
_MOST_SAMPLES = 8


@dataclass(frozen=True)
class Square:
    """A turned square on a picture: center and side in pixels, angle in radians, clockwise."""

    x: float
    y: float
    side: float
    angle: float = 0.0

    def cut(self, pixels: "NDArray[np.uint8]", size: int) -> "NDArray[np.float32]":
        """`size` by `size` pixels of what is inside, upright, 0 to 255; black off the picture."""
        samples = min(max(round(self.side / size), 1), _MOST_SAMPLES)
        fine = size * samples
        to_picture = self._to_picture(fine)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        piece = cv2.warpAffine(pixels, to_picture, (fine, fine), flags=flags)
        if samples > 1:
            piece = cv2.resize(piece, (size, size), interpolation=cv2.INTER_AREA)
        return np.asarray(piece, np.float32)

    def place(self, points: "NDArray[np.float64]", size: int) -> "NDArray[np.float64]":
        """Points (x, y, depth) of a piece that was cut to `size`, where they are on the picture."""
        scale = self.side / size
        x, y, depth = ((points - [size / 2, size / 2, 0]) * scale).T
        cosine, sine = math.cos(self.angle), math.sin(self.angle)
        return np.stack(
            [self.x + x * cosine - y * sine, self.y + x * sine + y * cosine, depth], axis=1
        )

    def _to_picture(self, size: int) -> "NDArray[np.float64]":
        # centers of pixels are at halves on both sides
        scale = self.side / size
        cosine, sine = math.cos(self.angle) * scale, math.sin(self.angle) * scale
        middle = (size - 1) / 2
        return np.array(
            [
                [cosine, -sine, self.x - 0.5 - middle * (cosine - sine)],
                [sine, cosine, self.y - 0.5 - middle * (sine + cosine)],
            ]
        )

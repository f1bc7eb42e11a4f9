"""Lays a net of 468 points over a face, and finds the pupils.

The net's model looks at 192 by 192 pixels around an upright face and answers points in those
pixels; depth is in the same unit, smaller is nearer. The eye's model looks at 64 by 64 pixels
around an eye with its outer corner on the left; the first of its last five points is the pupil.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.models import Models
from analysis.pictures import Picture
from analysis.vision.boxes import Box
from analysis.vision.crops import Square
from analysis.vision.face_detection import FoundFace

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIZE = 192
_EYE_SIZE = 64
# how much of a face's surroundings the models were trained to see
_AROUND_FOUND_FACE = 1.4
_AROUND_NET = 1.5
_AROUND_EYE = 2.3
_LEAST_PRESENCE = 0.5
_PUPIL = 71

# numbers of points in the net; left and right are the picture's
LEFT_EYE = (33, 133)
RIGHT_EYE = (362, 263)


@dataclass(frozen=True)
class Net:
    """Points (468 by x, y, depth) on the picture, in its pixels, and both pupils (x, y)."""

    points: "NDArray[np.float64]"
    left_pupil: tuple[float, float]
    right_pupil: tuple[float, float]
    presence: float

    @property
    def box(self) -> Box:
        """The rectangle around all points: the face from hairline to chin."""
        left, top = self.points[:, :2].min(axis=0)
        right, bottom = self.points[:, :2].max(axis=0)
        return Box(float(left), float(top), float(right), float(bottom))


def face_square(face: FoundFace) -> Square:
    """The upright surroundings of a found face, as all models of faces want them."""
    side = max(face.box.width, face.box.height) * _AROUND_FOUND_FACE
    return Square(*face.box.center, side, face.lean)


def lay_net(models: Models, picture: Picture, face: FoundFace) -> Net | None:
    """The net of a found face; None when the net's model sees no face there."""
    points, presence = _points(models, picture, face_square(face))
    if presence < _LEAST_PRESENCE:
        return None
    # a second look at the place that the first one found is closer
    points, presence = _points(models, picture, _net_square(points))
    if presence < _LEAST_PRESENCE:
        return None
    return Net(
        points,
        _pupil(models, picture, points, LEFT_EYE, flip=False),
        _pupil(models, picture, points, RIGHT_EYE, flip=True),
        presence,
    )


def _points(
    models: Models, picture: Picture, square: Square
) -> "tuple[NDArray[np.float64], float]":
    outputs = models.run("facemesh", square.cut(picture.pixels, _SIZE) / np.float32(255))
    presence = float(outputs["Identity_1"].reshape(-1)[0])
    points = outputs["Identity_2"].reshape(-1, 3).astype(np.float64)
    return square.place(points, _SIZE), presence


def _net_square(points: "NDArray[np.float64]") -> Square:
    across = points[RIGHT_EYE[1]] - points[LEFT_EYE[0]]
    angle = math.atan2(across[1], across[0])
    # the extent of the points along the face's own axes
    cosine, sine = math.cos(angle), math.sin(angle)
    upright = points[:, :2] @ np.array([[cosine, -sine], [sine, cosine]])
    low, high = upright.min(axis=0), upright.max(axis=0)
    middle = (low + high) / 2 @ np.array([[cosine, sine], [-sine, cosine]])
    side = float(max(high - low)) * _AROUND_NET
    return Square(float(middle[0]), float(middle[1]), side, angle)


def _pupil(
    models: Models,
    picture: Picture,
    points: "NDArray[np.float64]",
    corners: tuple[int, int],
    flip: bool,
) -> tuple[float, float]:
    first, second = points[corners[0], :2], points[corners[1], :2]
    across = second - first
    middle = (first + second) / 2
    square = Square(
        float(middle[0]),
        float(middle[1]),
        float(np.hypot(*across)) * _AROUND_EYE,
        math.atan2(across[1], across[0]),
    )
    piece = square.cut(picture.pixels, _EYE_SIZE) / np.float32(255)
    if flip:
        piece = np.ascontiguousarray(piece[:, ::-1])
    found = models.run("iris", piece)["Identity"].reshape(-1, 3)[_PUPIL].astype(np.float64)
    if flip:
        found[0] = _EYE_SIZE - found[0]
    x, y, _ = square.place(found[None], _EYE_SIZE)[0]
    return float(x), float(y)

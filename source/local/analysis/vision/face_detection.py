"""Finds faces with BlazeFace, the detector of 256 by 256 pixels with 896 anchors.

The model answers, for each anchor, a score and 16 numbers: the face's center relative to the
anchor, its width and height, and six points relative to the anchor, all in pixels of its input.
Its picture is small, so that a large picture is also looked at in overlapping pieces.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.models import Models
from analysis.pictures import Picture
from analysis.vision.boxes import Box, keep_best
from analysis.vision.crops import Square

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIZE = 256
# distance of anchors in pixels, anchors at each place
_GRIDS = ((16, 2), (32, 6))
_LEAST_SCORE = 0.5
_MOST_OVERLAP = 0.3
# a face that fills less than a tenth of the input is missed: pieces are this much smaller in turn
_PIECE = 0.5
_STEP = 0.5
# pieces of fewer pixels show nothing that the piece around them did not
_SMALLEST_PIECE = 200
MOST_FACES = 100


@dataclass(frozen=True)
class FoundFace:
    """A face: its box from brow to chin, how sure (0 to 1), and how far it leans (radians)."""

    box: Box
    score: float
    lean: float


def find_faces(models: Models, picture: Picture) -> list[FoundFace]:
    """Faces of a picture, the largest first."""
    anchors = _anchors()
    found = [
        face for square in _squares(picture) for face in _look(models, picture, square, anchors)
    ]
    kept = keep_best([f.box for f in found], [f.score for f in found], _MOST_OVERLAP)
    faces = _without_parts([found[index] for index in kept])
    return sorted(faces, key=lambda face: -face.box.width)[:MOST_FACES]


def _squares(picture: Picture) -> Iterator[Square]:
    """The whole picture, then pieces half and a quarter as large while they have enough pixels."""
    width, height = picture.width, picture.height
    longer = max(width, height)
    yield Square(width / 2, height / 2, longer)
    for depth in (1, 2):
        side = longer * _PIECE**depth
        if side < _SMALLEST_PIECE * 2**depth / 2:
            return
        for y in _positions(height, side):
            for x in _positions(width, side):
                yield Square(x, y, side)


def _positions(length: float, side: float) -> list[float]:
    """Centers of pieces that cover a length and overlap by half."""
    if side >= length:
        return [length / 2]
    count = math.ceil((length - side) / (side * _STEP)) + 1
    return list(np.linspace(side / 2, length - side / 2, count))


def _look(
    models: Models, picture: Picture, square: Square, anchors: "NDArray[np.float64]"
) -> Iterator[FoundFace]:
    outputs = models.run("blazeface", square.cut(picture.pixels, _SIZE) / 127.5 - 1)
    scores, numbers = _ordered(outputs)
    scale = square.side / _SIZE
    left, top = square.x - square.side / 2, square.y - square.side / 2
    likely = scores >= _LEAST_SCORE
    for score, (x, y), row in zip(scores[likely], anchors[likely], numbers[likely], strict=True):
        center = np.array([left + (x + row[0]) * scale, top + (y + row[1]) * scale])
        half = row[2:4] * scale / 2
        eyes = row[4:8].reshape(2, 2)
        across = eyes[1] - eyes[0]
        box = Box(*(float(n) for n in (*(center - half), *(center + half))))
        yield FoundFace(box, float(score), math.atan2(across[1], across[0]))


def _ordered(
    outputs: "dict[str, NDArray[np.float32]]",
) -> "tuple[NDArray[np.float32], NDArray[np.float32]]":
    """Scores (896, 0 to 1) and numbers (896 by 16) in the order of the anchors."""
    by_shape = {array.shape[1:]: array[0] for array in outputs.values()}
    counts = [per_place * (_SIZE // step) ** 2 for step, per_place in _GRIDS]
    logits = np.concatenate([by_shape[count, 1] for count in counts])[:, 0]
    numbers = np.concatenate([by_shape[count, 16] for count in counts])
    # far below zero the exponential has no number, and the score is zero long before
    return 1 / (1 + np.exp(-logits.clip(-50))), numbers


def _anchors() -> "NDArray[np.float64]":
    centers = [
        [(column + 0.5) * step, (row + 0.5) * step]
        for step, per_place in _GRIDS
        for row in range(_SIZE // step)
        for column in range(_SIZE // step)
        for _ in range(per_place)
    ]
    return np.array(centers)


def _without_parts(faces: list[FoundFace]) -> list[FoundFace]:
    """Without what lies inside a larger face: a piece of the picture shows parts of faces."""
    return [
        face
        for face in faces
        if not any(
            face.box.width < other.box.width and face.box.covered_by(other.box) > 0.7
            for other in faces
        )
    ]

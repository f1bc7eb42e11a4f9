"""Finds objects of the 80 kinds of the COCO data set with CenterNet.

The model looks at 512 by 512 pixels, 0 to 255, and answers 100 rows of left, top, right, bottom
in those pixels, score, and number of the kind.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from analysis.models import Models
from analysis.pictures import Picture
from analysis.vision.boxes import Box, keep_best
from analysis.vision.detected_kinds import KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIZE = 512
_LEAST_SCORE = 0.2
_MOST_OVERLAP = 0.4


@dataclass(frozen=True)
class FoundObject:
    """An object of one of KINDS, where it is in pixels, and how sure that is, 0 to 1."""

    kind: str
    box: Box
    score: float


def find_objects(models: Models, picture: Picture) -> list[FoundObject]:
    """Objects of a picture, the surest first; an object has one box of its kind."""
    square, scale = _fit(picture)
    rows = models.run("centernet", square)["tower_0/detections"][0]
    found = [
        FoundObject(
            KINDS[int(kind)],
            Box(*(float(edge) / scale for edge in edges)).within(picture.width, picture.height),
            float(score),
        )
        for *edges, score, kind in rows
        if score >= _LEAST_SCORE
    ]
    kept = [one for kind in {one.kind for one in found} for one in _best_of(kind, found)]
    return sorted(kept, key=lambda one: -one.score)


def _best_of(kind: str, found: list[FoundObject]) -> list[FoundObject]:
    same = [one for one in found if one.kind == kind and one.box.width and one.box.height]
    best = keep_best([one.box for one in same], [one.score for one in same], _MOST_OVERLAP)
    return [same[index] for index in best]


def _fit(picture: Picture) -> "tuple[NDArray[np.float32], float]":
    """The picture in the upper left of the model's square, and the scale at which it is there.

    Its proportions are kept: a cat that is stretched to the square is taken for a dog.
    """
    scale = _SIZE / max(picture.width, picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    square = np.zeros((_SIZE, _SIZE, 3), np.float32)
    square[: size[1], : size[0]] = cv2.resize(picture.pixels, size, interpolation=way)
    return square, scale

"""Says what a picture shows as a whole, with EfficientNet-Lite2 and its 1,000 classes.

The classes are finer than what a person says, and often finer than the model can tell: their
probabilities are summed up under each word of `tagged_kinds.py`, so that five breeds of which it
is unsure make a cat of which it is sure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from analysis.models import Models
from analysis.pictures import Picture
from analysis.vision.flowers import flower
from analysis.vision.ranges import numbers
from analysis.vision.tagged_kinds import KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDE = 260
# what stands far off is seen in the middle of a picture, or not at all
_MIDDLE = 0.5


@dataclass(frozen=True)
class Tags:
    """What a picture shows.

    totals: word -> the probability that the classes under it have in all, 0 to 1, for every word.
    sure: word -> how sure it is, for words that are told from more than classes.
    """

    totals: Mapping[str, float]
    sure: Mapping[str, float]


def find_tags(models: Models, picture: Picture) -> Tags:
    """What the picture shows as a whole, and in its middle."""
    whole, middle = (
        models.run("tagger", _fit(view)) for view in (picture.pixels, _middle(picture.pixels))
    )
    classes = (whole["probabilities"][0] + middle["probabilities"][0]) / 2
    totals = {word: float(classes[list(numbers(ranges))].sum()) for word, ranges in KINDS.items()}
    return Tags(totals, {"Flower": flower(whole["features"][0])})


def _middle(pixels: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    height, width = pixels.shape[:2]
    side = max(1, int(min(height, width) * _MIDDLE))
    top, left = (height - side) // 2, (width - side) // 2
    return pixels[top : top + side, left : left + side]


def _fit(pixels: "NDArray[np.uint8]") -> "NDArray[np.float32]":
    way = cv2.INTER_AREA if max(pixels.shape[:2]) > _SIDE else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, (_SIDE, _SIDE), interpolation=way), np.float32)

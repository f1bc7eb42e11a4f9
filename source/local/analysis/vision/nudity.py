"""How likely a picture shows nudity, by Yahoo's open_nsfw: one number, trained for that alone.

The model looks at the middle 224 of 256 by 256 pixels, to which the picture is stretched; its
channels are blue, green, red, less the means of its training set.
"""

import cv2
import numpy as np

from analysis.models import Models
from analysis.pictures import Picture

MODEL_VERSION = "open-nsfw-1.0"
_SIZE = 256
_MIDDLE = slice(16, 240)
_MEANS = (104, 117, 123)


def nudity(models: Models, picture: Picture) -> float:
    """The model's score, 0 to 1; below 0.2 a picture is safe, above 0.8 it is most likely not."""
    size = (_SIZE, _SIZE)
    small = cv2.resize(picture.pixels, size, interpolation=cv2.INTER_AREA)[_MIDDLE, _MIDDLE]
    pixels = small[:, :, ::-1].astype(np.float32) - np.array(_MEANS, np.float32)
    scores = models.run("open-nsfw", pixels)["outputs"][0]
    return float(scores[1])

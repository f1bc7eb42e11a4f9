"""How sure it is that a picture shows a flower, which the tagger's classes do not say.

Of its 1,000 classes two are flowers, so that a dahlia is a honeycomb to it. This is a logistic
regression on its features, which tells a blossom that fills the picture and misses most small ones.
`tests/benchmarks/flowers.py` makes its weights of 605 labelled pictures of Debian's packages, 33 of
them with flowers, and prints how well they tell those that are left out.
"""

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.vision.flower_weights import BIAS, SCALE, WEIGHTS

if TYPE_CHECKING:
    from numpy.typing import NDArray


def flower(features: "NDArray[Any]") -> float:
    """The probability of a flower, 0 to 1; features: those of the whole picture."""
    weights = np.frombuffer(base64.b64decode(WEIGHTS), np.int8) * SCALE
    length = float(np.linalg.norm(features)) or 1.0
    return float(1 / (1 + np.exp(-(BIAS + weights @ features / length))))

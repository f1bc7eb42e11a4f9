"""From the scores of the detector and the tagger to how sure a label is, as a share of being right.

A score is not that: the detector's 0.5 for a person is right nine times of ten, its 0.5 for a
clock less than half of the times. The numbers below are logistic regressions on what both models
said of 241 public pictures that were labelled by hand; `tests/benchmarks/label_confidence.py`
fits them again and prints, for other photographs, how often labels of each confidence are right.
"""

import math

from analysis.vision.label_names import parents
from analysis.vision.ranges import numbers
from analysis.vision.tagged_kinds import KINDS

_CLASSES = 1_000
# a word with many classes has a large sum where the model has no idea
_TAGGED = (0.73, 1.68, -0.31)
_PERSON = (1.80, 4.98)
# an animal of another kind has the form of a dog to the detector: it takes the tagger to tell
_ANIMAL = (2.39, 1.39, 1.06)
_OTHER = (0.14, 2.83)
# sums below it are of chance
_LEAST_SUM = 0.003


def tagged(word: str, total: float) -> float:
    """How sure a word of the tagger is, from the probability of all its classes."""
    share = len(list(numbers(KINDS[word]))) / _CLASSES
    return _sigmoid(_TAGGED, _logit(total), _logit(share))


def detected(word: str, score: float, total: float | None) -> float:
    """How sure an object of the detector is; total: what the tagger has for its word, if any."""
    if word == "Person":
        return _sigmoid(_PERSON, _logit(score))
    if "Animal" in parents(word) and total is not None:
        return _sigmoid(_ANIMAL, _logit(score), _logit(max(total, _LEAST_SUM)))
    return _sigmoid(_OTHER, _logit(score))


def _logit(share: float) -> float:
    bounded = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


def _sigmoid(weights: tuple[float, ...], *evidence: float) -> float:
    first, *others = weights
    total = first + sum(w * one for w, one in zip(others, evidence, strict=True))
    return 1 / (1 + math.exp(-total))

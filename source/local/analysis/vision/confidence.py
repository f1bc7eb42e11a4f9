"""From the scores of the detector and the tagger to how sure a label is, as a share of being right.

A score is not that: the detector's 0.5 for a person is right nine times of ten, its 0.5 for a
clock less than half of the times. The numbers below are logistic regressions on what both models
said of 241 public pictures that were labelled by hand; `tests/benchmarks/label_confidence.py`
fits them again and prints, for other photographs, how often labels of each confidence are right.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.vision.label_names import parents
from analysis.vision.ranges import numbers
from analysis.vision.tagged_kinds import KINDS

_CLASSES = 1_000
# sums below it are of chance
_LEAST_SUM = 0.003
# kind of evidence -> the weights of its regression, the constant first
WEIGHTS: Mapping[str, tuple[float, ...]] = {
    # a word with many classes has a large sum where the model has no idea
    "tagged": (0.73, 1.68, -0.31),
    "person": (1.80, 4.98),
    # an animal of another kind has the form of a dog to the detector: it takes the tagger to tell
    "animal": (2.39, 1.39, 1.06),
    "other": (0.14, 2.83),
}


@dataclass(frozen=True)
class Evidence:
    """What speaks for a label, as logits: `kind` says which weights they have."""

    kind: str
    logits: tuple[float, ...]


def tagged(word: str, total: float) -> float:
    """How sure a word of the tagger is, from the probability of all its classes."""
    return _sure(of_tagger(word, total))


def detected(word: str, score: float, total: float | None) -> float:
    """How sure an object of the detector is; total: what the tagger has for its word, if any."""
    return _sure(of_detector(word, score, total))


def of_tagger(word: str, total: float) -> Evidence:
    """The evidence of `tagged`."""
    share = len(list(numbers(KINDS[word]))) / _CLASSES
    return Evidence("tagged", (_logit(total), _logit(share)))


def of_detector(word: str, score: float, total: float | None) -> Evidence:
    """The evidence of `detected`."""
    if word == "Person":
        return Evidence("person", (_logit(score),))
    if "Animal" in parents(word) and total is not None:
        return Evidence("animal", (_logit(score), _logit(max(total, _LEAST_SUM))))
    return Evidence("other", (_logit(score),))


def _logit(share: float) -> float:
    bounded = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


def _sure(evidence: Evidence) -> float:
    first, *others = WEIGHTS[evidence.kind]
    total = first + sum(w * one for w, one in zip(others, evidence.logits, strict=True))
    return 1 / (1 + math.exp(-total))

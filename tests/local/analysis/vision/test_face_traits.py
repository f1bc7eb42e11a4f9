from types import SimpleNamespace

import pytest

from analysis.vision import face_traits
from analysis.vision.boxes import Box

EMOTIONS = dict.fromkeys(("angry", "disgust", "fear", "sad", "surprise"), 0.0)
TRAITS = (
    face_traits.gender,
    face_traits.age_range,
    face_traits.emotion,
    face_traits.smile,
    face_traits.eyes_open,
    face_traits.mouth_open,
)


def known(age=27.0, male=0.1, happy=0.95, neutral=0.05, **emotions):
    others = {**EMOTIONS, **emotions}
    return SimpleNamespace(
        age=age, male=male, emotions={**others, "happy": happy, "neutral": neutral}
    )


def face(attributes=None, yaw=0.0, pitch=0.0, **changes):
    """A face that is clear, laughs, and is a young woman's, unless something else is said."""
    facts = {
        "box": Box(0, 0, 100, 120),
        "score": 0.9,
        "sharpness": 60.0,
        "pose": SimpleNamespace(pitch=pitch, yaw=yaw, roll=0.0),
        "eye_openings": (0.35, 0.35),
        "mouth_opening": 0.25,
        "is_whole": True,
        "attributes": attributes or known(),
    }
    return SimpleNamespace(**{**facts, **changes})


def value(told):
    return None if told is None else told.value


def test_of_a_clear_face_everything_is_told():
    assert [tell(face()) is not None for tell in TRAITS] == [True] * len(TRAITS)


@pytest.mark.parametrize(
    "change",
    [
        {"yaw": 40.0},
        {"yaw": -40.0},
        {"pitch": -35.0},
        {"box": Box(0, 0, 50, 60)},
        {"sharpness": 1.0},
        {"score": 0.6},
        {"is_whole": False},
    ],
)
def test_of_a_face_that_is_turned_small_soft_doubtful_or_cut_nothing_is_told(change):
    assert [tell(face(**change)) for tell in TRAITS] == [None] * len(TRAITS)


@pytest.mark.parametrize(
    ("male", "expected"),
    [
        (0.05, "Female"),
        (0.3, "Female"),
        (0.31, None),
        (0.5, None),
        (0.74, None),
        (0.75, "Male"),
        (1.0, "Male"),
    ],
)
def test_gender_is_told_where_the_score_held(male, expected):
    assert value(face_traits.gender(face(known(male=male)))) == expected


@pytest.mark.parametrize("age", [5.0, 17.0, 41.0, 61.0])
def test_gender_is_not_told_of_the_ages_at_which_women_were_taken_for_men(age):
    assert face_traits.gender(face(known(age=age, male=0.95))) is None


@pytest.mark.parametrize(
    ("estimate", "expected"),
    [(16.0, (8, 24)), (27.0, (19, 35)), (40.0, (32, 55)), (60.0, (52, 81)), (95.0, (87, 100))],
)
def test_the_range_of_years_is_wider_where_the_model_takes_people_for_younger(estimate, expected):
    assert face_traits.age_range(face(known(age=estimate))) == expected


def test_of_a_child_no_age_is_told():
    assert face_traits.age_range(face(known(age=9.0))) is None


@pytest.mark.parametrize("name", ["angry", "disgust", "fear", "sad", "surprise"])
def test_only_happiness_and_calm_are_told(name):
    assert face_traits.emotion(face(known(happy=0.0, neutral=0.0, **{name: 0.99}))) is None


def test_a_doubtful_emotion_is_not_told():
    assert face_traits.emotion(face(known(happy=0.89, neutral=0.0))) is None
    assert face_traits.emotion(face(known(happy=0.0, neutral=0.7), mouth_opening=0.0)) is None


def test_an_open_mouth_is_neither_calm_nor_serious():
    calm = known(happy=0.0, neutral=0.95)
    assert value(face_traits.emotion(face(calm, mouth_opening=0.02))) == "neutral"
    assert value(face_traits.smile(face(calm, mouth_opening=0.02))) is False
    assert face_traits.emotion(face(calm, mouth_opening=0.2)) is None
    assert face_traits.smile(face(calm, mouth_opening=0.2)) is None


def test_eyes_are_told_to_be_open_and_never_to_be_shut():
    assert value(face_traits.eyes_open(face(eye_openings=(0.31, 0.4)))) is True
    assert face_traits.eyes_open(face(eye_openings=(0.24, 0.4))) is None
    assert face_traits.eyes_open(face(eye_openings=(0.0, 0.0))) is None


@pytest.mark.parametrize(
    ("opening", "expected"), [(0.0, False), (0.04, False), (0.06, None), (0.17, None), (0.3, True)]
)
def test_a_mouth_between_open_and_closed_is_not_told(opening, expected):
    assert value(face_traits.mouth_open(face(mouth_opening=opening))) is expected


def test_without_the_models_of_persons_only_what_the_shape_shows_is_told():
    bare = face()
    bare.attributes = None
    assert [tell(bare) is not None for tell in TRAITS] == [False] * 4 + [True] * 2


def test_a_confidence_is_never_certainty():
    told = [tell(face()) for tell in TRAITS if tell is not face_traits.age_range]
    assert all(80 < one.confidence < 100 for one in told)

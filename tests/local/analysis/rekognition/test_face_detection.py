from types import SimpleNamespace

import pytest

from analysis.rekognition.face_detection import face_details, wanted
from analysis.rekognition.geometry import Frame
from analysis.vision.boxes import Box

FRAME = Frame(400, 200)
NAMES = ("eyeLeft", "eyeRight", "mouthLeft", "mouthRight", "nose", "chinBottom")
EMOTIONS = dict.fromkeys(("angry", "disgust", "fear", "sad", "surprise"), 0.0)


def face(**changes):
    attributes = SimpleNamespace(
        age=27.6, male=0.2, emotions={**EMOTIONS, "happy": 0.95, "neutral": 0.05}
    )
    facts = {
        "box": Box(40, 20, 120, 120),
        "score": 0.9,
        "landmarks": dict.fromkeys(NAMES, (40.0, 100.0)),
        "pose": SimpleNamespace(pitch=1.0, yaw=-2.0, roll=3.0),
        "brightness": 50.0,
        "sharpness": 60.0,
        "eye_openings": (0.35, 0.34),
        "mouth_opening": 0.1,
        "is_whole": True,
        "attributes": attributes,
    }
    return SimpleNamespace(**{**facts, **changes})


def detail(asked_for, **changes):
    [found] = face_details([face(**changes)], FRAME, wanted(asked_for))["FaceDetails"]
    return found


DEFAULT = {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}


@pytest.mark.parametrize("asked_for", [[], ["DEFAULT"]])
def test_the_default_attributes_are_five_with_five_landmarks(asked_for):
    found = detail(asked_for, attributes=None)
    assert set(found) == DEFAULT
    assert len(found["Landmarks"]) == 5


def test_places_are_ratios_of_the_picture():
    found = detail([])
    assert found["BoundingBox"] == {"Left": 0.1, "Top": 0.1, "Width": 0.2, "Height": 0.5}
    assert found["Landmarks"][0] == {"Type": "eyeLeft", "X": 0.1, "Y": 0.5}
    assert found["Confidence"] == 90


def test_all_attributes_are_those_that_are_known():
    known = {"AgeRange", "Smile", "Gender", "Emotions", "EyesOpen"}
    assert set(detail(["ALL"])) == DEFAULT | known
    assert len(detail(["ALL"])["Landmarks"]) == len(NAMES)


def test_one_attribute_comes_with_the_default_ones():
    assert set(detail(["AGE_RANGE"])) == DEFAULT | {"AgeRange"}


def test_what_no_model_knows_is_not_there_even_when_asked_for():
    assert set(detail(["BEARD", "EYEGLASSES", "MOUTH_OPEN"])) == DEFAULT


def test_what_the_models_do_not_know_of_this_face_is_not_there():
    hidden = detail(["ALL"], is_whole=False)
    assert set(hidden) == DEFAULT


def test_what_is_told_has_the_confidence_of_those_of_whom_it_was_told_rightly():
    found = detail(["ALL"], mouth_opening=0.02)
    assert found["Gender"] == {"Value": "Female", "Confidence": pytest.approx(96.9, abs=0.1)}
    assert found["Smile"] == {"Value": True, "Confidence": pytest.approx(94.4, abs=0.1)}
    assert found["Emotions"] == [{"Type": "HAPPY", "Confidence": pytest.approx(95.0)}]
    assert found["EyesOpen"] == {"Value": True, "Confidence": pytest.approx(96.2, abs=0.1)}
    assert found["MouthOpen"] == {"Value": False, "Confidence": pytest.approx(91.7, abs=0.1)}
    assert found["AgeRange"] == {"Low": 20, "High": 36}

from types import SimpleNamespace

import pytest

from analysis.rekognition.face_detection import face_details, wanted
from analysis.rekognition.geometry import Frame
from analysis.vision.boxes import Box

FRAME = Frame(200, 100)
NAMES = ("eyeLeft", "eyeRight", "mouthLeft", "mouthRight", "nose", "chinBottom")
EMOTIONS = dict.fromkeys(("angry", "disgust", "fear", "sad", "surprise"), 0.0)


def face(**changes):
    attributes = SimpleNamespace(
        age=4.2, male=0.2, emotions={**EMOTIONS, "happy": 0.7, "neutral": 0.3}
    )
    facts = {
        "box": Box(20, 10, 60, 60),
        "score": 0.9,
        "landmarks": dict.fromkeys(NAMES, (20.0, 50.0)),
        "pose": SimpleNamespace(pitch=1.0, yaw=-2.0, roll=3.0),
        "brightness": 50.0,
        "sharpness": 60.0,
        "eyes_open": True,
        "mouth_open": None,
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


def test_a_state_that_the_geometry_tells_has_no_made_up_confidence():
    assert detail(["EYES_OPEN"])["EyesOpen"] == {"Value": True}
    assert detail(["MOUTH_OPEN"], mouth_open=False)["MouthOpen"] == {"Value": False}


def test_attributes_are_probabilities_in_per_cent():
    found = detail(["ALL"])
    assert found["Gender"] == {"Value": "Female", "Confidence": pytest.approx(80)}
    assert found["Smile"] == {"Value": True, "Confidence": pytest.approx(70)}
    assert found["Emotions"][0] == {"Type": "HAPPY", "Confidence": pytest.approx(70)}
    assert found["Emotions"][1]["Type"] == "CALM"
    assert found["AgeRange"] == {"Low": 0, "High": 12}

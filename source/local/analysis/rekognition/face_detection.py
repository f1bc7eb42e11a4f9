"""DetectFaces: faces as FaceDetail structures.

Left out, because nothing here knows them: Beard, Mustache, Eyeglasses, Sunglasses, FaceOccluded,
EyeDirection, the emotion CONFUSED, and the Confidence of EyesOpen and MouthOpen.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analysis.rekognition.geometry import Frame

if TYPE_CHECKING:
    from analysis.vision.faces import Attributes, Face

# estimates of age are off by this many years more often than not
_AGE_MARGIN = 8
_EMOTIONS = {
    "angry": "ANGRY",
    "disgust": "DISGUSTED",
    "fear": "FEAR",
    "happy": "HAPPY",
    "sad": "SAD",
    "surprise": "SURPRISED",
    "neutral": "CALM",
}
_DEFAULT_LANDMARKS = ("eyeLeft", "eyeRight", "mouthLeft", "mouthRight", "nose")


def wanted(attributes: Sequence[str]) -> frozenset[str]:
    """The attributes that a request asks for, beyond the default ones."""
    return frozenset(attributes) - {"DEFAULT"}


def face_details(
    faces: Sequence["Face"], frame: Frame, attributes: frozenset[str]
) -> dict[str, Any]:
    """The answer of DetectFaces."""
    return {"FaceDetails": [face_detail(face, frame, attributes) for face in faces]}


def face_detail(face: "Face", frame: Frame, attributes: frozenset[str]) -> dict[str, Any]:
    names = face.landmarks if "ALL" in attributes else _DEFAULT_LANDMARKS
    detail: dict[str, Any] = {
        "BoundingBox": frame.box(face.box),
        "Confidence": face.score * 100,
        "Landmarks": [{"Type": name, **frame.point(*face.landmarks[name])} for name in names],
        "Pose": {"Roll": face.pose.roll, "Yaw": face.pose.yaw, "Pitch": face.pose.pitch},
        "Quality": {"Brightness": face.brightness, "Sharpness": face.sharpness},
    }
    for name, (member, describe) in _ATTRIBUTES.items():
        value = describe(face) if attributes & {name, "ALL"} else None
        if value is not None:
            detail[member] = value
    return detail


def _of_attributes(
    describe: Callable[["Attributes"], Any],
) -> Callable[["Face"], Any]:
    return lambda face: None if face.attributes is None else describe(face.attributes)


def _age_range(attributes: "Attributes") -> dict[str, int]:
    years = round(attributes.age)
    return {"Low": max(years - _AGE_MARGIN, 0), "High": years + _AGE_MARGIN}


def _gender(attributes: "Attributes") -> dict[str, Any]:
    male = attributes.male
    return (
        {"Value": "Male", "Confidence": male * 100}
        if male > 0.5
        else {
            "Value": "Female",
            "Confidence": (1 - male) * 100,
        }
    )


def _smile(attributes: "Attributes") -> dict[str, Any]:
    # no model looks for a smile itself; a face that looks happy is taken to smile
    happy = attributes.emotions["happy"]
    return {"Value": happy >= 0.5, "Confidence": max(happy, 1 - happy) * 100}


def _emotions(attributes: "Attributes") -> list[dict[str, Any]]:
    by_likelihood = sorted(attributes.emotions.items(), key=lambda item: -item[1])
    return [{"Type": _EMOTIONS[name], "Confidence": p * 100} for name, p in by_likelihood]


def _state(value: bool | None) -> dict[str, bool] | None:
    return None if value is None else {"Value": value}


# attribute of a request -> member of FaceDetail, and how it is said
_ATTRIBUTES: Mapping[str, tuple[str, Callable[["Face"], Any]]] = {
    "AGE_RANGE": ("AgeRange", _of_attributes(_age_range)),
    "SMILE": ("Smile", _of_attributes(_smile)),
    "GENDER": ("Gender", _of_attributes(_gender)),
    "EMOTIONS": ("Emotions", _of_attributes(_emotions)),
    "EYES_OPEN": ("EyesOpen", lambda face: _state(face.eyes_open)),
    "MOUTH_OPEN": ("MouthOpen", lambda face: _state(face.mouth_open)),
}

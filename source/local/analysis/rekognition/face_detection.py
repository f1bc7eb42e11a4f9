"""DetectFaces: faces as FaceDetail structures.

Left out, because nothing here knows them: Beard, Mustache, Eyeglasses, Sunglasses, FaceOccluded,
EyeDirection, and all emotions but HAPPY and CALM. The others are there where they may be told.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analysis.rekognition.geometry import Frame
from analysis.vision import face_traits

if TYPE_CHECKING:
    from analysis.vision.face_traits import Told
    from analysis.vision.faces import Face

_EMOTIONS = {"happy": "HAPPY", "neutral": "CALM"}
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


def _age_range(face: "Face") -> dict[str, int] | None:
    years = face_traits.age_range(face)
    return None if years is None else {"Low": years[0], "High": years[1]}


def _emotions(face: "Face") -> list[dict[str, Any]] | None:
    told = face_traits.emotion(face)
    return None if told is None else [{"Type": _EMOTIONS[told.value], **_sureness(told)}]


def _stated(tell: Callable[["Face"], "Told[Any] | None"]) -> Callable[["Face"], Any]:
    def describe(face: "Face") -> dict[str, Any] | None:
        told = tell(face)
        return None if told is None else {"Value": told.value, **_sureness(told)}

    return describe


def _sureness(told: "Told[Any]") -> dict[str, float]:
    return {"Confidence": told.confidence}


# attribute of a request -> member of FaceDetail, and how it is said
_ATTRIBUTES: Mapping[str, tuple[str, Callable[["Face"], Any]]] = {
    "AGE_RANGE": ("AgeRange", _age_range),
    "SMILE": ("Smile", _stated(face_traits.smile)),
    "GENDER": ("Gender", _stated(face_traits.gender)),
    "EMOTIONS": ("Emotions", _emotions),
    "EYES_OPEN": ("EyesOpen", _stated(face_traits.eyes_open)),
    "MOUTH_OPEN": ("MouthOpen", _stated(face_traits.mouth_open)),
}

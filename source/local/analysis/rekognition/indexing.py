"""IndexFaces: which faces of a picture go into a collection, and why others do not."""

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analysis.rekognition.face_collections import StoredFace, encode_descriptor
from analysis.rekognition.face_detection import face_detail, wanted
from analysis.rekognition.geometry import Frame

if TYPE_CHECKING:
    from analysis.vision.descriptors import DescribedFace
    from analysis.vision.faces import Face

# pixels of a face's width below which its descriptor says little
_SMALLEST = 40
# degrees to a side, or up and down, at which half of a face is not seen
_FARTHEST_TURN = 60.0
_DARKEST = 10.0
# a level of QualityFilter -> the least sharpness, on our own scale of 0 to 100
_SHARPNESS = {"AUTO": 5.0, "LOW": 5.0, "MEDIUM": 15.0, "HIGH": 30.0}


def choose(
    faces: Sequence["DescribedFace"], request: Mapping[str, Any]
) -> tuple[list["DescribedFace"], list[tuple["DescribedFace", list[str]]]]:
    """The faces to be kept, and the others with the reasons why not; faces: the largest first."""
    level = request.get("QualityFilter", "AUTO")
    kept: list[DescribedFace] = []
    left: list[tuple[DescribedFace, list[str]]] = []
    for one in faces:
        reasons = [] if level == "NONE" else _reasons(one.face, level)
        if reasons:
            left.append((one, reasons))
        elif len(kept) >= request.get("MaxFaces", len(faces)):
            left.append((one, ["EXCEEDS_MAX_FACES"]))
        else:
            kept.append(one)
    return kept, left


def good_enough(
    faces: Sequence["DescribedFace"], request: Mapping[str, Any]
) -> list["DescribedFace"]:
    """The faces that pass a request's QualityFilter, which is NONE where it has none."""
    level = request.get("QualityFilter", "NONE")
    return choose(faces, {"QualityFilter": level})[0]


def stored_faces(
    faces: Sequence["DescribedFace"], frame: Frame, name: str | None
) -> tuple[StoredFace, ...]:
    """The faces of one picture as a collection keeps them."""
    image_id = str(uuid.uuid4())
    return tuple(
        StoredFace(
            id=str(uuid.uuid4()),
            image_id=image_id,
            name=name,
            box=frame.box(one.face.box),
            confidence=one.face.score * 100,
            descriptor=encode_descriptor(one.descriptor),
        )
        for one in faces
    )


def records(
    stored: Sequence[StoredFace],
    faces: Sequence["DescribedFace"],
    frame: Frame,
    request: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """FaceRecords of what was kept."""
    attributes = wanted(request.get("DetectionAttributes", ()))
    return [
        {"Face": one.document(), "FaceDetail": face_detail(described.face, frame, attributes)}
        for one, described in zip(stored, faces, strict=True)
    ]


def unindexed(
    left: Sequence[tuple["DescribedFace", list[str]]], frame: Frame, request: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """UnindexedFaces of what was not kept."""
    attributes = wanted(request.get("DetectionAttributes", ()))
    return [
        {"Reasons": reasons, "FaceDetail": face_detail(one.face, frame, attributes)}
        for one, reasons in left
    ]


def _reasons(face: "Face", level: str) -> list[str]:
    reasons = {
        "SMALL_BOUNDING_BOX": face.box.width < _SMALLEST,
        "EXTREME_POSE": max(abs(face.pose.yaw), abs(face.pose.pitch)) > _FARTHEST_TURN,
        "LOW_BRIGHTNESS": face.brightness < _DARKEST,
        "LOW_SHARPNESS": face.sharpness < _SHARPNESS[level],
    }
    return [reason for reason, holds in reasons.items() if holds]

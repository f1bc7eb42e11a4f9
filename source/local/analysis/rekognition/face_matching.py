"""Faces compared with faces: CompareFaces, and the search of a collection.

A similarity is a falling function of the distance of two faces' descriptors; 80, the services'
default threshold, is where two faces are just taken for one person's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.faults import ServiceError
from analysis.rekognition.face_collections import FACE_MODEL_VERSION, Collection, StoredFace
from analysis.rekognition.face_detection import face_detail
from analysis.rekognition.geometry import Frame

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from analysis.vision.descriptors import DescribedFace
    from analysis.vision.faces import Face

# the services' own defaults
_THRESHOLD = 80.0
_MOST_MATCHES = 80
_MOST_TARGETS = 100


def compared_face(face: "Face", frame: Frame) -> dict[str, Any]:
    """A ComparedFace structure."""
    return face_detail(face, frame, frozenset())


def search(
    collection: Collection,
    descriptor: "NDArray[np.float32]",
    request: Mapping[str, Any],
    besides: str | None = None,
) -> list[dict[str, Any]]:
    """FaceMatches of a face in a collection, the most similar first.

    request: may have FaceMatchThreshold and MaxFaces. besides: the id of a face to leave out.
    """
    found = similar_faces(collection, descriptor, besides)
    least = request.get("FaceMatchThreshold", _THRESHOLD)
    most = request.get("MaxFaces", _MOST_MATCHES)
    matches = [{"Similarity": s, "Face": face.document()} for s, face in found if s >= least]
    return matches[:most]


def similar_faces(
    collection: Collection, descriptor: "NDArray[np.float32]", besides: str | None = None
) -> list[tuple[float, StoredFace]]:
    """The faces of a collection with their similarity, the most similar first."""
    from analysis.vision.descriptors import similarities

    if collection.model != FACE_MODEL_VERSION:
        text = f"The collection {collection.id} was made by another model: index its faces again"
        raise ServiceError("InvalidParameterException", text)
    faces = [face for face in collection.faces if face.id != besides]
    scores = similarities(descriptor, [face.numbers for face in faces])
    return sorted(zip(scores, faces, strict=True), key=lambda pair: -pair[0])


@dataclass(frozen=True)
class Side:
    """One picture of a comparison: its faces, the largest first, and its size."""

    faces: Sequence["DescribedFace"]
    frame: Frame


def compare_faces(request: Mapping[str, Any], source: Side, target: Side) -> dict[str, Any]:
    """The answer of CompareFaces: the largest face of one picture against those of another."""
    from analysis.vision.descriptors import similarities

    if not source.faces:
        raise no_faces("source image")
    face, compared = source.faces[0], target.faces[:_MOST_TARGETS]
    least = request.get("SimilarityThreshold", _THRESHOLD)
    scores = similarities(face.descriptor, [one.descriptor for one in compared])
    pairs = sorted(zip(scores, compared, strict=True), key=lambda pair: -pair[0])
    return {
        "SourceImageFace": {
            "BoundingBox": source.frame.box(face.face.box),
            "Confidence": face.face.score * 100,
        },
        "FaceMatches": [
            {"Similarity": score, "Face": compared_face(one.face, target.frame)}
            for score, one in pairs
            if score >= least
        ],
        "UnmatchedFaces": [
            compared_face(one.face, target.frame) for score, one in pairs if score < least
        ],
    }


def no_faces(where: str) -> ServiceError:
    """The refusal of a picture without faces, where one is needed."""
    text = f"There are no faces in the {where}. Should be at least 1."
    return ServiceError("InvalidParameterException", text)

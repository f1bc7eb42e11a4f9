"""RecognizeCelebrities: of persons that the user has made known, and no other.

No database of famous faces can be had. A person is made known by IndexFaces into the collection
`celebrities`, with the name as ExternalImageId, where `_` stands for a space. Several faces may
have one name.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analysis.faults import ServiceError
from analysis.rekognition.face_collections import Collection, FaceCollections
from analysis.rekognition.face_matching import compared_face, similar_faces
from analysis.rekognition.geometry import Frame

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from analysis.vision.descriptors import DescribedFace

COLLECTION = "celebrities"
NOT_EXAMINED = (f"Celebrities who are not in the collection {COLLECTION}",)
# where two faces are just taken for one person's
_LEAST_SIMILARITY = 80.0


def known_persons(collections: FaceCollections) -> Collection | None:
    """The collection of those who are made known; None when there is none."""
    return collections.find(COLLECTION)


def recognize(known: Collection | None, descriptor: "NDArray[np.float32]") -> dict[str, Any] | None:
    """Name, Id, Urls and MatchConfidence (0 to 100) of a face; None for one like nobody known."""
    if known is None:
        return None
    named = ((score, face.name) for score, face in similar_faces(known, descriptor))
    score, name = next(((s, n) for s, n in named if n is not None), (0.0, ""))
    if score < _LEAST_SIMILARITY or name is None:
        return None
    return {**_person(name), "MatchConfidence": score}


def recognize_celebrities(
    known: Collection | None, faces: Sequence["DescribedFace"], frame: Frame
) -> dict[str, Any]:
    """The answer of RecognizeCelebrities."""
    found, unrecognized = [], []
    for one in faces:
        face = compared_face(one.face, frame)
        person = recognize(known, one.descriptor)
        if person is None:
            unrecognized.append(face)
        else:
            found.append({**person, "Face": face})
    return {"CelebrityFaces": found, "UnrecognizedFaces": unrecognized}


def celebrity_info(known: Collection | None, request: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of GetCelebrityInfo: the name; links are not known."""
    for name in known_names(known):
        person = _person(name)
        if person["Id"] == request["Id"]:
            return {"Name": person["Name"], "Urls": []}
    raise ServiceError("ResourceNotFoundException", f"Celebrity id {request['Id']} is not known")


def known_names(known: Collection | None) -> list[str]:
    """The names of those who are made known, each once."""
    faces = known.faces if known is not None else ()
    return sorted({face.name for face in faces if face.name is not None})


def _person(name: str) -> dict[str, Any]:
    # the same for one name on every machine, in the form of the service's ids
    identity = hashlib.sha256(name.encode()).hexdigest()[:8]
    return {"Name": name.replace("_", " "), "Id": identity, "Urls": []}

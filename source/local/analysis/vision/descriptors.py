"""Which face it is: 128 numbers of a face, close for one person's faces and far for two persons'.

The model is dlib's residual network, which looks at a face that is turned upright by the corners
of its eyes and the base of its nose. Its authors take two faces for one person's up to a distance
of 0.6, with which it told 99.4 percent of the pairs of the set "Labeled Faces in the Wild" right.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.models import Models
from analysis.pictures import Picture
from analysis.pool import Loadable
from analysis.vision.faces import Face, detect_faces

if TYPE_CHECKING:
    from numpy.typing import NDArray

# distance of two faces up to which they are one person's, and the similarity that we call that
SAME_PERSON = 0.6
_SIMILARITY_AT_SAME = 80.0
# so far apart, or farther, two faces have nothing in common
_NOTHING_IN_COMMON = 1.2
_MEGABYTES = 90
_FILE = "face-descriptor.dat"


@dataclass(frozen=True)
class DescribedFace:
    """A face and its 128 numbers."""

    face: Face
    descriptor: "NDArray[np.float32]"


def find_faces_with_descriptors(
    models: Models, picture: Picture, with_attributes: bool = False
) -> list[DescribedFace]:
    """All faces of a picture, the largest first."""
    faces = detect_faces(models, picture, with_attributes)
    return [DescribedFace(face, describe(models, picture, face)) for face in faces]


def describe(models: Models, picture: Picture, face: Face) -> "NDArray[np.float32]":
    """The 128 numbers of a face."""
    loadable = Loadable("vision/face-descriptor", _MEGABYTES, lambda: _Describer(models))
    with models.use(loadable) as describer, models.cores.hold(1):
        return describer.describe(picture, face)


def similarities(
    descriptor: "NDArray[np.float32]", others: "Sequence[NDArray[np.float32]]"
) -> list[float]:
    """How like one face is to others, 0 to 100: 80 where two are just taken for one person's."""
    if not others:
        return []
    distances = np.linalg.norm(np.stack(others) - descriptor, axis=1)
    return [_similarity(float(distance)) for distance in distances]


def _similarity(distance: float) -> float:
    """A falling function of the distance; it is no probability, and on a scale of our own."""
    if distance <= SAME_PERSON:
        return 100 - (100 - _SIMILARITY_AT_SAME) * (distance / SAME_PERSON) ** 2
    rest = (_NOTHING_IN_COMMON - distance) / (_NOTHING_IN_COMMON - SAME_PERSON)
    return _SIMILARITY_AT_SAME * max(rest, 0.0)


class _Describer:
    """The loaded model; it keeps what it computes, so that one thread at a time may use it."""

    def __init__(self, models: Models) -> None:
        models.require_packages("vision")
        import dlib

        self._dlib: Any = dlib
        self._network = dlib.face_recognition_model_v1(str(models.path(_FILE)))
        self._lock = threading.Lock()

    def describe(self, picture: Picture, face: Face) -> "NDArray[np.float32]":
        dlib = self._dlib
        edges = (face.box.left, face.box.top, face.box.right, face.box.bottom)
        points = [dlib.point(round(x), round(y)) for x, y in _five_points(face)]
        placed = dlib.full_object_detection(dlib.rectangle(*map(round, edges)), points)
        pixels = np.ascontiguousarray(picture.pixels)
        with self._lock:
            numbers = self._network.compute_face_descriptor(pixels, placed)
        return np.array(numbers, np.float32)


def _five_points(face: Face) -> list[tuple[float, float]]:
    """The corners of both eyes, the picture's right one first, and the base of the nose."""
    places = face.landmarks
    (left_x, left_y), (right_x, right_y) = places["noseLeft"], places["noseRight"]
    corners = ("rightEyeRight", "rightEyeLeft", "leftEyeLeft", "leftEyeRight")
    base = ((left_x + right_x) / 2, (left_y + right_y) / 2)
    return [*(places[name] for name in corners), base]

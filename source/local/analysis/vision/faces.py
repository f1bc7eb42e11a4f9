"""Everything that the models say of the faces of a picture; `face_traits` decides what is told."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from analysis.models import Models
from analysis.pictures import Picture
from analysis.vision.boxes import Box
from analysis.vision.face_detection import FoundFace, find_faces
from analysis.vision.face_mesh import Net, face_square, lay_net

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FACE_SIZE = 224
_EMOTION_SIZE = 64
_EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
_GREY = np.array([0.2989, 0.5870, 0.1140], np.float32)
# the variance of a sharp portrait's edges, at 192 pixels a face; half sharp by our scale
_HALF_SHARP = 300.0


@dataclass(frozen=True)
class Pose:
    """Degrees; positive when the face looks up (pitch), turns or leans to the picture's right."""

    pitch: float
    yaw: float
    roll: float


@dataclass(frozen=True)
class Attributes:
    """What costs two more models to estimate, right or wrong.

    `age` is in years, `male` and `emotions` are the models' scores, 0 to 1.
    """

    age: float
    male: float
    emotions: Mapping[str, float]


@dataclass(frozen=True)
class Face:
    """One face. Coordinates are pixels, `score` is 0 to 1, `brightness` and `sharpness` 0 to 100.

    Openings are height by width of the left and the right eye and of the mouth. A face is whole
    when no part of it lies off the picture.
    """

    box: Box
    score: float
    landmarks: Mapping[str, tuple[float, float]]
    pose: Pose
    brightness: float
    sharpness: float
    eye_openings: tuple[float, float]
    mouth_opening: float
    is_whole: bool
    attributes: Attributes | None


def detect_faces(models: Models, picture: Picture, with_attributes: bool) -> list[Face]:
    """All faces of a picture, the largest first."""
    faces = []
    for found in find_faces(models, picture):
        net = lay_net(models, picture, found)
        if net is not None:
            faces.append(_describe(models, picture, found, net, with_attributes))
    return faces


def _describe(
    models: Models, picture: Picture, found: FoundFace, net: Net, with_attributes: bool
) -> Face:
    brightness, sharpness = _quality(picture, net.box)
    box = net.box.within(picture.width, picture.height)
    return Face(
        box=box,
        score=found.score,
        landmarks=_landmarks(net),
        pose=_pose(net.points),
        brightness=brightness,
        sharpness=sharpness,
        eye_openings=(
            _opening(net.points, (159, 145), (33, 133)),
            _opening(net.points, (386, 374), (362, 263)),
        ),
        mouth_opening=_opening(net.points, (13, 14), (78, 308)),
        is_whole=box == net.box,
        attributes=_attributes(models, picture, found) if with_attributes else None,
    )


def _attributes(models: Models, picture: Picture, found: FoundFace) -> Attributes:
    square = face_square(found)
    person = models.run("faceres", square.cut(picture.pixels, _FACE_SIZE))
    grey = square.cut(picture.pixels, _EMOTION_SIZE) @ _GREY
    wanted = grey[..., None] / np.float32(127.5) - np.float32(1)
    emotions = models.run("emotion", wanted)["Identity"][0]
    return Attributes(
        age=_age(person["age_pred/Softmax"][0]),
        male=float(person["gender_pred/Sigmoid"][0, 0]),
        emotions=dict(zip(_EMOTIONS, (float(p) for p in emotions), strict=True)),
    )


def _age(probabilities: "NDArray[np.float32]") -> float:
    """The mean of a hundred years of age: it is nearer to the truth than the most probable one."""
    years = np.arange(len(probabilities))
    return float((probabilities * years).sum() / probabilities.sum())


def _pose(points: "NDArray[np.float64]") -> Pose:
    across = points[454] - points[234]
    down = points[152] - points[10]
    return Pose(
        pitch=math.degrees(math.atan2(-down[2], math.hypot(down[0], down[1]))),
        yaw=math.degrees(math.atan2(across[2], math.hypot(across[0], across[1]))),
        roll=math.degrees(math.atan2(across[1], across[0])),
    )


def _quality(picture: Picture, box: Box) -> tuple[float, float]:
    """Mean brightness and sharpness of edges of the face, 0 to 100 on a scale of our own."""
    side = max(box.width, box.height)
    size = 192
    left, top = (round(max(edge, 0)) for edge in (box.left, box.top))
    piece = picture.pixels[top : round(box.bottom), left : round(box.right)]
    grey = (piece @ _GREY).astype(np.float32)
    if side > size:
        # the same scale for all faces: a larger one has softer edges for its pixels
        scale = size / side
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    edges = float(cv2.Laplacian(grey, cv2.CV_32F).var())
    return float(grey.mean()) / 2.55, 100 * edges / (edges + _HALF_SHARP)


def _opening(
    points: "NDArray[np.float64]", lids: tuple[int, int], corners: tuple[int, int]
) -> float:
    """Height by width of an eye or a mouth."""
    height = np.linalg.norm(points[lids[0]] - points[lids[1]])
    width = np.linalg.norm(points[corners[0]] - points[corners[1]])
    return float(height / width) if width else 0.0


# points of the net by the names that services give them; left and right are the picture's
_POINTS = {
    "eyeLeft": (33, 133),
    "eyeRight": (362, 263),
    "mouthLeft": (61,),
    "mouthRight": (291,),
    "nose": (1,),
    "leftEyeBrowLeft": (70,),
    "leftEyeBrowRight": (107,),
    "leftEyeBrowUp": (105,),
    "rightEyeBrowLeft": (336,),
    "rightEyeBrowRight": (300,),
    "rightEyeBrowUp": (334,),
    "leftEyeLeft": (33,),
    "leftEyeRight": (133,),
    "leftEyeUp": (159,),
    "leftEyeDown": (145,),
    "rightEyeLeft": (362,),
    "rightEyeRight": (263,),
    "rightEyeUp": (386,),
    "rightEyeDown": (374,),
    "noseLeft": (98,),
    "noseRight": (327,),
    "mouthUp": (0,),
    "mouthDown": (17,),
    "upperJawlineLeft": (234,),
    "midJawlineLeft": (172,),
    "chinBottom": (152,),
    "midJawlineRight": (397,),
    "upperJawlineRight": (454,),
}


def _landmarks(net: Net) -> dict[str, tuple[float, float]]:
    found = {}
    for name, numbers in _POINTS.items():
        x, y, _ = net.points[list(numbers)].mean(axis=0)
        found[name] = (float(x), float(y))
    return {**found, "leftPupil": net.left_pupil, "rightPupil": net.right_pupil}

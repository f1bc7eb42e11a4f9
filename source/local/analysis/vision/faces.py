"""Everything that is known of the faces of a picture."""

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
# parts of a face's width; what lies between says neither open nor closed
_EYE_CLOSED, _EYE_OPEN = 0.12, 0.20
_MOUTH_CLOSED, _MOUTH_OPEN = 0.05, 0.12
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
    """What costs two more models to know.

    `age` is an estimate in years with errors of ten years and more, `male` and `emotions` are
    probabilities, 0 to 1.
    """

    age: float
    male: float
    emotions: Mapping[str, float]


@dataclass(frozen=True)
class Face:
    """One face. Coordinates are pixels, `score` is 0 to 1, `brightness` and `sharpness` 0 to 100.

    `eyes_open` and `mouth_open` are None when the geometry does not tell.
    """

    box: Box
    score: float
    landmarks: Mapping[str, tuple[float, float]]
    pose: Pose
    brightness: float
    sharpness: float
    eyes_open: bool | None
    mouth_open: bool | None
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
    return Face(
        box=net.box.within(picture.width, picture.height),
        score=found.score,
        landmarks=_landmarks(net),
        pose=_pose(net.points),
        brightness=brightness,
        sharpness=sharpness,
        eyes_open=_eyes_open(net.points),
        mouth_open=_openness(
            net.points, (13, 14), (78, 308), closed=_MOUTH_CLOSED, opened=_MOUTH_OPEN
        ),
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
    """The most probable of a hundred years of age and its likelier neighbour, weighed."""
    best = int(probabilities.argmax())
    around = slice(max(best - 1, 0), best + 2)
    weights = probabilities[around]
    years = np.arange(len(probabilities))[around]
    return float((weights * years).sum() / weights.sum())


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


def _eyes_open(points: "NDArray[np.float64]") -> bool | None:
    states = {
        _openness(points, (159, 145), (33, 133), closed=_EYE_CLOSED, opened=_EYE_OPEN),
        _openness(points, (386, 374), (362, 263), closed=_EYE_CLOSED, opened=_EYE_OPEN),
    }
    return states.pop() if len(states) == 1 else None


def _openness(
    points: "NDArray[np.float64]",
    lids: tuple[int, int],
    corners: tuple[int, int],
    closed: float,
    opened: float,
) -> bool | None:
    """Height by width of an eye or a mouth: open, closed, or in between."""
    height = np.linalg.norm(points[lids[0]] - points[lids[1]])
    width = np.linalg.norm(points[corners[0]] - points[corners[1]])
    ratio = float(height / width) if width else 0.0
    if ratio >= opened:
        return True
    return False if ratio <= closed else None


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

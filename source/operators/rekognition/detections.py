"""What Amazon Rekognition can be asked about a picture: one row for each operator."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Configuration = Mapping[str, Any]


@dataclass(frozen=True)
class Detection:
    """One kind of detection.

    image_call: the client's method for a picture. error_key: under which failures stand in the
    metadata. settings: what of the operator's configuration goes into the request.
    """

    image_call: str
    error_key: str
    settings: Callable[[Configuration], dict[str, Any]]


def _face_settings(configuration: Configuration) -> dict[str, Any]:
    # without this Rekognition leaves out age, gender, emotions and all that search shows of faces
    return {"Attributes": [configuration.get("FaceAttributes", "ALL")]}


def _label_settings(configuration: Configuration) -> dict[str, Any]:
    passed_on = ("MinConfidence", "MaxLabels")
    return {key: configuration[key] for key in passed_on if key in configuration}


def _text_settings(configuration: Configuration) -> dict[str, Any]:
    if "MinConfidence" not in configuration:
        return {}
    return {"Filters": {"WordFilter": {"MinConfidence": configuration["MinConfidence"]}}}


FACES = Detection("detect_faces", "FaceDetectionError", _face_settings)
LABELS = Detection("detect_labels", "LabelDetectionError", _label_settings)
TEXT = Detection("detect_text", "TextDetectionError", _text_settings)

"""Rekognition's row in the table of services: pictures in, the models' findings out."""

import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from analysis.aws_json import Request, Service
from analysis.context import Context
from analysis.image_source import LARGEST_BYTES, read_image
from analysis.models import Models
from analysis.pictures import Picture, decode
from analysis.rekognition.face_detection import face_details, wanted
from analysis.rekognition.geometry import Frame
from analysis.rekognition.label_detection import check_request, detect_labels
from analysis.rekognition.text_detection import detect_text
from analysis.rekognition.video import video_operations
from analysis.vision.faces import detect_faces
from analysis.vision.objects import find_objects
from analysis.vision.texts import read_lines

Findings = TypeVar("Findings")

# a decoded picture takes up to 200 MB, and each model uses all cores by itself
_AT_ONCE = 2
# base64 makes four characters of three bytes; the rest of a request is small
_BODY_LIMIT = LARGEST_BYTES * 4 // 3 + (64 << 10)


def rekognition(context: Context) -> Service:
    """The service; its functions may be called by several threads."""
    turns = threading.BoundedSemaphore(_AT_ONCE)

    def look(
        request: Request, see: Callable[[Models, Picture], Findings]
    ) -> tuple[Findings, Frame]:
        data = read_image(context.objects, request["Image"])
        with turns:
            picture = decode(data)
            return see(context.models, picture), Frame(picture.width, picture.height)

    def faces(request: Request) -> Mapping[str, Any]:
        attributes = wanted(request.get("Attributes", ()))
        found, frame = look(request, lambda m, p: detect_faces(m, p, bool(attributes)))
        return face_details(found, frame, attributes)

    def labels(request: Request) -> Mapping[str, Any]:
        check_request(request)
        return detect_labels(request, *look(request, find_objects))

    def text(request: Request) -> Mapping[str, Any]:
        return detect_text(request, *look(request, read_lines))

    return Service(
        "rekognition",
        {
            "DetectFaces": faces,
            "DetectLabels": labels,
            "DetectText": text,
            **video_operations(context),
        },
        body_limit=_BODY_LIMIT,
        too_large="ImageTooLargeException",
        too_large_message=f"The image has more than {LARGEST_BYTES} bytes",
    )

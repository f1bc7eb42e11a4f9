"""The operations that look at one picture, or compare two."""

from collections.abc import Mapping
from typing import Any

from analysis.aws_json import Function, Reply, Request
from analysis.context import Context
from analysis.rekognition import label_detection, moderation
from analysis.rekognition.celebrities import celebrity_info, known_persons, recognize_celebrities
from analysis.rekognition.examination import celebrities_header, moderation_header
from analysis.rekognition.face_collections import FaceCollections
from analysis.rekognition.face_detection import face_details, wanted
from analysis.rekognition.face_matching import Side, compare_faces
from analysis.rekognition.indexing import good_enough
from analysis.rekognition.sight import Sight
from analysis.rekognition.text_detection import detect_text


def picture_operations(
    context: Context, sight: Sight, collections: FaceCollections
) -> dict[str, Function]:
    """The functions by the operation; modules of vision are imported when they are called."""
    models = context.models

    def faces(request: Request) -> Mapping[str, Any]:
        attributes = wanted(request.get("Attributes", ()))
        with sight.picture(request["Image"]) as (picture, frame):
            from analysis.vision.faces import detect_faces

            return face_details(detect_faces(models, picture, bool(attributes)), frame, attributes)

    def labels(request: Request) -> Mapping[str, Any]:
        label_detection.check_request(request)
        with sight.picture(request["Image"]) as (picture, _):
            seen = label_detection.see_labels(models, request, picture)
        return label_detection.detect_labels(seen)

    def text(request: Request) -> Mapping[str, Any]:
        with sight.picture(request["Image"]) as (picture, frame):
            from analysis.vision.texts import read_lines

            return detect_text(request, read_lines(models, picture), frame)

    def moderated(request: Request) -> Reply:
        moderation.check_request(request)
        with sight.picture(request["Image"]) as (picture, _):
            from analysis.vision.nudity import MODEL_VERSION, nudity

            score = nudity(models, picture)
        answer = moderation.detect_moderation_labels(score, request, MODEL_VERSION)
        return Reply(answer, moderation_header())

    def compared(request: Request) -> Mapping[str, Any]:
        def side(member: str) -> Side:
            with sight.picture(request[member]) as (picture, frame):
                from analysis.vision.descriptors import find_faces_with_descriptors

                found = find_faces_with_descriptors(models, picture)
            return Side(good_enough(found, request), frame)

        # one after the other: each picture takes memory, and a turn
        source, target = side("SourceImage"), side("TargetImage")
        return compare_faces(request, source, target)

    def celebrities(request: Request) -> Reply:
        with sight.picture(request["Image"]) as (picture, frame):
            from analysis.vision.descriptors import find_faces_with_descriptors

            found = find_faces_with_descriptors(models, picture)
        answer = recognize_celebrities(known_persons(collections), found, frame)
        return Reply(answer, celebrities_header())

    def celebrity(request: Request) -> Mapping[str, Any]:
        return celebrity_info(known_persons(collections), request)

    return {
        "DetectFaces": faces,
        "DetectLabels": labels,
        "DetectText": text,
        "DetectModerationLabels": moderated,
        "CompareFaces": compared,
        "RecognizeCelebrities": celebrities,
        "GetCelebrityInfo": celebrity,
    }

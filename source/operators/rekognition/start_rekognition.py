"""Detection of faces, labels and text in pictures, with Amazon Rekognition.

Each operator's Lambda has an entry point here and the environment variable OPERATOR_NAME, the
name under which its results are stored: the picture's variant shares it with the video's.
"""

import os
from pathlib import PurePosixPath
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from detections import FACES, LABELS, TEXT, Detection

from MediaInsightsEngineLambdaHelper import (
    DataPlane,
    DataPlaneError,
    MasExecutionError,
    MediaInsightsOperationHelper,
    Status,
    aws_client,
)

_PICTURES = frozenset({".png", ".jpg", ".jpeg"})


class DetectionFailed(Exception):
    """Nothing was detected and stored; the text says why."""


def start_face_detection(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return run(FACES, event)


def start_label_detection(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return run(LABELS, event)


def start_text_detection(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return run(TEXT, event)


def run(detection: Detection, event: dict[str, Any]) -> dict[str, Any]:
    """The output of the operator whose event this is. Raises MasExecutionError."""
    operator = MediaInsightsOperationHelper(event)
    try:
        store(operator, detect(detection, operator.configuration, *picture(operator.input)))
    except DetectionFailed as error:
        operator.update_workflow_status(Status.OPERATION_STATUS_ERROR)
        operator.add_workflow_metadata_json({detection.error_key: str(error)})
        raise MasExecutionError(operator.return_output_object()) from error
    operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)
    operator.add_workflow_metadata_json(operator.workflow_info())
    return operator.return_output_object()


def picture(operator_input: dict[str, Any]) -> tuple[str, str]:
    """Bucket and key of the picture to look at."""
    location = operator_input.get("Media", {}).get("Image", {})
    if not location.get("S3Bucket") or not location.get("S3Key"):
        raise DetectionFailed("No valid inputs")
    if PurePosixPath(location["S3Key"]).suffix.lower() not in _PICTURES:
        raise DetectionFailed("Not a valid file type")
    return location["S3Bucket"], location["S3Key"]


def detect(
    detection: Detection, configuration: dict[str, Any], bucket: str, key: str
) -> dict[str, Any]:
    """Rekognition's answer, without what the SDK adds to it."""
    request = {
        "Image": {"S3Object": {"Bucket": bucket, "Name": key}},
        **detection.settings(configuration),
    }
    try:
        answer = getattr(aws_client("rekognition"), detection.image_call)(**request)
    except (ClientError, BotoCoreError) as error:
        raise DetectionFailed(str(error)) from error
    return {name: answer[name] for name in answer if name != "ResponseMetadata"}


def store(operator: MediaInsightsOperationHelper, results: dict[str, Any]) -> None:
    """Stores the answer as the operator's result for this asset."""
    refused = f"Unable to upload metadata for {operator.asset_id}"
    try:
        answer = DataPlane().store_asset_metadata(
            operator.asset_id,
            os.environ["OPERATOR_NAME"],
            operator.workflow_execution_id,
            results,
        )
    except DataPlaneError as error:
        raise DetectionFailed(f"{refused}: {error}") from error
    if answer.get("Status") != "Success":
        raise DetectionFailed(f"{refused}: {answer.get('Message')}")

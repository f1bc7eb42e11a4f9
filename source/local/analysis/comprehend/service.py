"""Comprehend's row of the table of services."""

from analysis.aws_json import Function, Service
from analysis.comprehend.calls import detect, detect_batch
from analysis.comprehend.detection_jobs import functions
from analysis.comprehend.detections import DETECTIONS
from analysis.context import Context
from analysis.language.readers import Readers


def comprehend(context: Context, readers: Readers | None = None) -> Service:
    """What this machine's models can detect; anything else is an unknown operation."""
    readers = readers or Readers(context.models)
    operations: dict[str, Function] = {}
    for detection in DETECTIONS:
        operations[f"Detect{detection.operation}"] = detect(detection, readers)
        operations[f"BatchDetect{detection.operation}"] = detect_batch(detection, readers)
        operations.update(functions(detection, readers, context))
    return Service(
        "comprehend",
        operations,
        too_large="TextSizeLimitExceededException",
        too_large_message="The request is larger than the service allows",
    )

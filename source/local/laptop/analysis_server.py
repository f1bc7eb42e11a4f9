"""What the analysis server says of itself."""

import json
from collections.abc import Mapping
from typing import Any

import urllib3

from laptop.answering import answering
from laptop.facts import Facts

_TIMEOUT_SECONDS = 5
# kind of a job -> the operators that have such a job
_OPERATORS: Mapping[str, tuple[str, ...]] = {
    "rekognition-FaceDetection": ("faceDetection",),
    "rekognition-LabelDetection": ("labelDetection",),
    "rekognition-TextDetection": ("textDetection",),
    "rekognition-ContentModeration": ("contentModeration",),
    "rekognition-FaceSearch": ("faceSearch",),
    "rekognition-CelebrityRecognition": ("celebrityRecognition",),
    "transcribe-transcription": ("TranscribeVideo", "TranscribeAudio"),
    "mediaconvert": ("Thumbnail", "Mediaconvert"),
}


def health(facts: Facts) -> Any:
    """Which models are there, and what is not looked for. Raises Unreachable."""
    url = f"{facts.analysis_url}/health"
    with answering(url, "analysis"):
        answer = urllib3.request("GET", url, timeout=_TIMEOUT_SECONDS, retries=False)
    return json.loads(answer.data)


def percents(health: Mapping[str, Any], asset_id: str) -> dict[str, int]:
    """Operator -> how much of its job on an asset is done, of those that know it."""
    return {
        operator: job["percent"]
        for job in health.get("jobs", ())
        # the medium is an object of the asset, wherever a request names it
        if "percent" in job and f"/{asset_id}/" in json.dumps(job["request"])
        for operator in _OPERATORS.get(job["kind"], ())
    }

"""DetectModerationLabels: nudity, which is all that a model here looks for.

The answer says in a header what was not examined, because an empty list would say that there is
nothing of it.
"""

import logging
from collections.abc import Mapping
from typing import Any

from analysis.aws_json import Reply
from analysis.faults import ServiceError

LOG = logging.getLogger(__name__)

HEADER = "x-mie-not-examined"
NOT_EXAMINED = (
    "Non-Explicit Nudity of Intimate parts and Kissing",
    "Swimwear or Underwear",
    "Violence",
    "Visually Disturbing",
    "Drugs & Tobacco",
    "Alcohol",
    "Rude Gestures",
    "Gambling",
    "Hate Symbols",
)
# the service's own default
_LEAST_CONFIDENCE = 50.0


def moderation_labels(nudity: float, request: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The ModerationLabels of a picture whose score of nudity is known, 0 to 1."""
    confidence = nudity * 100
    if confidence < request.get("MinConfidence", _LEAST_CONFIDENCE):
        return []
    # the category of the service's list that the score is nearest to; no model tells its members
    return [{"Name": "Explicit", "ParentName": "", "Confidence": confidence, "TaxonomyLevel": 1}]


def detect_moderation_labels(nudity: float, request: Mapping[str, Any], version: str) -> Reply:
    """The answer of DetectModerationLabels; `version` is that of the model."""
    LOG.info("looked for nudity only; not examined: %s", ", ".join(NOT_EXAMINED))
    labels = moderation_labels(nudity, request)
    answer = {"ModerationLabels": labels, "ModerationModelVersion": version}
    return Reply(answer, not_examined_header())


def not_examined_header() -> dict[str, str]:
    """The header that goes along with every answer about moderation."""
    return {HEADER: ", ".join(NOT_EXAMINED)}


def check_request(request: Mapping[str, Any]) -> None:
    """Raises InvalidParameterException for what nothing here can answer."""
    for name in ("HumanLoopConfig", "ProjectVersion"):
        if name in request:
            text = f"{name} is not part of the local analysis"
            raise ServiceError("InvalidParameterException", text)

"""DetectModerationLabels: nudity, which is all that a model here looks for."""

import logging
from collections.abc import Mapping
from typing import Any

from analysis.faults import ServiceError

LOG = logging.getLogger(__name__)

# the service's categories of the first level
EXAMINED = ("Explicit",)
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
    [name] = EXAMINED
    return [{"Name": name, "ParentName": "", "Confidence": confidence, "TaxonomyLevel": 1}]


def detect_moderation_labels(
    nudity: float, request: Mapping[str, Any], version: str
) -> dict[str, Any]:
    """The answer of DetectModerationLabels; `version` is that of the model."""
    LOG.info("looked for nudity only; not examined: %s", ", ".join(NOT_EXAMINED))
    labels = moderation_labels(nudity, request)
    return {"ModerationLabels": labels, "ModerationModelVersion": version}


def check_request(request: Mapping[str, Any]) -> None:
    """Raises InvalidParameterException for what nothing here can answer."""
    for name in ("HumanLoopConfig", "ProjectVersion"):
        if name in request:
            text = f"{name} is not part of the local analysis"
            raise ServiceError("InvalidParameterException", text)

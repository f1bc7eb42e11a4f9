"""Shots and technical cues, which are measured to the frame."""

from collections.abc import Mapping, Sequence
from typing import Any

from findings.model import Finding, Span
from findings.sightings import members, surest

Segment = Mapping[str, Any]

# type of a cue -> as a person would write it
_CUES: Mapping[str, str] = {
    "ColorBars": "color bars",
    "EndCredits": "end credits",
    "BlackFrames": "black frames",
    "OpeningCredits": "opening credits",
    "StudioLogo": "studio logo",
    "Slate": "slate",
    "Content": "content",
}


def read_when(metadata: Mapping[str, Sequence[Segment]]) -> tuple[Finding, ...]:
    shots = members(metadata.get("shotDetection", ()), "Segments")
    cues: dict[str, list[Segment]] = {}
    for one in members(metadata.get("technicalCueDetection", ()), "Segments"):
        cues.setdefault(one["TechnicalCueSegment"]["Type"], []).append(one)
    return (
        *(_finding("shot", f"Shot {number}", [one]) for number, one in enumerate(shots, 1)),
        *(_finding("cue", _CUES.get(kind, kind), ones) for kind, ones in cues.items()),
    )


def _finding(kind: str, name: str, segments: Sequence[Segment]) -> Finding:
    parts = [one.get("ShotSegment") or one.get("TechnicalCueSegment") or {} for one in segments]
    return Finding(
        kind,
        name,
        confidence=surest(one.get("Confidence") for one in parts),
        spans=tuple(
            Span(one["StartTimestampMillis"], one["EndTimestampMillis"]) for one in segments
        ),
    )

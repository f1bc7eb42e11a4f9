"""Shots and technical cues of a video, from what its frames are.

A segment ends with its last frame, and its duration is the way from the first to the last one, as
in the service's own answers. Times and frames are those of the video; nothing is rounded but a
time, down to a millisecond.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from analysis.media.scan import Scan
from analysis.rekognition.timecodes import timecode

# a difference at which a change is taken for a cut, and one at which it is beyond doubt
LEAST_CHANGE, _SURE_CHANGE = 10.0, 30.0
_SURE = 100.0
# the service's own defaults; as in its answers, a pause between frames of a fade is none
BLACK_LEVEL, BLACK_SHARE = 0.2, 99.0
_LEAST_BLACK_MS = 100
LEAST_CONFIDENCE = 50.0
SHOTS_VERSION = "ffmpeg-scdet"
CUES_VERSION = "ffmpeg-blackdetect"


@dataclass(frozen=True)
class Span:
    """Frames from `first` to `last`, what they are, and how sure that is, 50 to 100."""

    first: int
    last: int
    kind: str
    confidence: float


@dataclass(frozen=True)
class Credits:
    """Writing on a dark ground from one time to another, in milliseconds; kind as in a cue."""

    start_ms: int
    end_ms: int
    kind: str
    confidence: float


def shots(scan: Scan, rate: Fraction, least: float = LEAST_CONFIDENCE) -> list[dict[str, Any]]:
    """ShotSegments, numbered from 0; those that are less sure than `least` are left out.

    A shot is as sure as the less sure of the cuts around it; the video's own ends are certain.
    """
    starts = [(0, _SURE), *((frame, _certainty(score)) for frame, score in scan.changes)]
    ends = [(frame - 1, sure) for frame, sure in starts[1:]] + [(len(scan.times) - 1, _SURE)]
    found = []
    for index, ((first, begins), (last, stops)) in enumerate(zip(starts, ends, strict=True)):
        confidence = min(begins, stops)
        if confidence >= least:
            shot = {"Index": index, "Confidence": confidence}
            found.append({**_place(scan, rate, first, last, "SHOT"), "ShotSegment": shot})
    return found


def technical_cues(
    scan: Scan,
    rate: Fraction,
    credits_found: Iterable[Credits] = (),
    least: float = LEAST_CONFIDENCE,
) -> list[dict[str, Any]]:
    """TechnicalCueSegments: black frames, credits, and all the rest, which is content."""
    rolls = [_on_frames(scan, one) for one in credits_found]
    black = [
        Span(first, last, "BlackFrames", _SURE)
        for run in scan.black
        for first, last in _without(run, rolls)
        if scan.times[last] - scan.times[first] >= _LEAST_BLACK_MS
    ]
    marked = sorted([*rolls, *black], key=lambda span: span.first)
    content = [
        Span(first, last, "Content", _SURE)
        for first, last in _without((0, len(scan.times) - 1), marked)
    ]
    spans = sorted([*marked, *content], key=lambda span: span.first)
    return [
        {
            **_place(scan, rate, span.first, span.last, "TECHNICAL_CUE"),
            "TechnicalCueSegment": {"Type": span.kind, "Confidence": span.confidence},
        }
        for span in spans
        if span.confidence >= least
    ]


def _certainty(score: float) -> float:
    part = (score - LEAST_CHANGE) / (_SURE_CHANGE - LEAST_CHANGE)
    return min(_SURE, LEAST_CONFIDENCE + part * (_SURE - LEAST_CONFIDENCE))


def _place(scan: Scan, rate: Fraction, first: int, last: int, kind: str) -> dict[str, Any]:
    start, end = scan.times[first], scan.times[last]
    return {
        "Type": kind,
        "StartTimestampMillis": start,
        "EndTimestampMillis": end,
        "DurationMillis": end - start,
        "StartTimecodeSMPTE": timecode(first, rate),
        "EndTimecodeSMPTE": timecode(last, rate),
        "DurationSMPTE": timecode(last - first, rate),
        "StartFrameNumber": first,
        "EndFrameNumber": last,
        "DurationFrames": last - first,
    }


def _on_frames(scan: Scan, one: Credits) -> Span:
    """Credits are seen at a few moments only: they reach to a cut or a black border nearby."""
    first, last = scan.frame_at(one.start_ms), scan.frame_at(one.end_ms)
    ends = len(scan.times) - 1
    borders = [0, *(frame for frame, _ in scan.changes), *(run[0] for run in scan.black)]
    stops = [*(frame - 1 for frame, _ in scan.changes), *(run[1] for run in scan.black), ends]
    near = one.end_ms - one.start_ms
    before = [b for b in borders if b <= first and one.start_ms - scan.times[b] <= near]
    after = [s for s in stops if s >= last and scan.times[s] - one.end_ms <= near]
    return Span(max(before, default=first), min(after, default=last), one.kind, one.confidence)


def _without(run: tuple[int, int], spans: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """The parts of a run of frames that lie in none of the spans."""
    first, last = run
    for span in sorted(spans, key=lambda span: span.first):
        if span.first > first:
            yield first, min(span.first - 1, last)
        first = max(first, span.last + 1)
        if first > last:
            return
    if first <= last:
        yield first, last


def limits(request: Mapping[str, Any]) -> tuple[float, float, float, float]:
    """From a request: least confidence of shots and of cues, level (0 to 1) and share of black."""
    filters = request.get("Filters", {})
    cues, of_shots = filters.get("TechnicalCueFilter", {}), filters.get("ShotFilter", {})
    black = cues.get("BlackFrame", {})
    return (
        of_shots.get("MinSegmentConfidence", LEAST_CONFIDENCE),
        cues.get("MinSegmentConfidence", LEAST_CONFIDENCE),
        black.get("MaxPixelThreshold", BLACK_LEVEL),
        black.get("MinCoveragePercentage", BLACK_SHARE) / 100,
    )

"""When something was seen: single sightings become spans, and keep the gaps between them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from findings.model import Span

# how often jobs look, in milliseconds (docs/local-analysis.md); others look once a second
_EVERY_MS: Mapping[str, int] = {"faceDetection": 500, "labelDetection": 500}
_ONCE_A_SECOND_MS = 1_000
# the frame of a moment lies a little before or after it, and a whole moment that is missed is a gap
_TOLERANCE = 1.5


@dataclass(frozen=True)
class Sampling:
    """frame_ms: from one frame of the video to the next; no job looks more often than that."""

    frame_ms: float = 0.0

    def reach(self, operator: str) -> float:
        """Up to how many milliseconds lie between two sightings of one span."""
        return _TOLERANCE * max(_EVERY_MS.get(operator, _ONCE_A_SECOND_MS), self.frame_ms)


def sampling(tracks: Iterable[Mapping[str, Any]]) -> Sampling:
    """tracks: of Mediainfo, of which a video has a frame rate."""
    pictures = (one for one in tracks if one.get("track_type") == "Video")
    rates = [float(one["frame_rate"]) for one in pictures if one.get("frame_rate")]
    return Sampling(1_000 / rates[0]) if rates and rates[0] > 0 else Sampling()


def spans(times: Iterable[int], reach: float) -> tuple[Span, ...]:
    """Spans of sightings, two of which belong together when they are at most ``reach`` apart."""
    found: list[Span] = []
    for time in sorted(set(times)):
        if found and time - found[-1].end <= reach:
            found[-1] = Span(found[-1].start, time)
        else:
            found.append(Span(time, time))
    return tuple(found)


def is_within(time: int, among: Sequence[Span]) -> bool:
    return any(span.start <= time <= span.end for span in among)

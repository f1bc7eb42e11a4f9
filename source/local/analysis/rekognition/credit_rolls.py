"""Credits, guessed: a heuristic, not a model.

Opening credits are writing on a dark ground in the first minutes of a video, end credits in its
last ones: several lines or words, second after second. Credits over a picture are not found, and
a dark slide with much text is taken for credits.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.rekognition.segments import Credits
from analysis.rekognition.video_source import Memory, Video

if TYPE_CHECKING:
    from analysis.pictures import Picture
    from analysis.vision.texts import Line

_EVERY_MS = 1_000
# the part of a video at either end, in milliseconds, and at most of its length
_OPENING_MS, _ENDING_MS, _PART = 120_000, 300_000, 3
# of 255: how dark a pixel of the ground is; and how much of the picture is so dark
_DARK, _DARK_SHARE = 50, 0.7
_LEAST_LINES, _LEAST_WORDS = 2, 4
# moments with writing that make credits, and how long they may be interrupted
_LEAST_MOMENTS, _GAP_MS = 3, 2_500

Read = Callable[["Picture"], list["Line"]]


@dataclass(frozen=True)
class Moment:
    """A sampled frame, and whether it looks like credits."""

    time_ms: int
    written: bool


def find_credits(video: Video, read: Read) -> list[Credits]:
    """Credits of a video, in the order of time."""
    length = video.facts.duration_ms
    if length is None:
        return []
    opening = min(_OPENING_MS, length // _PART)
    ending = max(length - _ENDING_MS, length - length // _PART)
    return [
        *runs(_moments(video, read, (0, opening)), "OpeningCredits"),
        *runs(_moments(video, read, (ending, length)), "EndCredits"),
    ]


def runs(moments: Iterable[Moment], kind: str) -> Iterator[Credits]:
    """Runs of moments with writing; a run is as sure as the share of its moments that have it."""
    run: list[Moment] = []
    for moment in moments:
        if run and moment.time_ms - _last_written(run) > _GAP_MS:
            yield from _credits(run, kind)
            run = []
        if run or moment.written:
            run.append(moment)
    yield from _credits(run, kind)


def _last_written(run: list[Moment]) -> int:
    return next(moment.time_ms for moment in reversed(run) if moment.written)


def _credits(run: list[Moment], kind: str) -> Iterator[Credits]:
    written = [moment for moment in run if moment.written]
    if len(written) < _LEAST_MOMENTS:
        return
    start, end = written[0].time_ms, written[-1].time_ms
    within = sum(moment.time_ms <= end for moment in run)
    yield Credits(start, end, kind, 100 * len(written) / within)


def _moments(video: Video, read: Read, between: tuple[int, int]) -> Iterator[Moment]:
    memory, written = Memory(), False
    for time, picture in video.frames(_EVERY_MS, between):
        if memory.is_new(picture):
            written = _is_dark(picture) and _is_written(read(picture))
        yield Moment(time, written)


def _is_dark(picture: "Picture") -> bool:
    dark = (picture.pixels[::4, ::4].max(axis=2) < _DARK).mean()
    return bool(dark >= _DARK_SHARE)


def _is_written(lines: "list[Line]") -> bool:
    return len(lines) >= _LEAST_LINES or sum(len(line.words) for line in lines) >= _LEAST_WORDS

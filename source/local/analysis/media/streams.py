"""Frames and sound of a file, as they are decoded: never the whole file in memory."""

import math
import queue
import re
import select
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import IO, TYPE_CHECKING

from analysis.media.facts import LONGEST_SECONDS, MediaFacts, probe
from analysis.media.ffmpeg import Input, running
from analysis.media.refusals import MediaRefused

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from analysis.pictures import Picture

# a decoder that says nothing for so long, in seconds, is given up
_SILENCE = 120
# processor time, in seconds, for a second of media, and for whatever its length
_EFFORT, _LEAST_EFFORT = 8, 300
_BASE = re.compile(r"config in time_base: (\d+)/(\d+)")
_SHOWN = re.compile(r"\] n: *\d+ pts: *(-?\d+|NOPTS) ")
_CHUNK_SECONDS = 10


def frames(
    path: Path,
    every_ms: int,
    *,
    side: int = 1_280,
    facts: MediaFacts | None = None,
    between: tuple[int, int] = (0, LONGEST_SECONDS * 1_000),
) -> Iterator[tuple[int, "Picture"]]:
    """Frames at an interval: the first of each `every_ms`, with its own time in milliseconds.

    The picture is upright and scaled down so that its longer side has at most `side` pixels. A
    time is the frame's, counted from the beginning of the file, rounded down. facts: what `probe`
    said, if it has been asked already. between: only those from one time to another, in
    milliseconds. Raises MediaRefused.
    """
    known = facts or probe(path)
    if not known.has_video:
        raise MediaRefused("The file has no video track")
    width, height = _fit(known.width, known.height, side)
    step = f"{every_ms}/1000"
    start, end = between
    # times are counted from where reading begins; a thousandth keeps a frame that lies on the
    # border of an interval from falling before it
    turn, before = (
        f"floor(({t}+{start / 1_000 + 0.001:.3f})/({step}))" for t in ("t", "prev_selected_t")
    )
    choose = f"select='isnan(prev_selected_t)+gt({turn},{before})'"
    graph = f"{choose},showinfo=checksum=0,scale={width}:{height}:flags=area,format=rgb24"
    output = ["-map", "0:V:0", "-an", "-sn", "-dn", "-vf", graph, "-fps_mode", "passthrough"]
    raw = ["-t", f"{(end - start) / 1_000:.3f}", "-f", "rawvideo", "pipe:1"]
    source = Input(path, ("-ss", f"{start / 1_000:.3f}") if start else ())
    clock = _Clock(start)
    with running(
        [*source.arguments(), *output, *raw], cpu_seconds=effort(known), hear=clock.hear
    ) as one:
        count = 0
        while (pixels := _read(one.output, width * height * 3)) is not None:
            count += 1
            yield clock.next(), _picture(pixels, width, height)
        one.check()
    if not count and not start:
        raise MediaRefused("The file is damaged: not one frame of its video can be read")


def audio(
    path: Path, rate: int = 16_000, *, track: int = 0, channel: int | None = None
) -> Iterator["NDArray[np.float32]"]:
    """The sound of one track in chunks of at most ten seconds: mono, -1 to 1, `rate` a second.

    It counts from the beginning of the file, as the frames do: where a track begins later, or has
    a gap, there is silence. track: which audio track, from 0. channel: that one alone; all are
    mixed without it. Raises MediaRefused, also when there is no such track.
    """
    import numpy as np

    known = probe(path)
    if track >= len(known.audio_tracks):
        raise MediaRefused("The file has no audio track" if track == 0 else f"No track {track}")
    channels = known.audio_tracks[track].channels
    if channel is not None and channel >= channels:
        raise MediaRefused(f"The audio track has no channel {channel}, it has {channels}")
    pan = [f"pan=mono|c0=c{channel}"] if channel is not None else []
    # of some containers ffmpeg counts from the beginning of the track that is read, of all of them
    # with the file's own clock; the second filter counts in samples of what comes in
    filters = [
        *pan,
        f"aresample={rate}",
        f"aresample=async=1:first_pts={round(known.begins * rate)}",
    ]
    output = ["-map", f"0:a:{track}", "-vn", "-sn", "-dn", "-ac", "1", "-ar", str(rate)]
    until = known.begins + LONGEST_SECONDS
    raw = ["-af", ",".join(filters), "-t", f"{until:.3f}", "-f", "f32le", "pipe:1"]
    size = rate * _CHUNK_SECONDS * 4
    source = Input(path, ("-copyts",))
    with running([*source.arguments(), *output, *raw], cpu_seconds=effort(known)) as one:
        while chunk := _read_some(one.output, size):
            yield np.frombuffer(chunk[: len(chunk) // 4 * 4], "<f4").astype(np.float32)
        one.check()


class _Clock:
    """The times of the frames that ffmpeg shows, in the order in which they come out."""

    def __init__(self, start_ms: int) -> None:
        self._start = start_ms
        self._base = Fraction(0)
        # ffmpeg is ahead by what a pipe holds only, so that this stays short
        self._times: queue.SimpleQueue[int] = queue.SimpleQueue()

    def hear(self, line: str) -> None:
        base = _BASE.search(line)
        if base:
            self._base = Fraction(int(base[1]), int(base[2]))
            return
        shown = _SHOWN.search(line)
        if shown:
            ticks = 0 if shown[1] == "NOPTS" else int(shown[1])
            self._times.put(max(0, math.floor(ticks * self._base * 1_000) + self._start))

    def next(self) -> int:
        try:
            return self._times.get(timeout=_SILENCE)
        except queue.Empty as error:
            raise MediaRefused("The time of a frame cannot be read") from error


def _fit(width: int, height: int, side: int) -> tuple[int, int]:
    scale = min(1.0, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def effort(facts: MediaFacts) -> float:
    """Seconds of processor time that decoding may take."""
    seconds = (facts.duration_ms or LONGEST_SECONDS * 1_000) / 1_000
    return _LEAST_EFFORT + _EFFORT * seconds


def _picture(pixels: bytes, width: int, height: int) -> "Picture":
    import numpy as np

    from analysis.pictures import Picture

    return Picture(np.frombuffer(pixels, np.uint8).reshape(height, width, 3))


def _read(source: IO[bytes], size: int) -> bytes | None:
    """Exactly `size` bytes, or None at the end; half a frame at the end is none."""
    data = _read_some(source, size)
    return data if len(data) == size else None


def _read_some(source: IO[bytes], size: int) -> bytes:
    """At most `size` bytes, less only at the end."""
    parts: list[bytes] = []
    while size:
        ready, _, _ = select.select([source], [], [], _SILENCE)
        if not ready:
            raise MediaRefused("The file takes too long to decode")
        part = source.read1(min(size, 1 << 20))  # type: ignore[attr-defined]
        if not part:
            break
        parts.append(part)
        size -= len(part)
    return b"".join(parts)

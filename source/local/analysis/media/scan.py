"""Every frame of a video, looked at by ffmpeg alone: when it is shown, how much it differs from
the one before it, and whether it is black."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from analysis.media.facts import LONGEST_SECONDS, MediaFacts
from analysis.media.ffmpeg import Input, running
from analysis.media.refusals import MediaRefused
from analysis.media.streams import effort

# differences are measured on a small picture, where noise does not count
_WIDTH = 320
_FRAME = re.compile(rb"frame:\d+ +pts:(-?\d+|NOPTS) ")
_SCORE = b"lavfi.scd.score="
_BLACK_START, _BLACK_END = b"lavfi.black_start=", b"lavfi.black_end="


@dataclass(frozen=True)
class Scan:
    """What the frames of a video are; the first one has the number 0.

    `times` are milliseconds by frame, rounded down. `changes` are frames that differ from the one
    before by at least what was asked for, with that difference, 0 to 100. `black` are runs of
    black frames, first and last.
    """

    times: "array[int]" = field(default_factory=lambda: array("q"))
    changes: list[tuple[int, float]] = field(default_factory=list)
    black: list[tuple[int, int]] = field(default_factory=list)

    def frame_at(self, time_ms: int) -> int:
        """The frame that is shown at a time: the first at or after it, or the last."""
        return min(bisect_left(self.times, time_ms), len(self.times) - 1)


def scan(
    path: Path,
    facts: MediaFacts,
    *,
    least_change: float,
    black_level: float,
    black_share: float,
    go_on: Callable[[], None],
) -> Scan:
    """Look at every frame of a file whose `facts` were probed.

    black_level: the lightest black, as part of the range of luminance, 0 to 1. black_share: the
    part of a black frame that has to be black, 0 to 1. go_on: is called now and then, and may
    raise to end it. Raises MediaRefused.
    """
    # black is looked for in the whole picture: small light writing would vanish in a smaller one
    graph = (
        f"settb=AVTB,blackdetect=d=0:pic_th={black_share:f}:pix_th={black_level:f},"
        f"scale={_WIDTH}:-2:flags=area,scdet=t=100,metadata=print:file=-"
    )
    output = ["-map", "0:V:0", "-an", "-sn", "-dn", "-vf", graph, "-fps_mode", "passthrough"]
    rest = ["-t", str(LONGEST_SECONDS), "-f", "null", "-"]
    found = Scan()
    begun: int | None = None
    with running([*Input(path).arguments(), *output, *rest], cpu_seconds=effort(facts)) as one:
        for line in _lines(one.output, go_on, found):
            number = len(found.times) - 1
            if line.startswith(_SCORE):
                score = float(line.removeprefix(_SCORE))
                if score >= least_change and number > 0:
                    found.changes.append((number, score))
            elif line.startswith(_BLACK_START):
                begun = number
            elif line.startswith(_BLACK_END) and begun is not None:
                found.black.append((begun, number - 1))
                begun = None
        one.check()
    if not found.times:
        raise MediaRefused("The file is damaged: not one frame of its video can be read")
    if begun is not None:
        found.black.append((begun, len(found.times) - 1))
    return found


def _lines(output: Iterator[bytes], go_on: Callable[[], None], found: Scan) -> Iterator[bytes]:
    """The lines that say something of a frame; a line that begins one adds its time."""
    for line in output:
        frame = _FRAME.match(line)
        if frame is None:
            yield line
            continue
        if len(found.times) % 256 == 0:
            go_on()
        last = found.times[-1] if found.times else 0
        found.times.append(last if frame[1] == b"NOPTS" else max(0, int(frame[1]) // 1_000))

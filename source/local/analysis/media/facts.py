"""What a media file is: read from what ffmpeg says of it, and of its first frame."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from analysis.media.ffmpeg import Input, run_ffmpeg
from analysis.media.refusals import MediaRefused

# the longest video that the services take, in seconds, and the most pixels of a frame: 8192 × 4320
LONGEST_SECONDS = 6 * 3_600
_MOST_PIXELS = 8_192 * 4_320
_SECONDS = 60
# the names of containers that people know; any other one goes by ffmpeg's own
_FORMATS = {
    "mov": "QuickTime / MOV",
    "matroska": "Matroska / WebM",
    "avi": "AVI (Audio Video Interleaved)",
}


@dataclass(frozen=True)
class AudioTrack:
    """One audio track; `sample_rate` in hertz."""

    codec: str
    sample_rate: int
    channels: int


@dataclass(frozen=True)
class MediaFacts:
    """A media file. Without a video track `codec` is "", sizes are 0 and `frame_rate` is None.

    `duration_ms` is what the container says, to 10 ms, None when it says nothing. `width` and
    `height` are those of the upright picture; `rotation` is by how many degrees, counter-clockwise,
    a player turns the stored one. `color_range` is FULL, LIMITED or None. `begins` is what the
    file's own clock says at its beginning, in seconds.
    """

    duration_ms: int | None
    format: str
    codec: str
    width: int
    height: int
    frame_rate: Fraction | None
    rotation: int
    color_range: str | None
    audio_tracks: Sequence[AudioTrack]
    begins: float = 0.0

    @property
    def has_video(self) -> bool:
        return self.frame_rate is not None


_FORMAT = re.compile(r"Input #0, (?P<names>\S+), from ")
_DURATION = re.compile(r"  Duration: (\d+):(\d\d):(\d\d)\.(\d\d)")
_BEGINS = re.compile(r"  Duration: [^,]*, start: (-?\d+\.\d+)")
_STREAM = re.compile(r"\s+Stream #0:\d+[^:]*: (?P<kind>Video|Audio): (?P<facts>.*)")
_ROTATION = re.compile(r"\s+displaymatrix: rotation of (-?[\d.]+) degrees")
_RATE = re.compile(r"config in time_base: \S+ frame_rate: (\d+)/(\d+)")
_FRAME = re.compile(r" n: *0 pts: .* s:(\d+)x(\d+) ")


def probe(path: Path) -> MediaFacts:
    """What a file is.

    Raises MediaRefused when it is no video and no sound, is damaged so that its beginning cannot
    be read, lasts longer than LONGEST_SECONDS, or has too large frames.
    """
    lines = _say(path)
    facts = _read(lines)
    if facts.duration_ms is not None and facts.duration_ms > LONGEST_SECONDS * 1_000:
        raise MediaRefused(f"The file lasts longer than {LONGEST_SECONDS // 3_600} hours")
    if facts.width * facts.height > _MOST_PIXELS:
        size = f"{facts.width} × {facts.height}"
        raise MediaRefused(f"The video is too large: {size} pixels, at most {_MOST_PIXELS} in all")
    if not facts.has_video and not facts.audio_tracks:
        raise MediaRefused("The file has neither picture nor sound")
    return facts


def _say(path: Path) -> list[str]:
    """What ffmpeg says of a file while it decodes the first frame of picture and sound."""
    arguments = ["-map", "0:V:0?", "-map", "0:a:0?", "-frames:v", "1", "-frames:a", "1"]
    show = ["-vf", "showinfo=checksum=0", "-f", "null", "-"]
    lines: list[str] = []
    run_ffmpeg([*arguments, *show], seconds=_SECONDS, inputs=[Input(path)], hear=lines.append)
    return lines


def _read(lines: Sequence[str]) -> MediaFacts:
    # what follows is said of the output
    end = next((i for i, line in enumerate(lines) if line.startswith("Stream mapping")), len(lines))
    told, shown = lines[:end], lines[end:]
    streams = [(m["kind"], m["facts"]) for m in map(_STREAM.match, told) if m]
    pictures = [facts for kind, facts in streams if kind == "Video" and "attached pic" not in facts]
    names = _first(_FORMAT, told)
    name = names[0].split(",")[0] if names else ""
    video = pictures[0] if pictures else ""
    rate, size, turn = _first(_RATE, shown), _first(_FRAME, shown), _first(_ROTATION, told)
    if pictures and size is None:
        raise MediaRefused("The file is damaged: not one frame of its video can be read")
    return MediaFacts(
        duration_ms=_duration(told),
        format=_FORMATS.get(name, name),
        codec=re.split(r"[ ,]", video)[0],
        width=int(size[0]) if size else 0,
        height=int(size[1]) if size else 0,
        frame_rate=Fraction(int(rate[0]), int(rate[1])) if rate and size else None,
        rotation=round(float(turn[0])) % 360 if turn else 0,
        color_range=_color_range(video),
        audio_tracks=[_audio(facts) for kind, facts in streams if kind == "Audio"],
        begins=_begins(told, name, bool(pictures)),
    )


def _first(pattern: re.Pattern[str], lines: Sequence[str]) -> Sequence[str] | None:
    return next((match.groups() for match in map(pattern.search, lines) if match), None)


def _duration(lines: Sequence[str]) -> int | None:
    found = _first(_DURATION, lines)
    if found is None:
        return None
    hours, minutes, seconds, hundredths = map(int, found)
    return ((hours * 60 + minutes) * 60 + seconds) * 1_000 + hundredths * 10


def _begins(lines: Sequence[str], container: str, has_video: bool) -> float:
    found = _first(_BEGINS, lines)
    if found is None or (container == "mov" and not has_video):
        # sound alone in a file of this kind has the silence before it as an edit list
        return 0.0
    return float(found[0])


def _color_range(video: str) -> str | None:
    """From the pixel format, such as `yuv420p(tv, bt709, progressive)`."""
    if re.search(r"\bpc\b", video) or "yuvj" in video:
        return "FULL"
    return "LIMITED" if re.search(r"\btv\b", video) else None


def _audio(facts: str) -> AudioTrack:
    """From a line such as `aac (LC) (mp4a / 0x6134706D), 44100 Hz, stereo, fltp, 65 kb/s`."""
    rate = re.search(r"(\d+) Hz", facts)
    layout = re.search(r"Hz, ([^,(]+)", facts)
    return AudioTrack(
        codec=re.split(r"[ ,]", facts)[0],
        sample_rate=int(rate[1]) if rate else 0,
        channels=_channels(layout[1].strip() if layout else ""),
    )


def _channels(layout: str) -> int:
    """How many channels a layout has: `mono`, `stereo`, `5.1`, `7.1`, `3 channels`."""
    named = {"mono": 1, "stereo": 2, "downmix": 2, "quad": 4, "hexagonal": 6, "octagonal": 8}
    if layout in named:
        return named[layout]
    counted = re.match(r"(\d+) channels", layout)
    if counted:
        return int(counted[1])
    # 5.1 and 7.1.4: each number counts channels of one kind
    return sum(int(number) for number in re.findall(r"\d+", layout))

"""The playlists of an HLS group: what ffmpeg wrote, with the names that the files get in S3."""

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from analysis.mediaconvert.plan import Output

_DURATION = re.compile(r"#EXTINF:([\d.]+)")
_RESOLUTION = re.compile(r",?RESOLUTION=\d+x\d+")


def finish(outputs: Sequence[Output], folder: Path) -> None:
    """Put the final names into the playlists of a group's outputs, and write its master playlist.

    The master playlist is `<number of the first output>.group`.
    """
    variants: list[str] = []
    for output in outputs:
        playlist = folder / f"{output.number}.m3u8"
        playlist.write_text(_renamed(output, playlist.read_text("utf-8")), "utf-8")
        master = folder / f"{output.number}.master"
        variants += _variant(output, master.read_text("utf-8"))
        master.unlink()
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-INDEPENDENT-SEGMENTS", *variants]
    (folder / f"{outputs[0].number}.group").write_text("\n".join(lines) + "\n", "utf-8")


def duration_ms(playlist: Path) -> int:
    """How long a stream lasts."""
    seconds = sum(map(float, _DURATION.findall(playlist.read_text("utf-8"))))
    return round(seconds * 1_000)


def _variant(output: Output, master: str) -> list[str]:
    """The two lines of a master playlist that name one stream."""
    lines = _renamed(output, master).splitlines()
    place = next(i for i, line in enumerate(lines) if line.startswith("#EXT-X-STREAM-INF"))
    line = lines[place]
    if output.group.get("StreamInfResolution") == "EXCLUDE":
        line = _RESOLUTION.sub("", line)
    return [line, lines[place + 1]]


def _renamed(output: Output, text: str) -> str:
    """Lines that name a file; a name in a playlist is a URI."""
    return (
        "\n".join(
            line if line.startswith("#") or not line else quote(output.key(line).rpartition("/")[2])
            for line in text.splitlines()
        )
        + "\n"
    )

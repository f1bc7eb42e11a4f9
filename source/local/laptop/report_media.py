"""What the report shows of an asset: the medium as a browser plays it, and pictures of a video."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from findings.medium import given_media
from laptop.runs import Engine
from report.media import LARGEST_EMBEDDED, KeyFrame, Media

Location = Mapping[str, str]

# what browsers show or play, by the end of the name
_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
}
# the copy that Thumbnail makes plays everywhere
_SHOWN = ("ProxyEncode", "Video", "Image", "Audio")


def read_media(engine: Engine, execution: Mapping[str, Any], page: Path) -> Media | None:
    """None where there is nothing to show. What is too large for the page lies beside it."""
    available = {**given_media(execution), **execution["Globals"]["Media"]}
    kinds = _SHOWN if "Video" in given_media(execution) else tuple(given_media(execution))
    places = (available[kind] for kind in kinds if kind in available)
    place = next((one for one in places if _type(one)), None)
    if place is None:
        return None
    beside = page.with_suffix(Path(place["S3Key"]).suffix.lower())
    beside.unlink(missing_ok=True)
    if not engine.download(place, beside):
        return None
    frames = tuple(_key_frames(engine, execution, page))
    if beside.stat().st_size > LARGEST_EMBEDDED:
        return Media(_type(place), beside=beside.name, key_frames=frames)
    content = beside.read_bytes()
    beside.unlink()
    return Media(_type(place), content, key_frames=frames)


def _type(place: Location) -> str:
    return _TYPES.get(Path(place["S3Key"]).suffix.lower(), "")


def _key_frames(engine: Engine, execution: Mapping[str, Any], page: Path) -> Iterator[KeyFrame]:
    """The last picture that Thumbnail has made, which is not the first frame."""
    for output in _outputs(execution):
        place, seconds = output.get("Media", {}).get("Thumbnail"), _position(output)
        if place is None or seconds is None:
            continue
        scratch = page.with_suffix(".frame")
        if engine.download(place, scratch):
            yield KeyFrame(seconds * 1_000, scratch.read_bytes(), "image/jpeg")
            scratch.unlink()


def _outputs(execution: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for stage in execution["Workflow"]["Stages"].values():
        yield from stage.get("Outputs", [])


def _position(output: Mapping[str, Any]) -> int | None:
    """In seconds; None where the configuration does not say it."""
    position = output.get("Configuration", {}).get("ThumbnailPosition")
    return int(position) if str(position or "").isdigit() else None

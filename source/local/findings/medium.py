"""What was analysed, and the facts of the file as a person would write them."""

from collections.abc import Mapping, Sequence
from typing import Any

from findings.model import Medium
from findings.sightings import members

Track = Mapping[str, Any]

# media as the engine names them -> as a person does
WORDS: Mapping[str, str] = {
    "Image": "picture",
    "Video": "video",
    "Audio": "sound file",
    "Text": "text",
}
_KINDS = ("Video", "Image", "Audio", "Text")
_ON_ITS_SIDE = (90, 270)
_ROUNDED_TO_ONE = 0.9995
_SIZES = ((10**9, "GB"), (10**6, "MB"), (10**3, "KB"))


def tracks_of(metadata: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Track]:
    """As Mediainfo has read them; the first is of the file as a whole."""
    pages = metadata.get("Mediainfo") or metadata.get("MediainfoImage") or ()
    return members(pages, "tracks")


def given_media(execution: Mapping[str, Any]) -> Mapping[str, Any]:
    """The media with which an execution began; operators add others."""
    workflow = execution["Workflow"]
    first = workflow["Stages"][workflow["StartAt"]]
    media: Mapping[str, Any] = first.get("Input", execution["Globals"]).get("Media", {})
    return media


def read_medium(execution: Mapping[str, Any], tracks: Sequence[Track]) -> Medium:
    media = given_media(execution)
    kind = next((one for one in _KINDS if one in media), next(iter(media), "Text"))
    name = media.get(kind, {}).get("S3Key", "").rpartition("/")[2]
    duration = next((one["duration"] for one in tracks if one.get("duration")), None)
    return Medium(kind, name, None if duration is None else round(float(duration)), _facts(tracks))


def _facts(tracks: Sequence[Track]) -> tuple[str, ...]:
    told: list[str] = []
    for track in tracks:
        told.extend(_OF_TRACK.get(track.get("track_type", ""), lambda _: [])(track))
    return tuple(told)


def _of_file(track: Track) -> list[str]:
    size = track.get("file_size")
    facts = [str(track["format"])] if track.get("format") else []
    return [*facts, written_size(int(size))] if size else facts


def _of_picture(track: Track) -> list[str]:
    facts = []
    if track.get("width") and track.get("height"):
        sides = (track["width"], track["height"])
        turned = round(float(track.get("rotation") or 0)) in _ON_ITS_SIDE
        across, down = reversed(sides) if turned else sides
        facts.append(f"{across} × {down} pixels")
    if track.get("frame_rate"):
        facts.append(f"{float(track['frame_rate']):g} frames per second")
    return facts


def _of_sound(track: Track) -> list[str]:
    channels = int(track.get("channel_s") or 0)
    how = {1: "mono", 2: "stereo"}.get(channels, f"{channels} channels")
    rate = track.get("sampling_rate")
    facts = [how] if channels else []
    if rate:
        facts.append(f"{float(rate) / 1_000:g} kHz")
    return [f"sound in {' '.join(facts)}"] if facts else ["sound"]


_OF_TRACK = {"General": _of_file, "Video": _of_picture, "Image": _of_picture, "Audio": _of_sound}


def written_size(size: int) -> str:
    for unit, name in _SIZES:
        count = size / unit
        # what would be rounded to 1,000 of a unit is one of the next
        if count >= _ROUNDED_TO_ONE:
            return f"{count:,.0f} {name}" if count >= 100 else f"{count:.3g} {name}"
    return f"{size} bytes"

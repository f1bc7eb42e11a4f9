"""What operators found, in words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

_MOST_LINES = 12


def describe(metadata: Mapping[str, Sequence[Any]]) -> list[str]:
    """Lines for a person; metadata: operator -> the pages of its result.

    Operators that are not known here are named, so that nothing that was stored goes unsaid.
    """
    lines: list[str] = []
    for operator, describe_pages in _WORDS.items():
        if operator in metadata:
            lines.extend(describe_pages(metadata[operator]))
    others = sorted(set(metadata) - set(_WORDS))
    if others:
        lines.append(f"Also stored: {', '.join(others)}")
    return lines


def told_first(operators: Iterable[str]) -> list[str]:
    """The operators in the order in which their findings are told."""
    order = [*_WORDS]
    return sorted(
        operators, key=lambda one: (order.index(one) if one in order else len(order), one)
    )


def skipped(execution: Mapping[str, Any]) -> list[str]:
    """A line for every operator of an ended execution that did not work, and why."""
    given = execution["Globals"]["Media"]
    return [
        f"Skipped: {output['Name']}, because {_reason(stage, output['Name'], given)}"
        for stage in execution["Workflow"]["Stages"].values()
        for output in stage.get("Outputs", [])
        if output["Status"] == "Skipped"
    ]


def _reason(stage: Mapping[str, Any], operator: str, given: Mapping[str, Any]) -> str:
    configuration = stage["Configuration"].get(operator, {})
    media_type = configuration.get("MediaType", "MetadataOnly")
    if configuration.get("Enabled") is False:
        return "its configuration switches it off"
    if media_type not in (*given, "MetadataOnly"):
        return f"it works on {media_type} and there is none"
    return "it had nothing to do"


def _faces(pages: Sequence[Any]) -> list[str]:
    faces = [face for page in pages for face in page.get("FaceDetails", [])]
    return _section("Faces", [_face(one) for one in faces])


def _face(face: Mapping[str, Any]) -> str:
    words = []
    if "AgeRange" in face:
        words.append(f"about {face['AgeRange']['Low']} to {face['AgeRange']['High']} years old")
    if "Gender" in face:
        words.append(f"{face['Gender']['Value'].lower()} {_percent(face['Gender'])}")
    if face.get("Emotions"):
        strongest = max(face["Emotions"], key=lambda one: one["Confidence"])
        words.append(f"{strongest['Type'].lower()} {_percent(strongest)}")
    place = _place(face["BoundingBox"])
    return f"{place}: {', '.join(words)}" if words else f"{place} {_percent(face)}"


def _labels(pages: Sequence[Any]) -> list[str]:
    labels = [label for page in pages for label in page.get("Labels", [])]
    return _section("Objects", [_label(one) for one in labels])


def _label(label: Mapping[str, Any]) -> str:
    count = len(label.get("Instances", []))
    times = f" × {count}" if count > 1 else ""
    return f"{label['Name']}{times} {_percent(label)}"


def _texts(pages: Sequence[Any]) -> list[str]:
    texts = [text for page in pages for text in page.get("TextDetections", [])]
    lines = [one for one in texts if one["Type"] == "LINE"]
    return _section("Text", [f"“{one['DetectedText']}” {_percent(one)}" for one in lines])


def _media(pages: Sequence[Any]) -> list[str]:
    tracks = [track for page in pages for track in page.get("tracks", [])]
    told = [f"  {words}" for one in tracks if (words := _track(one))]
    return ["Media:", *told] if told else ["Media: nothing is known"]


def _track(track: Mapping[str, Any]) -> str:
    facts = [write(track[key]) for key, write in _FACTS.items() if track.get(key)]
    kind = track.get("track_type", "Track")
    return f"{_TRACKS.get(kind, kind)}: {', '.join(facts)}" if facts else ""


# what libmediainfo calls the file as a whole
_TRACKS = {"General": "File"}
# property of a track -> how it is told
_FACTS: dict[str, Callable[[Any], str]] = {
    "format": str,
    "width": lambda pixels: f"{pixels} pixels wide",
    "height": lambda pixels: f"{pixels} high",
    # milliseconds
    "duration": lambda time: f"{float(time) / 1000:.1f} seconds",
    "frame_rate": lambda rate: f"{float(rate):g} frames per second",
    "channel_s": lambda count: f"{count} channels" if int(count) > 1 else "1 channel",
    "sampling_rate": lambda rate: f"{int(float(rate)):,} Hz",
    "file_size": lambda size: f"{int(size):,} bytes",
}


# store key of an operator -> what to say of its pages
_WORDS: dict[str, Callable[[Sequence[Any]], list[str]]] = {
    "faceDetection": _faces,
    "labelDetection": _labels,
    "textDetection": _texts,
    "MediainfoImage": _media,
    "Mediainfo": _media,
}


def _section(title: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return [f"{title}: none found"]
    more = len(lines) - _MOST_LINES
    rest = [f"  … and {more} more"] if more > 0 else []
    return [f"{title}: {len(lines)}", *(f"  {one}" for one in lines[:_MOST_LINES]), *rest]


def _place(box: Mapping[str, float]) -> str:
    """Where in the picture the middle of a box is."""
    across = box["Left"] + box["Width"] / 2
    down = box["Top"] + box["Height"] / 2
    side = "left" if across < 1 / 3 else "right" if across > 2 / 3 else "center"
    height = "top" if down < 1 / 3 else "bottom" if down > 2 / 3 else "middle"
    return f"{height} {side}"


def _percent(found: Mapping[str, Any]) -> str:
    return f"({found['Confidence']:.0f} %)"

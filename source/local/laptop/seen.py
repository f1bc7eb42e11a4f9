"""What was seen in a picture or in a video, and the facts of the file, in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from laptop.sections import clock, percent, section


def faces(pages: Sequence[Any]) -> list[str]:
    if any("Faces" in page for page in pages):
        return _faces_in_time([one for page in pages for one in page.get("Faces", [])])
    found = [face for page in pages for face in page.get("FaceDetails", [])]
    return section("Faces", [_face(one) for one in found])


def _faces_in_time(found: Sequence[Mapping[str, Any]]) -> list[str]:
    times = [one["Timestamp"] for one in found]
    if not times:
        return ["Faces: none found"]
    most = max(times.count(one) for one in set(times))
    return [f"Faces: from {clock(min(times))} to {clock(max(times))}, at most {most} at once"]


def _face(face: Mapping[str, Any]) -> str:
    words = []
    if "AgeRange" in face:
        words.append(f"about {face['AgeRange']['Low']} to {face['AgeRange']['High']} years old")
    if "Gender" in face:
        words.append(f"{face['Gender']['Value'].lower()} {percent(face['Gender'])}")
    if face.get("Emotions"):
        strongest = max(face["Emotions"], key=lambda one: one["Confidence"])
        words.append(f"{strongest['Type'].lower()} {percent(strongest)}")
    place = _place(face["BoundingBox"])
    return f"{place}: {', '.join(words)}" if words else f"{place} {percent(face)}"


def _place(box: Mapping[str, float]) -> str:
    """Where in the picture the middle of a box is."""
    across = box["Left"] + box["Width"] / 2
    down = box["Top"] + box["Height"] / 2
    side = "left" if across < 1 / 3 else "right" if across > 2 / 3 else "center"
    height = "top" if down < 1 / 3 else "bottom" if down > 2 / 3 else "middle"
    return f"{height} {side}"


def labels(pages: Sequence[Any]) -> list[str]:
    found = [label for page in pages for label in page.get("Labels", [])]
    if any("Timestamp" in one for one in found):
        return section("Objects", _in_time(found, "Label", "Name"))
    return section("Objects", [_label(one) for one in found])


def _label(label: Mapping[str, Any]) -> str:
    count = len(label.get("Instances", []))
    times = f" × {count}" if count > 1 else ""
    return f"{label['Name']}{times} {percent(label)}"


def texts(pages: Sequence[Any]) -> list[str]:
    found = [text for page in pages for text in page.get("TextDetections", [])]
    lines = [one for one in found if one.get("TextDetection", one)["Type"] == "LINE"]
    if any("Timestamp" in one for one in lines):
        return section("Text", _in_time(lines, "TextDetection", "DetectedText", "“{}”"))
    return section("Text", [f"“{one['DetectedText']}” {percent(one)}" for one in lines])


def celebrities(pages: Sequence[Any]) -> list[str]:
    """Whom the user has made known; a picture's have no time."""
    in_pictures = [one["Name"] for page in pages for one in page.get("CelebrityFaces", [])]
    found = [one for page in pages for one in page.get("Celebrities", [])]
    return section("Celebrities", [*in_pictures, *_in_time(found, "Celebrity", "Name")])


def moderation(pages: Sequence[Any]) -> list[str]:
    found = [one for page in pages for one in page.get("ModerationLabels", [])]
    if any("Timestamp" in one for one in found):
        return section("Moderation", _in_time(found, "ModerationLabel", "Name"))
    return section("Moderation", [f"{one['Name']} {percent(one)}" for one in found])


def segments(title: str) -> Callable[[Sequence[Any]], list[str]]:
    """Of shots, and of cues, which have a type."""

    def tell(pages: Sequence[Any]) -> list[str]:
        found = [one for page in pages for one in page.get("Segments", [])]
        return section(title, [_segment(one) for one in found])

    return tell


def _segment(found: Mapping[str, Any]) -> str:
    times = f"{clock(found['StartTimestampMillis'])} to {clock(found['EndTimestampMillis'])}"
    kind = found.get("TechnicalCueSegment", {}).get("Type")
    return f"{kind} {times}" if kind else times


def _in_time(
    found: Sequence[Mapping[str, Any]], member: str, name: str, written: str = "{}"
) -> Iterator[str]:
    """A line for each name: from when to when it is seen, and how sure that is at best."""
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for one in found:
        by_name.setdefault(one[member][name], []).append(one)
    for called, ones in by_name.items():
        times = [one["Timestamp"] for one in ones]
        first, last = clock(min(times)), clock(max(times))
        when = f"at {first}" if first == last else f"{first} to {last}"
        surest = max((one[member] for one in ones), key=lambda one: one.get("Confidence", 0))
        yield f"{written.format(called)} {when} {percent(surest)}"


def media(pages: Sequence[Any]) -> list[str]:
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

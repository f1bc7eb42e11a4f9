"""DetectText: lines and their words as TextDetection structures."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analysis.rekognition import limits
from analysis.rekognition.geometry import Frame, box_around

if TYPE_CHECKING:
    from analysis.vision.texts import Line, Text

MODEL_VERSION = "rapidocr-3.10.0"
# the service's own default
_LEAST_CONFIDENCE = 80.0


def detect_text(
    request: Mapping[str, Any], lines: Sequence["Line"], frame: Frame
) -> dict[str, Any]:
    """The answer of DetectText: first the lines, then the words, each with the Id of its line."""
    filters = request.get("Filters", {})
    found: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    for line in lines:
        if line.whole.score * 100 < _least_confidence(filters):
            continue
        kept = [
            detection
            for word in line.words
            if _passes(detection := _detection(word, "WORD", frame), filters)
        ][: limits.MOST_WORDS - len(words)]
        if kept:
            words += [{**word, "ParentId": len(found)} for word in kept]
            found.append({**_detection(line.whole, "LINE", frame), "Id": len(found)})
    numbered = [{**word, "Id": len(found) + index} for index, word in enumerate(words)]
    return {"TextDetections": [*found, *numbered], "TextModelVersion": MODEL_VERSION}


def _detection(text: "Text", kind: str, frame: Frame) -> dict[str, Any]:
    polygon = frame.polygon(text.corners)
    return {
        "DetectedText": text.text,
        "Type": kind,
        "Confidence": text.score * 100,
        "Geometry": {"BoundingBox": box_around(polygon), "Polygon": polygon},
    }


def _passes(word: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
    limits = filters.get("WordFilter", {})
    box = word["Geometry"]["BoundingBox"]
    return (
        word["Confidence"] >= _least_confidence(filters)
        and box["Height"] >= limits.get("MinBoundingBoxHeight", 0)
        and box["Width"] >= limits.get("MinBoundingBoxWidth", 0)
        and _is_in_region(box, filters.get("RegionsOfInterest", ()))
    )


def _least_confidence(filters: Mapping[str, Any]) -> float:
    least: float = filters.get("WordFilter", {}).get("MinConfidence", _LEAST_CONFIDENCE)
    return least


def _is_in_region(box: Mapping[str, float], regions: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the middle of a word lies in one of the regions; without any, everything does."""
    x, y = box["Left"] + box["Width"] / 2, box["Top"] + box["Height"] / 2
    return not regions or any(
        _is_in_polygon(x, y, region.get("Polygon") or _corners(region.get("BoundingBox", {})))
        for region in regions
    )


def _corners(box: Mapping[str, float]) -> list[dict[str, float]]:
    left, top = box.get("Left", 0.0), box.get("Top", 0.0)
    right, bottom = left + box.get("Width", 0.0), top + box.get("Height", 0.0)
    return [
        {"X": x, "Y": y} for x, y in ((left, top), (right, top), (right, bottom), (left, bottom))
    ]


def _is_in_polygon(x: float, y: float, polygon: Sequence[Mapping[str, float]]) -> bool:
    """A ray to the right crosses the outline an odd number of times from inside."""
    inside = False
    for first, second in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        x1, y1 = first.get("X", 0.0), first.get("Y", 0.0)
        x2, y2 = second.get("X", 0.0), second.get("Y", 0.0)
        if (y1 > y) != (y2 > y) and x < x1 + (x2 - x1) * (y - y1) / (y2 - y1):
            inside = not inside
    return inside

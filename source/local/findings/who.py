"""Who is to be seen: faces, persons that are known, celebrities."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from findings.model import Box, Finding
from findings.sightings import Sighting, box_of, gather, members, sights_of
from findings.times import Sampling

Document = Mapping[str, Any]
Pages = Sequence[Document]

FACE = "Face"
_GROWN_UP_YEARS = 18
# emotion of Rekognition -> how somebody looks
_LOOKS: Mapping[str, str] = {
    "HAPPY": "happy",
    "SAD": "sad",
    "ANGRY": "angry",
    "CONFUSED": "confused",
    "DISGUSTED": "disgusted",
    "SURPRISED": "surprised",
    "CALM": "calm",
    "FEAR": "afraid",
}
# what is less likely than not is not said
_LEAST_CONFIDENCE = 50.0


def read_who(metadata: Mapping[str, Pages], sampling: Sampling) -> tuple[Finding, ...]:
    """Those with names first, then faces without."""
    named = [
        *_celebrities(metadata.get("celebrityRecognition", ()), sampling),
        *_known(metadata.get("faceSearch", ()), sampling),
    ]
    return (*named, *_faces(metadata, sampling))


def _celebrities(pages: Pages, sampling: Sampling) -> tuple[Finding, ...]:
    in_pictures = (
        _named(one["Name"], None, one.get("MatchConfidence"), one.get("Face", {}))
        for one in members(pages, "CelebrityFaces")
    )
    in_time = (
        _named(
            one["Celebrity"]["Name"],
            one["Timestamp"],
            one["Celebrity"].get("Confidence"),
            one["Celebrity"].get("Face") or one["Celebrity"],
        )
        for one in members(pages, "Celebrities")
    )
    return gather("celebrity", (*in_pictures, *in_time), sampling.reach("celebrityRecognition"))


def _known(pages: Pages, sampling: Sampling) -> tuple[Finding, ...]:
    """Faces of a collection, by the names that they have there."""
    searched = next((page.get("SearchedFaceBoundingBox") for page in pages), None)
    face = {"BoundingBox": searched}
    in_pictures = (
        _named(name, None, match.get("Similarity"), face)
        for match in members(pages, "FaceMatches")
        if (name := _name_of(match))
    )
    in_time = (
        _named(name, one["Timestamp"], match.get("Similarity"), one["Person"].get("Face", {}))
        for one in members(pages, "Persons")
        for match in (one.get("FaceMatches") or ())[:1]
        if (name := _name_of(match))
    )
    return gather("face", (*in_pictures, *in_time), sampling.reach("faceSearch"))


def _name_of(match: Document) -> str:
    """An ExternalImageId cannot have spaces, for which ``_`` stands."""
    return str(match["Face"].get("ExternalImageId", "")).replace("_", " ")


def _named(name: str, at: int | None, confidence: float | None, face: Document) -> Sighting:
    return Sighting(name, at, confidence, sights_of(face.get("BoundingBox"), at, confidence))


def _faces(metadata: Mapping[str, Pages], sampling: Sampling) -> tuple[Finding, ...]:
    pages = metadata.get("faceDetection", ())
    in_picture = sorted(members(pages, "FaceDetails"), key=_size, reverse=True)
    if in_picture:
        return tuple(_face(one) for one in in_picture)
    detected = [(one["Timestamp"], one["Face"]) for one in members(pages, "Faces")]
    if detected:
        return _in_time(detected, sampling.reach("faceDetection"))
    searched = [
        (one["Timestamp"], one["Person"]["Face"])
        for one in members(metadata.get("faceSearch", ()), "Persons")
        if one["Person"].get("Face") and not one.get("FaceMatches")
    ]
    return _in_time(searched, sampling.reach("faceSearch"))


def _size(face: Document) -> float:
    return float(face["BoundingBox"]["Width"] * face["BoundingBox"]["Height"])


def _face(face: Document) -> Finding:
    """One of a picture."""
    details = (_gender(face), _age([face]), _look(face), _place(box_of(face["BoundingBox"])))
    return Finding(
        "face",
        FACE,
        tuple(one for one in details if one),
        face.get("Confidence"),
        sights=sights_of(face["BoundingBox"], None, face.get("Confidence")),
    )


def _in_time(seen: Sequence[tuple[int, Document]], reach: float) -> tuple[Finding, ...]:
    """All faces of a video as one: whose they are is not known from one moment to the next."""
    found = gather(
        "face", (_named(FACE, at, face.get("Confidence"), face) for at, face in seen), reach
    )
    if not found or found[0].count > 1:
        return found
    return (replace(found[0], details=_agreed([face for _, face in seen])),)


def _agreed(faces: Sequence[Document]) -> tuple[str, ...]:
    """What is said of one face, as far as all its pictures say the same."""
    genders = {_gender(face) for face in faces}
    gender = genders.pop() if len(genders) == 1 else ""
    return tuple(one for one in (gender, _age(faces)) if one)


def _gender(face: Document) -> str:
    value = str(face.get("Gender", {}).get("Value", ""))
    grown_up, child = _words_of(value)
    ages = face.get("AgeRange")
    if ages is None or ages["Low"] >= _GROWN_UP_YEARS:
        return grown_up
    return child if ages["High"] < _GROWN_UP_YEARS else value.lower()


def _words_of(gender: str) -> tuple[str, str]:
    return {"Female": ("woman", "girl"), "Male": ("man", "boy")}.get(gender, ("", ""))


def _age(faces: Iterable[Document]) -> str:
    """The middle one of the ranges of one face; nothing where one picture has none."""
    ranges = [face.get("AgeRange") for face in faces]
    known = sorted((one["Low"], one["High"]) for one in ranges if one)
    if not known or len(known) < len(ranges):
        return ""
    low, high = known[len(known) // 2]
    return f"about {low}–{high}"


def _look(face: Document) -> str:
    if face.get("Smile", {}).get("Value"):
        return "smiling"
    strongest = max(face.get("Emotions") or [{}], key=lambda one: one.get("Confidence", 0))
    sure = strongest.get("Confidence", 0) >= _LEAST_CONFIDENCE
    return _LOOKS.get(strongest["Type"], "") if sure else ""


def _place(box: Box) -> str:
    """Where in the picture the middle of a box is."""
    across, down = box.left + box.width / 2, box.top + box.height / 2
    side = "left" if across < 1 / 3 else "right" if across > 2 / 3 else ""
    height = "top" if down < 1 / 3 else "bottom" if down > 2 / 3 else ""
    return " ".join(one for one in (height, side) if one) or "middle"

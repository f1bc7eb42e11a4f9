"""Findings in pictures and videos: the answers of Rekognition (specification 5.4, operators 5.5).

A video's finding is wrapped ({"Timestamp": ms, "Label": {…}}), a picture's is flat; both become
the same flat document.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from fields import FACE_ATTRIBUTES, number
from items import Json, listed, nested, picked, without, words

_FACE = (
    "BoundingBox",
    "AgeRange",
    *FACE_ATTRIBUTES,
    "Gender",
    "Emotions",
    "Confidence",
)
# The frame in whose pixels a data file says where its labels are.
_FRAME = {"Width": 1280, "Left": 1280, "Height": 720, "Top": 720}


def labels(page: Json) -> Iterator[Json]:
    for item in listed(page, "Labels"):
        label = nested(item, "Label")
        lifted = picked(label, ("Name", "Confidence", "Categories", "Aliases"))
        found = {**without(item, "Label"), **lifted}
        # readers count them
        lists = {key: [*listed({**item, **label}, key)] for key in ("Instances", "Parents")}
        yield {**found, **lists}


def data_file_labels(page: Json) -> Iterator[Json]:
    """Labels of GenericDataLookup: confidences from 0 to 1, boxes in pixels."""
    for label in labels(page):
        confidence = _percent(label)
        instances = [
            {
                **without(one, "BoundingBox"),
                **_percent(one),
                **_in_frame(nested(one, "BoundingBox")),
            }
            for one in label["Instances"]
        ]
        yield {**label, **confidence, "Instances": instances}


def _percent(item: Mapping[str, Any]) -> Json:
    share = number(item.get("Confidence"))
    return {} if share is None else {"Confidence": share * 100}


def _in_frame(box: Json) -> Json:
    """The box as shares of the frame; none when there is none."""
    sides = {key: number(value) for key, value in box.items() if key in _FRAME}
    shares = {key: side / _FRAME[key] for key, side in sides.items() if side is not None}
    return {"BoundingBox": shares} if shares else {}


def celebrities(page: Json) -> Iterator[Json]:
    for item in listed(page, "Celebrities"):
        celebrity = nested(item, "Celebrity")
        face = picked(nested(celebrity, "Face"), ("BoundingBox",))
        urls = celebrity.get("Urls")
        url = {"URL": urls[0]} if isinstance(urls, list) and urls else {}
        whole = picked(celebrity, ("Name", "Confidence", "BoundingBox"))
        yield {**without(item, "Celebrity"), **face, **whole, **url}
    for item in listed(page, "CelebrityFaces"):
        face = picked(nested(item, "Face"), ("Confidence", "BoundingBox"))
        yield {**without(item, "Face"), **face}


def moderation(page: Json) -> Iterator[Json]:
    for item in listed(page, "ModerationLabels"):
        label = nested(item, "ModerationLabel")
        lifted = picked(label, ("Name", "ParentName", "Confidence", "TaxonomyLevel"))
        yield {**without(item, "ModerationLabel"), **lifted}


def faces(page: Json) -> Iterator[Json]:
    for item in listed(page, "Faces"):
        yield {**without(item, "Face"), **picked(nested(item, "Face"), _FACE)}
    yield from listed(page, "FaceDetails")


def face_words(face: Json) -> str:
    """What can be said of a face: the attributes that hold, its gender and likeliest emotion."""
    holding = [name for name in FACE_ATTRIBUTES if nested(face, name).get("Value") is True]
    emotions = sorted(
        listed(face, "Emotions"), key=lambda one: number(one.get("Confidence")) or 0, reverse=True
    )
    likeliest = [one.get("Type") for one in emotions[:1]]
    return words(nested(face, "Gender").get("Value"), *holding, *likeliest)


def persons(page: Json) -> Iterator[Json]:
    """Persons on their way through a video."""
    for item in listed(page, "Persons"):
        yield {**without(item, "Person", "FaceMatches"), **_person(nested(item, "Person"))}


def known_persons(page: Json) -> Iterator[Json]:
    """Persons of a video, or the one face of a picture, and the known faces like it."""
    for item in listed(page, "Persons"):
        yield {
            **without(item, "Person", "FaceMatches"),
            **_person(nested(item, "Person")),
            **_known(item),
        }
    if "SearchedFaceBoundingBox" in page or "FaceMatches" in page:
        renamed = {
            "FaceBoundingBox": page.get("SearchedFaceBoundingBox"),
            "Confidence": page.get("SearchedFaceConfidence"),
        }
        yield {**picked(renamed, renamed), **_known(page)}


def _person(person: Json) -> Json:
    face = nested(person, "Face")
    renamed = {
        "PersonIndex": person.get("Index"),
        "PersonBoundingBox": person.get("BoundingBox"),
        "FaceBoundingBox": face.get("BoundingBox"),
        "FaceLandmarks": face.get("Landmarks"),
        "FacePose": face.get("Pose"),
        "FaceQuality": face.get("Quality"),
        "Confidence": face.get("Confidence"),
    }
    return picked(renamed, renamed)


def _known(item: Json) -> Json:
    """All known faces that are like one, and the likest in fields of its own."""
    matches = sorted(
        (
            {
                **picked(nested(one, "Face"), ("FaceId", "ImageId", "ExternalImageId")),
                **picked(nested(one, "Face"), ("BoundingBox",)),
                **picked(one, ("Similarity",)),
            }
            for one in listed(item, "FaceMatches")
        ),
        key=lambda one: number(one.get("Similarity")) or 0,
        reverse=True,
    )
    if not matches:
        return {"ContainsKnownFace": False}
    likest = {
        "KnownFaceSimilarity": matches[0].get("Similarity"),
        "MatchingKnownFaceId": matches[0].get("FaceId"),
        "KnownFaceBoundingBox": matches[0].get("BoundingBox"),
        "ImageId": matches[0].get("ImageId"),
        "Name": matches[0].get("ExternalImageId"),
    }
    return {"ContainsKnownFace": True, "KnownFaces": matches, **picked(likest, likest)}


def texts(page: Json) -> Iterator[Json]:
    for item in listed(page, "TextDetections"):
        text = nested(item, "TextDetection")
        if not text:
            yield item
            continue
        box = picked(nested(text, "Geometry"), ("BoundingBox",))
        yield {**without(text, "Geometry"), **picked(item, ("Timestamp",)), **box}


def shots(page: Json) -> Iterator[Json]:
    for item in listed(page, "Segments"):
        shot = picked(nested(item, "ShotSegment"), ("Confidence", "Index"))
        yield {**_segment(without(item, "ShotSegment")), **shot}


def technical_cues(page: Json) -> Iterator[Json]:
    for item in listed(page, "Segments"):
        cue = picked(nested(item, "TechnicalCueSegment"), ("Confidence", "Type"))
        yield {**_segment(without(item, "TechnicalCueSegment")), **cue}


def _segment(item: Json) -> Json:
    renamed = {
        "StartTimestamp": item.get("StartTimestampMillis"),
        "EndTimestamp": item.get("EndTimestampMillis"),
    }
    return {
        **without(item, "StartTimestampMillis", "EndTimestampMillis"),
        **picked(renamed, renamed),
    }


def tracks(page: Json) -> Iterator[Json]:
    return listed(page, "tracks")

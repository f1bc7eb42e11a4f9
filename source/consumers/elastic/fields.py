"""The fields of search documents: one table says how they are searched and which values fit.

Documents of a kind differ from picture to video, from user to user, and from what older writers
stored (numbers as texts, '' for a box that is not there). A value that does not fit its field
would make the endpoint refuse the whole document, so it is brought into shape or left out here.
Fields that are not in the table are kept and shown, and not searched: documents of users cannot
make the table grow.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Json = dict[str, Any]

_LONGEST_TERM = 8_191  # characters; Lucene takes 32,766 bytes
_KEYWORD: Json = {"type": "keyword", "ignore_above": _LONGEST_TERM}
# exact, and also under the name that clients aggregate by
_ID: Json = {**_KEYWORD, "fields": {"keyword": _KEYWORD}}
# words, and the whole under the name that clients aggregate by
_NAME: Json = {"type": "text", "fields": {"keyword": _KEYWORD}}
_TEXT: Json = {"type": "text"}
_NUMBER: Json = {"type": "float"}
_WHOLE: Json = {"type": "long"}
_SWITCH: Json = {"type": "boolean"}


def _object(**properties: Json) -> Json:
    return {"properties": properties}


_BOX = _object(Width=_NUMBER, Height=_NUMBER, Left=_NUMBER, Top=_NUMBER)
_POINT = {"X": _NUMBER, "Y": _NUMBER}
_ATTRIBUTE = _object(Value=_SWITCH, Confidence=_NUMBER)
_NAMED = _object(Name=_NAME)
_LANDMARK = _object(Type=_KEYWORD, **_POINT)
_POSE = _object(Roll=_NUMBER, Yaw=_NUMBER, Pitch=_NUMBER)
_QUALITY = _object(Brightness=_NUMBER, Sharpness=_NUMBER)
# what is true or not of a face
FACE_ATTRIBUTES = (
    "Smile",
    "Eyeglasses",
    "Sunglasses",
    "Beard",
    "Mustache",
    "EyesOpen",
    "MouthOpen",
    "FaceOccluded",
)

PROPERTIES: Mapping[str, Json] = {
    # of all documents
    "AssetId": _ID,
    "Operator": _ID,
    "OperatorName": _KEYWORD,
    "Workflow": _ID,
    "workflow": _KEYWORD,
    "Version": _KEYWORD,
    "Position": _WHOLE,
    "Name": _NAME,
    "Text": _TEXT,
    "Confidence": _NUMBER,
    "Timestamp": _WHOLE,
    "StartMs": _WHOLE,
    "EndMs": _WHOLE,
    # pictures and videos
    "Type": _KEYWORD,
    "Id": _KEYWORD,
    "ParentId": _KEYWORD,
    "Index": _WHOLE,
    "BoundingBox": _BOX,
    "Geometry": _object(BoundingBox=_BOX, Polygon=_object(**_POINT)),
    "DetectedText": _NAME,
    "Instances": _object(BoundingBox=_BOX, Confidence=_NUMBER),
    "Parents": _NAMED,
    "Aliases": _NAMED,
    "Categories": _NAMED,
    "ParentName": _NAME,
    "URL": _KEYWORD,
    "Urls": _KEYWORD,
    "MatchConfidence": _NUMBER,
    "StartTimestamp": _WHOLE,
    "EndTimestamp": _WHOLE,
    "StartTimestampMillis": _WHOLE,
    "EndTimestampMillis": _WHOLE,
    "DurationMillis": _WHOLE,
    # faces and persons
    **dict.fromkeys(FACE_ATTRIBUTES, _ATTRIBUTE),
    "Gender": _object(Value=_KEYWORD, Confidence=_NUMBER),
    "AgeRange": _object(Low=_WHOLE, High=_WHOLE),
    "Emotions": _object(Type=_KEYWORD, Confidence=_NUMBER),
    "Landmarks": _LANDMARK,
    "Pose": _POSE,
    "Quality": _QUALITY,
    "PersonIndex": _WHOLE,
    "PersonBoundingBox": _BOX,
    "FaceBoundingBox": _BOX,
    "FaceLandmarks": _LANDMARK,
    "FacePose": _POSE,
    "FaceQuality": _QUALITY,
    "ContainsKnownFace": _SWITCH,
    "KnownFaceSimilarity": _NUMBER,
    "MatchingKnownFaceId": _KEYWORD,
    "KnownFaceBoundingBox": _BOX,
    "ImageId": _KEYWORD,
    "KnownFaces": _object(
        FaceId=_KEYWORD,
        ImageId=_KEYWORD,
        ExternalImageId=_KEYWORD,
        Similarity=_NUMBER,
        BoundingBox=_BOX,
    ),
    # speech and language
    "transcript": _TEXT,
    "content": _NAME,
    "confidence": _NUMBER,
    "type": _KEYWORD,
    "start_time": _WHOLE,
    "end_time": _WHOLE,
    "speaker_label": _KEYWORD,
    "caption": _TEXT,
    "sourceCaption": _TEXT,
    "start": _NUMBER,
    "end": _NUMBER,
    "LanguageCode": _KEYWORD,
    "TranslatedText": _TEXT,
    "SourceLanguageCode": _KEYWORD,
    "TargetLanguageCode": _KEYWORD,
    "EntityText": _NAME,
    "EntityType": _KEYWORD,
    "PhraseText": _NAME,
    "BeginOffset": _WHOLE,
    "EndOffset": _WHOLE,
    "File": _KEYWORD,
    # facts of media files; a fact can be a number in one file and words in the next
    "track_type": _KEYWORD,
    "format": _NAME,
    "codec_id": _KEYWORD,
    "duration": _NUMBER,
    "width": _NUMBER,
    "height": _NUMBER,
    "frame_rate": _NUMBER,
    "bit_rate": _NUMBER,
    "overall_bit_rate": _NUMBER,
    "sampling_rate": _NUMBER,
    "file_size": {"type": "double"},
    "bit_depth": _NUMBER,
    "language": _KEYWORD,
    "title": _NAME,
}


def fit(document: Mapping[str, Any]) -> Json:
    """The document with every value as its field takes it; what cannot be is left out.

    Texts of numbers become numbers. Words in a field of numbers stay to be shown; the index is
    told to pass over them.
    """
    return _fit_object(document, PROPERTIES)


def number(value: Any) -> float | None:
    """A number, also one that was stored as text; None for everything else, NaN included."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _fit_object(value: Mapping[str, Any], properties: Mapping[str, Json]) -> Json:
    fitted = {}
    for key, one in value.items():
        # the endpoint would read a dot as a path into another field
        if not isinstance(key, str) or not key.strip() or "." in key:
            continue
        field = properties.get(key)
        shaped = one if field is None else _fit(one, field)
        if shaped is not None:
            fitted[key] = shaped
    return fitted


def _fit(value: Any, field: Json) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, str):
        shaped = [_fit_one(one, field) for one in value]
        return [one for one in shaped if one is not None]
    return _fit_one(value, field)


def _fit_one(value: Any, field: Json) -> Any:
    """A value of a field; None when it does not fit."""
    if "properties" in field:
        return _fit_object(value, field["properties"]) if isinstance(value, Mapping) else None
    return _SHAPES[field["type"]](value)


def _as_number(value: Any) -> Any:
    found = number(value)
    if found is not None:
        # a number of any kind keeps its kind
        return found if isinstance(value, str) else value
    return value if isinstance(value, str) and value.strip() else None


def _as_whole(value: Any) -> Any:
    found = number(value)
    # the bounds of the field's type
    return None if found is None or abs(found) >= 2**63 else round(found)


def _as_text(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) else None


def _as_switch(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else None


_SHAPES: Mapping[str, Callable[[Any], Any]] = {
    "float": _as_number,
    "double": _as_number,
    "long": _as_whole,
    "keyword": _as_text,
    "text": _as_text,
    "boolean": _as_switch,
}

"""What Amazon Rekognition can be asked: one row for each kind of detection (specification 5.2)."""

from dataclasses import dataclass

from detection_settings import (
    Check,
    Setting,
    matching,
    number,
    one_of,
    parts,
    single,
    some_of,
    whole,
)


@dataclass(frozen=True)
class Call:
    """A question about a picture, or one that starts a job about a video.

    method: of the SDK's client. settings: what of the configuration goes into the request.
    lists: what the answer, or the job's result, names its findings; stored though it is empty.
    segments: which segments a video is searched for. nothing: a part of the refusal that means
    that nothing was found.
    """

    method: str
    lists: tuple[str, ...]
    settings: tuple[Setting, ...] = ()
    segments: str = ""
    nothing: str = ""


@dataclass(frozen=True)
class Detection:
    """error_key: under which failures stand in the metadata. get: the method that asks for a job.

    picture: None where Rekognition only looks at videos.
    """

    error_key: str
    video: Call
    get: str
    picture: Call | None = None


def _setting(key: str, check: Check, *place: str, default: object = None) -> Setting:
    return Setting(key, check, place or (key,), default)


_PERCENT = number(0, 100)
# Rekognition finds no segments that it is less sure of (API reference, StartSegmentDetection)
_SEGMENT_PERCENT = number(50, 100)
_MIN_CONFIDENCE = _setting("MinConfidence", _PERCENT)
_WORD_CONFIDENCE = _setting("MinConfidence", _PERCENT, "Filters", "WordFilter", "MinConfidence")
_FACE_ATTRIBUTES = (
    "ALL",
    "DEFAULT",
    "AGE_RANGE",
    "BEARD",
    "EMOTIONS",
    "EYE_DIRECTION",
    "EYEGLASSES",
    "EYES_OPEN",
    "FACE_OCCLUDED",
    "GENDER",
    "MOUTH_OPEN",
    "MUSTACHE",
    "SMILE",
    "SUNGLASSES",
)
_COLLECTION = Setting(
    "CollectionId",
    matching(r"[a-zA-Z0-9_.\-]{1,255}", "a name of up to 255 letters, digits and _.-"),
    ("CollectionId",),
    needed="Collection Id is not defined",
)
_THRESHOLD = _setting("FaceMatchThreshold", _PERCENT)
_SHOT_FILTERS = parts(ShotFilter=parts(MinSegmentConfidence=_SEGMENT_PERCENT))
_CUE_FILTERS = parts(
    TechnicalCueFilter=parts(
        MinSegmentConfidence=_SEGMENT_PERCENT,
        BlackFrame=parts(MaxPixelThreshold=number(0, 1), MinCoveragePercentage=_PERCENT),
    )
)

CELEBRITIES = Detection(
    "CelebrityRecognitionError",
    Call("start_celebrity_recognition", ("Celebrities",)),
    "get_celebrity_recognition",
    Call("recognize_celebrities", ("CelebrityFaces", "UnrecognizedFaces")),
)
MODERATION = Detection(
    "ContentModerationError",
    Call("start_content_moderation", ("ModerationLabels",), (_MIN_CONFIDENCE,)),
    "get_content_moderation",
    Call("detect_moderation_labels", ("ModerationLabels",), (_MIN_CONFIDENCE,)),
)
# without ALL Rekognition leaves out age, gender, emotions and all that search shows of faces
FACES = Detection(
    "FaceDetectionError",
    Call(
        "start_face_detection",
        ("Faces",),
        (_setting("FaceAttributes", single(one_of("ALL", "DEFAULT")), default="ALL"),),
    ),
    "get_face_detection",
    Call(
        "detect_faces",
        ("FaceDetails",),
        (_setting("FaceAttributes", some_of(*_FACE_ATTRIBUTES), "Attributes", default="ALL"),),
    ),
)
FACE_SEARCH = Detection(
    "FaceSearchError",
    Call("start_face_search", ("Persons",), (_COLLECTION, _THRESHOLD)),
    "get_face_search",
    Call(
        "search_faces_by_image",
        ("FaceMatches",),
        (_COLLECTION, _THRESHOLD, _setting("MaxFaces", whole(1, 4096))),
        nothing="no faces in the image",
    ),
)
LABELS = Detection(
    "LabelDetectionError",
    Call("start_label_detection", ("Labels",), (_MIN_CONFIDENCE,)),
    "get_label_detection",
    Call(
        "detect_labels",
        ("Labels",),
        (_MIN_CONFIDENCE, _setting("MaxLabels", whole(1, 2**31 - 1))),
    ),
)
TEXT = Detection(
    "TextDetectionError",
    Call("start_text_detection", ("TextDetections",), (_WORD_CONFIDENCE,)),
    "get_text_detection",
    Call("detect_text", ("TextDetections",), (_WORD_CONFIDENCE,)),
)
SHOTS = Detection(
    "ShotDetectionError",
    Call(
        "start_segment_detection",
        ("Segments",),
        (_setting("Filters", _SHOT_FILTERS),),
        segments="SHOT",
    ),
    "get_segment_detection",
)
TECHNICAL_CUES = Detection(
    "TechnicalCueDetectionError",
    Call(
        "start_segment_detection",
        ("Segments",),
        (_setting("Filters", _CUE_FILTERS),),
        segments="TECHNICAL_CUE",
    ),
    "get_segment_detection",
)

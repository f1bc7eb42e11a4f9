"""The detections of the specification (operators 2, 3, 5.2), by which the tests are driven."""

from dataclasses import dataclass, field

BOX = {"Width": 0.25, "Height": 0.5, "Left": 0.1, "Top": 0.2}
VIDEO = {"Codec": "h264", "DurationMillis": 5000}


@dataclass(frozen=True)
class Case:
    """One kind of detection.

    entry: the handler's name without start_. check: that of the check. finding: one of a video;
    picture: the call and its answer. video_settings, picture_settings: what is asked by default.
    """

    entry: str
    check: str
    error_key: str
    start: str
    get: str
    lists: str
    finding: dict
    picture: tuple | None = None
    configuration: dict = field(default_factory=dict)
    video_settings: dict = field(default_factory=dict)
    picture_settings: dict = field(default_factory=dict)

    def results(self, *numbers, **more):
        """A page of a job's result; the numbers of its findings."""
        found = [{**self.finding, "Timestamp": one} for one in numbers]
        if self.lists == "Segments":
            found = [{**self.finding, "StartTimestampMillis": one} for one in numbers]
            return {"JobStatus": "SUCCEEDED", "VideoMetadata": [VIDEO], "Segments": found, **more}
        return {"JobStatus": "SUCCEEDED", "VideoMetadata": VIDEO, self.lists: found, **more}


LABEL = {
    "Name": "Person",
    "Confidence": 98.25,
    "Instances": [{"BoundingBox": BOX, "Confidence": 98.25}],
    "Parents": [],
}
FACE = {"BoundingBox": BOX, "Confidence": 99.5, "Smile": {"Value": True, "Confidence": 90.0}}
WORD = {
    "DetectedText": "STOP",
    "Type": "WORD",
    "Id": 0,
    "Confidence": 97.0,
    "Geometry": {"BoundingBox": BOX},
}
MODERATION = {"Name": "Smoking", "ParentName": "Drugs & Tobacco", "Confidence": 80.5}
COLLECTION = {"CollectionId": "known"}
MATCH = {"Similarity": 90.5, "Face": {"FaceId": "f", "ImageId": "i", "BoundingBox": BOX}}

# the name under which results are stored -> the detection
CASES = {
    "celebrityRecognition": Case(
        "celebrity_recognition",
        "check_celebrity_recognition_status",
        "CelebrityRecognitionError",
        "start_celebrity_recognition",
        "get_celebrity_recognition",
        "Celebrities",
        {"Celebrity": {"Name": "A", "Id": "1", "Urls": [], "Confidence": 90.5}},
        (
            "recognize_celebrities",
            {
                "CelebrityFaces": [{"Name": "A", "Id": "1", "Urls": [], "MatchConfidence": 99.0}],
                "UnrecognizedFaces": [],
            },
        ),
    ),
    "contentModeration": Case(
        "content_moderation",
        "check_content_moderation_status",
        "ContentModerationError",
        "start_content_moderation",
        "get_content_moderation",
        "ModerationLabels",
        {"ModerationLabel": MODERATION},
        ("detect_moderation_labels", {"ModerationLabels": [MODERATION]}),
    ),
    "faceDetection": Case(
        "face_detection",
        "check_face_detection_status",
        "FaceDetectionError",
        "start_face_detection",
        "get_face_detection",
        "Faces",
        {"Face": FACE},
        ("detect_faces", {"FaceDetails": [FACE]}),
        video_settings={"FaceAttributes": "ALL"},
        picture_settings={"Attributes": ["ALL"]},
    ),
    "faceSearch": Case(
        "face_search",
        "check_face_search_status",
        "FaceSearchError",
        "start_face_search",
        "get_face_search",
        "Persons",
        {"Person": {"Index": 0, "Face": {"BoundingBox": BOX}}, "FaceMatches": [MATCH]},
        (
            "search_faces_by_image",
            {
                "FaceMatches": [MATCH],
                "SearchedFaceBoundingBox": BOX,
                "SearchedFaceConfidence": 99.5,
            },
        ),
        COLLECTION,
        COLLECTION,
        COLLECTION,
    ),
    "labelDetection": Case(
        "label_detection",
        "check_label_detection_status",
        "LabelDetectionError",
        "start_label_detection",
        "get_label_detection",
        "Labels",
        {"Label": LABEL},
        ("detect_labels", {"Labels": [LABEL], "LabelModelVersion": "3.0"}),
    ),
    "textDetection": Case(
        "text_detection",
        "check_text_detection_status",
        "TextDetectionError",
        "start_text_detection",
        "get_text_detection",
        "TextDetections",
        {"TextDetection": WORD},
        ("detect_text", {"TextDetections": [WORD]}),
    ),
    "shotDetection": Case(
        "shot_detection",
        "check_shot_detection_status",
        "ShotDetectionError",
        "start_segment_detection",
        "get_segment_detection",
        "Segments",
        {"Type": "SHOT", "ShotSegment": {"Index": 0, "Confidence": 99.5}},
        video_settings={"SegmentTypes": ["SHOT"]},
    ),
    "technicalCueDetection": Case(
        "technical_cue_detection",
        "check_technical_cue_status",
        "TechnicalCueDetectionError",
        "start_segment_detection",
        "get_segment_detection",
        "Segments",
        {
            "Type": "TECHNICAL_CUE",
            "TechnicalCueSegment": {"Type": "BlackFrames", "Confidence": 99.5},
        },
        video_settings={"SegmentTypes": ["TECHNICAL_CUE"]},
    ),
}
PICTURE_CASES = {name: case for name, case in CASES.items() if case.picture}

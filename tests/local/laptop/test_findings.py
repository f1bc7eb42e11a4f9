import pytest

from laptop.findings import describe, skipped, told_first

FACE = {
    "BoundingBox": {"Left": 0.4, "Top": 0.1, "Width": 0.2, "Height": 0.2},
    "AgeRange": {"Low": 25, "High": 35},
    "Gender": {"Value": "Female", "Confidence": 97.2},
    "Emotions": [
        {"Type": "CALM", "Confidence": 12.0},
        {"Type": "HAPPY", "Confidence": 84.6},
    ],
    "Confidence": 99.9,
}


def told(**metadata):
    return "\n".join(describe(metadata))


def test_a_face_is_described_with_age_gender_and_the_strongest_emotion():
    text = told(faceDetection=[{"FaceDetails": [FACE]}])

    assert "Faces: 1" in text
    assert "25 to 35 years" in text
    assert "female (97 %)" in text
    assert "happy (85 %)" in text
    assert "calm" not in text


def test_faces_of_all_pages_are_counted():
    page = {"FaceDetails": [FACE, FACE]}

    assert "Faces: 4" in told(faceDetection=[page, page])


def test_objects_are_named_with_how_often_and_how_sure():
    box = {"BoundingBox": {}, "Confidence": 90.0}
    labels = [
        {"Name": "Person", "Confidence": 98.4, "Instances": [box, box]},
        {"Name": "Dog", "Confidence": 71.0, "Instances": [box]},
    ]

    text = told(labelDetection=[{"Labels": labels}])

    assert "Person × 2 (98 %)" in text
    assert "Dog (71 %)" in text


def test_lines_of_text_are_quoted_and_their_words_are_not_repeated():
    texts = [
        {"Type": "LINE", "DetectedText": "NO ENTRY", "Confidence": 88.0},
        {"Type": "WORD", "DetectedText": "NO", "Confidence": 90.0},
    ]

    assert told(textDetection=[{"TextDetections": texts}]) == "Text: 1\n  “NO ENTRY” (88 %)"


def test_it_is_said_when_an_operator_found_nothing():
    assert "Faces: none found" in told(faceDetection=[{"FaceDetails": []}])


def test_facts_of_a_video_have_units():
    tracks = [
        {"track_type": "General", "format": "MPEG-4", "duration": 2500, "file_size": 1234567},
        {"track_type": "Video", "format": "AVC", "width": 640, "height": 360, "frame_rate": "25.0"},
        {"track_type": "Audio", "format": "AAC", "channel_s": 2, "sampling_rate": 44100},
        {"track_type": "Menu"},
    ]

    assert describe({"Mediainfo": [{"tracks": tracks}]}) == [
        "Media:",
        "  File: MPEG-4, 2.5 seconds, 1,234,567 bytes",
        "  Video: AVC, 640 pixels wide, 360 high, 25 frames per second",
        "  Audio: AAC, 2 channels, 44,100 Hz",
    ]


def test_results_of_unknown_operators_are_named():
    assert "myOperator" in told(myOperator=[{"anything": 1}])


def test_nothing_stored_is_no_lines():
    assert describe({}) == []


def ended(configuration):
    stage = {
        "Configuration": {"transcribe": configuration},
        "Outputs": [
            {"Name": "faces", "Status": "Complete"},
            {"Name": "transcribe", "Status": "Skipped"},
        ],
    }
    # a stage that was not reached has no outputs
    stages = {"Analysis": stage, "Later": {"Configuration": {}}}
    return {"Globals": {"Media": {"Image": {}}}, "Workflow": {"Stages": stages}}


@pytest.mark.parametrize(
    ("configuration", "reason"),
    [
        ({"MediaType": "Video", "Enabled": False}, "its configuration switches it off"),
        ({"MediaType": "Video", "Enabled": True}, "it works on Video and there is none"),
        ({"MediaType": "Image", "Enabled": True}, "it had nothing to do"),
        ({"MediaType": "MetadataOnly", "Enabled": True}, "it had nothing to do"),
        ({}, "it had nothing to do"),
    ],
)
def test_it_is_said_why_an_operator_was_skipped(configuration, reason):
    assert skipped(ended(configuration)) == [f"Skipped: transcribe, because {reason}"]


def test_what_is_told_first_can_be_fetched_first():
    found = ["mine", "MediainfoImage", "labelDetection"]

    assert told_first(found) == ["labelDetection", "MediainfoImage", "mine"]

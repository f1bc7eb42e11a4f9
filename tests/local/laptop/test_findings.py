import json

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


def test_an_operator_that_has_looked_says_itself_why_it_was_skipped():
    execution = ended({"MediaType": "MetadataOnly", "Enabled": True})
    (output,) = [
        one
        for one in execution["Workflow"]["Stages"]["Analysis"]["Outputs"]
        if one["Status"] == "Skipped"
    ]
    output["MetaData"] = {"transcribeSkipped": "The video has no picture"}
    assert skipped(execution) == ["Skipped: transcribe, because the video has no picture"]


def test_what_is_told_first_can_be_fetched_first():
    found = ["mine", "MediainfoImage", "labelDetection"]

    assert told_first(found) == ["labelDetection", "MediainfoImage", "mine"]


# Videos


def at(timestamp, member, **found):
    return {"Timestamp": timestamp, member: {"Confidence": 50.0, **found}}


def test_what_is_seen_in_a_video_is_told_once_with_its_times():
    labels = [at(0, "Label", Name="Dog"), at(61_000, "Label", Name="Dog", Confidence=91.0)]
    texts = [
        at(5_000, "TextDetection", Type="LINE", DetectedText="NEWS"),
        at(5_000, "TextDetection", Type="WORD", DetectedText="NEWS"),
    ]

    assert told(labelDetection=[{"Labels": labels}]) == "Objects: 1\n  Dog 0:00 to 1:01 (91 %)"
    assert told(textDetection=[{"TextDetections": texts}]) == "Text: 1\n  “NEWS” at 0:05 (50 %)"


def test_faces_of_a_video_are_counted_where_most_are_seen():
    faces = [{"Timestamp": time, "Face": FACE} for time in (500, 500, 3_600_000)]

    assert told(faceDetection=[{"Faces": faces}]) == (
        "Faces: from 0:00 to 1:00:00, at most 2 at once"
    )
    assert told(faceDetection=[{"Faces": []}]) == "Faces: none found"


def test_celebrities_and_moderation_are_named_for_pictures_and_videos():
    video = {"Celebrities": [at(0, "Celebrity", Name="Ada")]}
    label = {"Name": "Explicit Nudity", "Confidence": 80.0}

    assert "Ada at 0:00 (50 %)" in told(celebrityRecognition=[video])
    assert "Ada" in told(celebrityRecognition=[{"CelebrityFaces": [{"Name": "Ada"}]}])
    assert "Explicit Nudity (80 %)" in told(contentModeration=[{"ModerationLabels": [label]}])
    timed = at(2_000, "ModerationLabel", Name="Explicit Nudity")
    assert "Explicit Nudity at 0:02" in told(contentModeration=[{"ModerationLabels": [timed]}])


def test_shots_and_cues_are_told_with_their_times():
    times = {"StartTimestampMillis": 0, "EndTimestampMillis": 2_000}
    cue = {**times, "TechnicalCueSegment": {"Type": "BlackFrames"}}

    assert told(shotDetection=[{"Segments": [times]}]) == "Shots: 1\n  0:00 to 0:02"
    assert "BlackFrames 0:00 to 0:02" in told(technicalCueDetection=[{"Segments": [cue]}])


def test_what_was_said_is_quoted_and_cut_where_it_is_long():
    short = {"results": {"transcripts": [{"transcript": "Hello."}], "items": []}}
    long = {"results": {"transcripts": [{"transcript": "word " * 200}], "items": []}}
    silent = {"results": {"transcripts": [{"transcript": ""}], "items": []}}

    assert told(TranscribeVideo=[short]) == "Said: “Hello.”"
    assert told(TranscribeVideo=[long]).endswith("…”")
    assert told(TranscribeAudio=[silent]) == "Said: nothing"
    translation = {"TargetLanguageCode": "es", "TranslatedText": " Hola."}
    assert told(Translate=[translation]) == "In es: “Hola.”"


def test_names_phrases_and_captions_are_listed_once():
    entity = {"Text": "Ada", "Type": "COMMERCIAL_ITEM", "Score": 0.9}
    document = json.dumps({"Entities": [entity, entity], "File": "x"}) + "\n"
    phrase = json.dumps({"KeyPhrases": [{"Text": "a river"}], "File": "x"})
    caption = {"start": "61.5", "end": "62", "caption": "Hola."}

    assert told(entities=[{"Results": [document]}]) == (
        "Names and numbers: 1\n  Ada (commercial item)"
    )
    assert told(key_phrases=[{"Results": [phrase]}]) == "Key phrases: 1\n  a river"
    assert told(WebCaptions_es=[{"WebCaptions": [caption]}]) == ("Captions (es): 1\n  1:01 Hola.")

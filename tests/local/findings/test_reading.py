"""The medium, and what was not looked for or not found."""

import json

import pytest
from tests.local.findings.documents import execution, found_in

from findings.medium import written_size
from findings.model import Unexamined
from findings.reading import read


def test_facts_of_a_video_have_units():
    tracks = [
        {"track_type": "General", "format": "MPEG-4", "duration": 2500, "file_size": 1234567},
        {
            "track_type": "Video",
            "width": 640,
            "height": 360,
            "frame_rate": "25.0",
            "rotation": "90",
        },
        {"track_type": "Audio", "format": "AAC", "channel_s": 2, "sampling_rate": 44100},
        {"track_type": "Menu"},
    ]
    medium = found_in({"Mediainfo": [{"tracks": tracks}]}).medium

    assert (medium.kind, medium.name, medium.duration) == ("Video", "holiday.bin", 2_500)
    assert medium.facts == (
        *("MPEG-4", "1.23 MB"),
        *("360 × 640 pixels", "25 frames per second"),
        "sound in stereo 44.1 kHz",
    )


def test_a_medium_of_which_nobody_has_read_facts_has_none():
    medium = found_in({}, kind="Text").medium

    assert (medium.kind, medium.duration, medium.facts) == ("Text", None, ())


@pytest.mark.parametrize(
    ("size", "text"),
    [(999, "999 bytes"), (61_306, "61.3 KB"), (999_999, "1 MB"), (2_000_000_000, "2 GB")],
)
def test_sizes_are_written_for_people(size, text):
    assert written_size(size) == text


@pytest.mark.parametrize(
    ("configuration", "reason"),
    [
        ({"MediaType": "Audio", "Enabled": False}, "it is switched off"),
        ({"MediaType": "Audio", "Enabled": True}, "there is no sound file"),
        ({"MediaType": "Video", "Enabled": True}, "there was nothing to do"),
        ({"MediaType": "MetadataOnly", "Enabled": True}, "there was nothing to do"),
        ({}, "there was nothing to do"),
    ],
)
def test_it_is_said_why_an_operator_was_skipped(configuration, reason):
    outputs = [{"Name": "mine", "Status": "Skipped"}, {"Name": "faces", "Status": "Complete"}]
    found = found_in({}, outputs=outputs, configuration={"mine": configuration})

    assert found.unexamined == (Unexamined("mine", reason, expected=True),)


def test_what_an_operator_that_failed_looked_for_is_not_examined():
    outputs = [{"Name": "faceDetectionImage", "Status": "Error", "MetaData": {}}]

    found = found_in({}, outputs=outputs)
    assert found.unexamined == (Unexamined("faces", "it failed", expected=True),)


def test_an_operator_that_has_looked_says_itself_why_it_was_skipped():
    said = "Comprehend does not read Welsh (cy)"
    output = {
        "Name": "ComprehendEntities",
        "Status": "Skipped",
        "MetaData": {"ComprehendEntitiesSkipped": said},
    }

    assert found_in({}, outputs=[output]).unexamined == (Unexamined("names", said),)


def test_languages_that_were_left_out_and_a_silent_video_are_told():
    outputs = [
        {
            "Name": "TranslateWebCaptions",
            "Status": "Complete",
            "MetaData": {"TranslateLeftOut": json.dumps({"cy": "No pair leads to Welsh"})},
        },
        {
            "Name": "TranscribeVideo",
            "Status": "Complete",
            "MetaData": {"TranscribeSilence": "The video has no audio track"},
        },
    ]

    assert found_in({}, outputs=outputs).unexamined == (
        Unexamined("translated captions", "no pair leads to Welsh"),
        Unexamined("speech", "the video has no audio track", expected=True),
    )


def test_captions_that_could_be_had_in_no_language_are_told_once():
    said = "Translate does not translate Welsh (cy) into English (en)"
    output = {
        "Name": "TranslateWebCaptions",
        "Status": "Skipped",
        "MetaData": {
            "TranslateLeftOut": json.dumps({"en": said}),
            "TranslateWebCaptionsSkipped": said,
        },
    }

    assert found_in({}, outputs=[output]).unexamined == (Unexamined("translated captions", said),)


def test_only_what_was_looked_for_is_not_found():
    nudity = {"ModerationLabels": [], "ModerationModelVersion": "open-nsfw-1.0"}
    metadata = {
        "faceDetection": [{"FaceDetails": []}],
        "contentModeration": [nudity],
        "celebrityRecognition": [{"CelebrityFaces": []}],
    }
    nobody = Unexamined("celebrities", "nobody has been made known", expected=True)
    found = read(metadata, execution("Image"), also_unexamined=[nobody])

    assert found.not_found == ("faces", "nudity")
    assert [one.what for one in found.unexamined] == ["moderation other than nudity", "celebrities"]


def test_results_of_unknown_operators_are_named():
    found = found_in({"myOperator": [{"anything": 1}], "WebCaptionsMade_en": [{}]})

    assert found.also_stored == ("myOperator",)


def test_it_is_told_when_the_workflow_began():
    assert (
        read({}, {**execution(), "Created": "1795879307.41"}).began == "2026-11-28T15:21:47+00:00"
    )

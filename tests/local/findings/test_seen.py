"""Who, what, shown and when: from Rekognition's documents."""

import pytest
from tests.local.findings.documents import BOX, FACE, at, found_in

from findings.model import Box, Span
from findings.shown import is_a_slip


def named(findings):
    return [one.name for one in findings]


# Faces


def test_a_face_of_a_picture_is_told_as_a_person_would():
    (face,) = found_in({"faceDetection": [{"FaceDetails": [FACE]}]}).who

    assert face.details == ("woman", "about 25–35", "sad", "top")
    assert face.sights[0].box == Box(0.4, 0.1, 0.2, 0.2)
    assert face.sights[0].at is None
    assert face.spans == ()


def test_what_is_not_known_of_a_face_is_not_said():
    plain = {"BoundingBox": BOX, "Emotions": [{"Type": "CALM", "Confidence": 40.0}]}
    (face,) = found_in({"faceDetection": [{"FaceDetails": [plain]}]}).who

    assert face.details == ("top",)


def test_a_smile_goes_before_emotions_and_a_child_is_no_woman():
    child = {**FACE, "Smile": {"Value": True}, "AgeRange": {"Low": 4, "High": 10}}
    (face,) = found_in({"faceDetection": [{"FaceDetails": [child]}]}).who

    assert face.details == ("girl", "about 4–10", "smiling", "top")


def test_faces_of_all_pages_of_a_picture_are_told_the_largest_first():
    large = {**FACE, "BoundingBox": {**BOX, "Width": 0.5}}
    who = found_in({"faceDetection": [{"FaceDetails": [FACE]}, {"FaceDetails": [large]}]}).who

    assert [one.sights[0].box.width for one in who] == [0.5, 0.2]


def test_faces_of_a_video_keep_their_gaps_and_are_counted_where_most_are_seen():
    times = (0, 520, 1_000, 1_000, 3_600_000)
    faces = [{"Timestamp": time, "Face": FACE} for time in times]
    (found,) = found_in({"faceDetection": [{"Faces": faces}]}).who

    assert found.count == 2
    assert found.spans == (Span(0, 1_000), Span(3_600_000, 3_600_000))
    assert [sight.at for sight in found.sights] == list(times)
    # two persons, of whom nothing can be said together
    assert found.details == ()


def test_one_face_of_a_video_has_what_all_its_pictures_agree_in():
    unsure = {key: value for key, value in FACE.items() if key != "Gender"}
    faces = [{"Timestamp": 0, "Face": FACE}, {"Timestamp": 500, "Face": FACE}]
    doubted = [*faces, {"Timestamp": 1_000, "Face": unsure}]

    (sure,) = found_in({"faceDetection": [{"Faces": faces}]}).who
    (unclear,) = found_in({"faceDetection": [{"Faces": doubted}]}).who
    assert sure.details == ("woman", "about 25–35")
    assert unclear.details == ("about 25–35",)


def test_known_faces_have_their_names_and_the_others_are_faces():
    ada = [{"Similarity": 93.0, "Face": {"ExternalImageId": "Ada_Lovelace"}}]
    persons = [
        {"Timestamp": 0, "Person": {"Index": 0, "Face": FACE}, "FaceMatches": ada},
        {"Timestamp": 1_000, "Person": {"Index": 0, "Face": FACE}, "FaceMatches": ada},
        {"Timestamp": 1_000, "Person": {"Index": 1, "Face": FACE}},
    ]
    known, other = found_in({"faceSearch": [{"Persons": persons}]}).who

    assert (known.name, known.confidence, known.spans) == ("Ada Lovelace", 93.0, (Span(0, 1_000),))
    assert (other.name, other.spans) == ("Face", (Span(1_000, 1_000),))


def test_celebrities_are_named_in_pictures_and_in_videos():
    video = at(0, "Celebrity", Name="Ada", Face={"BoundingBox": BOX})
    picture = {"Name": "Ada", "MatchConfidence": 98.0, "Face": {"BoundingBox": BOX}}

    (timed,) = found_in({"celebrityRecognition": [{"Celebrities": [video]}]}).who
    (still,) = found_in({"celebrityRecognition": [{"CelebrityFaces": [picture]}]}).who
    assert (timed.kind, timed.name, timed.spans) == ("celebrity", "Ada", (Span(0, 0),))
    assert (still.name, still.confidence, len(still.sights)) == ("Ada", 98.0, 1)


# Labels


def label(name, confidence=90.0, parents=(), instances=0):
    return {
        "Name": name,
        "Confidence": confidence,
        "Parents": [{"Name": one} for one in parents],
        "Instances": [{"BoundingBox": BOX, "Confidence": confidence}] * instances,
    }


def test_labels_are_counted_and_the_surest_comes_first():
    labels = [label("Dog", 71.0, instances=1), label("Person", 98.4, instances=2)]
    what = found_in({"labelDetection": [{"Labels": labels}]}).what

    assert [(one.name, one.count, one.confidence) for one in what] == [
        ("Person", 2, 98.4),
        ("Dog", 1, 71.0),
    ]


def test_a_label_that_says_less_than_its_child_is_a_detail_of_it():
    labels = [label("Animal"), label("Cat", parents=["Mammal", "Animal"]), label("Mammal")]
    (cat,) = found_in({"labelDetection": [{"Labels": labels}]}).what

    assert (cat.name, cat.details) == ("Cat", ("Mammal", "Animal"))


def test_in_a_video_it_is_told_where_no_child_is_seen():
    items = [
        *(
            {"Timestamp": time, "Label": label("Cat", parents=["Animal"])}
            for time in (0, 500, 1_000)
        ),
        *({"Timestamp": time, "Label": label("Animal")} for time in (0, 500, 1_000, 9_000)),
    ]
    cat, animal = found_in({"labelDetection": [{"Labels": items}]}).what

    assert cat.spans == (Span(0, 1_000),)
    assert (animal.name, animal.spans) == ("Animal", (Span(9_000, 9_000),))


@pytest.mark.parametrize(
    ("member", "operator", "step"),
    [("Labels", "labelDetection", 500), ("ModerationLabels", "contentModeration", 1_000)],
)
def test_a_sighting_that_is_missing_is_a_gap(member, operator, step):
    one = member.removesuffix("s")
    times = (0, step, 3 * step)
    items = [at(time, one, Name="Dog") for time in times]
    (found,) = found_in({operator: [{member: items}]}).what

    assert found.spans == (Span(0, step), Span(3 * step, 3 * step))


def test_a_slow_video_has_no_gaps_between_its_frames():
    tracks = [{"track_type": "Video", "frame_rate": "1.000"}]
    items = [at(time, "Label", Name="Dog") for time in (0, 1_000, 2_000)]
    metadata = {"labelDetection": [{"Labels": items}], "Mediainfo": [{"tracks": tracks}]}

    assert found_in(metadata).what[0].spans == (Span(0, 2_000),)


def test_moderation_comes_first():
    metadata = {
        "labelDetection": [{"Labels": [label("Person")]}],
        "contentModeration": [{"ModerationLabels": [{"Name": "Explicit", "Confidence": 80.0}]}],
    }

    assert named(found_in(metadata).what) == ["Explicit", "Person"]


# Text


def line(text, timestamp=None):
    found = {"Type": "LINE", "DetectedText": text, "Confidence": 88.0}
    return found if timestamp is None else {"Timestamp": timestamp, "TextDetection": found}


def test_words_of_a_line_are_not_told_again():
    texts = [line("NO ENTRY"), {"Type": "WORD", "DetectedText": "NO", "Confidence": 90.0}]

    assert named(found_in({"textDetection": [{"TextDetections": texts}]}).shown) == ["NO ENTRY"]


def test_a_line_that_is_read_in_two_ways_is_told_as_it_is_read_most_often():
    texts = [line("BREAKlNG", 0), line("BREAKING", 1_000), line("BREAKING", 2_000)]
    (found,) = found_in({"textDetection": [{"TextDetections": texts}]}).shown

    assert (found.name, found.spans, found.count) == ("BREAKING", (Span(0, 2_000),), 1)


def test_two_lines_of_one_picture_are_two():
    texts = [line("Room A"), line("Room B"), line("Room A")]
    found = found_in({"textDetection": [{"TextDetections": texts}]}).shown

    assert [(one.name, one.count) for one in found] == [("Room A", 2), ("Room B", 1)]


@pytest.mark.parametrize(
    ("first", "second", "slip"),
    [
        ("BREAKING", "BREAKlNG", True),
        ("BREAKING", "BREAKIN", True),
        ("BREAKING", "xBREAKING", True),
        ("BREAKING", "BREAKERS", False),
        ("Lap 10", "Lap 11", False),
        ("Lap 1", "Lap 10", False),
        ("2O26", "2026", True),
        ("ON", "IN", False),
    ],
)
def test_one_character_is_a_slip_unless_it_is_a_number_or_the_line_is_short(first, second, slip):
    assert is_a_slip(first, second) is slip
    assert is_a_slip(second, first) is slip


# Shots and cues


def test_shots_are_numbered_and_cues_of_a_kind_are_one():
    times = {"StartTimestampMillis": 0, "EndTimestampMillis": 2_000}
    shot = {**times, "ShotSegment": {"Index": 0, "Confidence": 99.0}}
    cue = {**times, "TechnicalCueSegment": {"Type": "BlackFrames", "Confidence": 100.0}}
    metadata = {
        "shotDetection": [{"Segments": [shot, shot]}],
        "technicalCueDetection": [{"Segments": [cue, cue]}],
    }
    when = found_in(metadata).when

    assert named(when) == ["Shot 1", "Shot 2", "black frames"]
    assert when[-1].spans == (Span(0, 2_000), Span(0, 2_000))

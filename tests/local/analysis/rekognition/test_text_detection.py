from types import SimpleNamespace

import pytest

from analysis.rekognition.geometry import Frame
from analysis.rekognition.text_detection import detect_text

FRAME = Frame(100, 100)


def text(says, score, left=10, top=10, width=20, height=10):
    right, bottom = left + width, top + height
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return SimpleNamespace(text=says, score=score, corners=corners)


LINES = [
    SimpleNamespace(
        whole=text("HELLO WORLD", 0.97, width=50),
        words=[text("HELLO", 0.99), text("WORLD", 0.95, left=40)],
    ),
    SimpleNamespace(whole=text("smudge", 0.7, top=80), words=[text("smudge", 0.9, top=80)]),
    SimpleNamespace(whole=text("END", 0.9, top=60), words=[text("END", 0.9, top=60, height=20)]),
]


def detections(**filters):
    return detect_text({"Filters": filters}, LINES, FRAME)["TextDetections"]


def said(kind, **filters):
    return [one["DetectedText"] for one in detections(**filters) if one["Type"] == kind]


def test_lines_come_first_and_words_name_their_line():
    found = [(d["Type"], d["Id"], d.get("ParentId"), d["DetectedText"]) for d in detections()]
    assert found == [
        ("LINE", 0, None, "HELLO WORLD"),
        ("LINE", 1, None, "END"),
        ("WORD", 2, 0, "HELLO"),
        ("WORD", 3, 0, "WORLD"),
        ("WORD", 4, 1, "END"),
    ]


def test_a_place_is_a_polygon_and_the_box_around_it():
    geometry = detections()[2]["Geometry"]
    assert geometry["Polygon"][0] == {"X": 0.1, "Y": 0.1}
    assert geometry["BoundingBox"] == pytest.approx(
        {"Left": 0.1, "Top": 0.1, "Width": 0.2, "Height": 0.1}
    )


def test_less_than_80_per_cent_is_left_out_unless_asked_for():
    assert said("LINE") == ["HELLO WORLD", "END"]
    assert "smudge" in said("LINE", WordFilter={"MinConfidence": 50})
    assert said("WORD", WordFilter={"MinConfidence": 96}) == ["HELLO"]


def test_a_line_without_a_word_left_is_left_out_too():
    large = {"MinBoundingBoxHeight": 0.15}
    assert said("LINE", WordFilter=large) == said("WORD", WordFilter=large) == ["END"]


@pytest.mark.parametrize(
    "region",
    [
        {"BoundingBox": {"Left": 0, "Top": 0, "Width": 0.35, "Height": 0.35}},
        {"Polygon": [{"X": 0, "Y": 0}, {"X": 0.4, "Y": 0}, {"X": 0, "Y": 0.6}]},
    ],
)
def test_only_words_in_a_region_are_found_when_regions_are_given(region):
    assert said("WORD", RegionsOfInterest=[region]) == ["HELLO"]


def test_no_more_than_a_hundred_words_are_given():
    lines = [SimpleNamespace(whole=text("a b c", 0.9), words=[text("a", 0.9)] * 3)] * 40
    found = detect_text({}, lines, FRAME)["TextDetections"]
    assert sum(one["Type"] == "WORD" for one in found) == 100


def test_a_picture_without_text_has_no_detections():
    assert detect_text({}, [], FRAME)["TextDetections"] == []

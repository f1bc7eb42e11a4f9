from array import array
from fractions import Fraction

import pytest

from analysis.media.scan import Scan
from analysis.rekognition.segments import Credits, limits, shots, technical_cues

RATE = Fraction(25)


def scanned(frames=250, changes=(), black=()):
    return Scan(array("q", [n * 40 for n in range(frames)]), list(changes), list(black))


def spans(cues):
    return [
        (one["TechnicalCueSegment"]["Type"], one["StartFrameNumber"], one["EndFrameNumber"])
        for one in cues
    ]


def test_a_video_without_a_cut_is_one_sure_shot():
    [shot] = shots(scanned(), RATE)
    assert shot["ShotSegment"] == {"Index": 0, "Confidence": 100}
    assert (shot["StartFrameNumber"], shot["EndFrameNumber"]) == (0, 249)


def test_shots_lie_between_cuts_and_end_with_their_last_frame():
    first, second = shots(scanned(changes=[(100, 30.0)]), RATE)
    assert first == {
        "Type": "SHOT",
        "StartTimestampMillis": 0,
        "EndTimestampMillis": 3_960,
        "DurationMillis": 3_960,
        "StartTimecodeSMPTE": "00:00:00:00",
        "EndTimecodeSMPTE": "00:00:03:24",
        "DurationSMPTE": "00:00:03:24",
        "StartFrameNumber": 0,
        "EndFrameNumber": 99,
        "DurationFrames": 99,
        "ShotSegment": {"Index": 0, "Confidence": 100},
    }
    assert (second["StartFrameNumber"], second["ShotSegment"]["Index"]) == (100, 1)


def test_a_shot_is_as_sure_as_the_less_sure_of_its_cuts():
    found = shots(scanned(changes=[(50, 90.0), (100, 20.0), (150, 10.0)]), RATE)
    assert [one["ShotSegment"]["Confidence"] for one in found] == [100, 75, 50, 50]


def test_less_sure_shots_can_be_left_out_and_the_others_keep_their_numbers():
    found = shots(scanned(changes=[(50, 90.0), (100, 20.0)]), RATE, least=80)
    assert [one["ShotSegment"]["Index"] for one in found] == [0]


def test_what_is_not_black_is_content():
    assert spans(technical_cues(scanned(black=[(50, 87)]), RATE)) == [
        ("Content", 0, 49),
        ("BlackFrames", 50, 87),
        ("Content", 88, 249),
    ]


def test_a_wholly_black_video_has_no_content():
    assert spans(technical_cues(scanned(black=[(0, 249)]), RATE)) == [("BlackFrames", 0, 249)]


def test_a_moment_of_black_is_content():
    assert spans(technical_cues(scanned(black=[(50, 51)]), RATE)) == [("Content", 0, 249)]


def test_credits_on_black_are_credits_and_reach_to_the_borders_of_the_black():
    roll = Credits(7_000, 9_000, "EndCredits", 90)
    found = technical_cues(scanned(changes=[(170, 40.0)], black=[(170, 249)]), RATE, [roll])
    assert spans(found) == [("Content", 0, 169), ("EndCredits", 170, 249)]
    assert found[1]["TechnicalCueSegment"]["Confidence"] == 90


def test_black_after_credits_is_black():
    roll = Credits(6_000, 8_000, "EndCredits", 90)
    found = technical_cues(
        scanned(changes=[(150, 30.0), (210, 30.0)], black=[(210, 249)]), RATE, [roll]
    )
    assert spans(found) == [
        ("Content", 0, 149),
        ("EndCredits", 150, 209),
        ("BlackFrames", 210, 249),
    ]


def test_less_sure_cues_can_be_left_out():
    roll = Credits(6_000, 9_900, "EndCredits", 60)
    assert spans(technical_cues(scanned(), RATE, [roll], least=70)) == [("Content", 0, 149)]


def test_the_limits_of_a_request_are_the_services_own_without_any():
    assert limits({}) == (50, 50, 0.2, 0.99)


def test_the_limits_of_a_request_are_used():
    cues = {
        "MinSegmentConfidence": 60,
        "BlackFrame": {"MaxPixelThreshold": 0.1, "MinCoveragePercentage": 95},
    }
    filters = {"TechnicalCueFilter": cues, "ShotFilter": {"MinSegmentConfidence": 70}}
    assert limits({"Filters": filters}) == (70, 60, 0.1, pytest.approx(0.95))

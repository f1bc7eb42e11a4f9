from fractions import Fraction

import pytest

from analysis.rekognition.timecodes import timecode

NTSC, DOUBLE = Fraction(30_000, 1_001), Fraction(60_000, 1_001)


@pytest.mark.parametrize(
    ("frame", "rate", "text"),
    [
        (0, Fraction(25), "00:00:00:00"),
        (88, Fraction(25), "00:00:03:13"),
        (25 * 3_600 + 1, Fraction(25), "01:00:00:01"),
        (48, Fraction(24_000, 1_001), "00:00:02:00"),
        (95, Fraction(30), "00:00:03:05"),
        (3, Fraction(1, 2), "00:00:03:00"),
    ],
)
def test_a_timecode_counts_frames_at_the_nominal_rate(frame, rate, text):
    assert timecode(frame, rate) == text


@pytest.mark.parametrize(
    ("frame", "rate", "text"),
    [
        (299, NTSC, "00:00:09;29"),
        (1_799, NTSC, "00:00:59;29"),
        (1_800, NTSC, "00:01:00;02"),
        (3_597, NTSC, "00:01:59;29"),
        (3_598, NTSC, "00:02:00;02"),
        (17_981, NTSC, "00:09:59;29"),
        (17_982, NTSC, "00:10:00;00"),
        (107_892, NTSC, "01:00:00;00"),
        (3_599, DOUBLE, "00:00:59;59"),
        (3_600, DOUBLE, "00:01:00;04"),
        (35_964, DOUBLE, "00:10:00;00"),
        (17_982, Fraction(2_997, 100), "00:10:00;00"),
    ],
)
def test_numbers_are_dropped_at_29_97_and_59_94(frame, rate, text):
    assert timecode(frame, rate) == text

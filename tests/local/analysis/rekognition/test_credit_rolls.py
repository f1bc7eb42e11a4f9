from fractions import Fraction
from types import SimpleNamespace

import pytest
from tests.fakes import clips as make

from analysis import media
from analysis.rekognition.credit_rolls import Moment, find_credits, runs
from analysis.rekognition.segments import Credits
from analysis.rekognition.video_source import Video


def moments(text):
    """A letter for each second: x has writing."""
    return [Moment(1_000 * second, letter == "x") for second, letter in enumerate(text)]


def found(text):
    return [(one.start_ms, one.end_ms, one.confidence) for one in runs(moments(text), "EndCredits")]


def test_writing_for_three_seconds_is_credits():
    assert found("..xxx.") == [(2_000, 4_000, 100)]


def test_a_caption_of_a_moment_is_none():
    assert found("..xx..xx....") == []


def test_a_short_pause_belongs_to_credits_and_makes_them_less_sure():
    assert found("xx.xx") == [(0, 4_000, 80)]


def test_a_long_pause_ends_credits():
    assert found("xxx...xxx") == [(0, 2_000, 100), (6_000, 8_000, 100)]


def test_dark_seconds_after_the_last_writing_do_not_count():
    assert found("xxx..") == [(0, 2_000, 100)]


LINES = [SimpleNamespace(words=["Directed", "by"]), SimpleNamespace(words=["Somebody"])]


@pytest.fixture
def film(clips):
    """Twelve seconds of picture and six of black, in place of credits."""
    path = make.with_black(clips / "film.mp4", before=300, black=150, after=0)
    return Video(path, media.probe(path), lambda: None)


def test_writing_on_a_dark_ground_at_the_end_is_end_credits(film):
    assert find_credits(film, lambda _picture: LINES) == [
        Credits(12_000, 17_000, "EndCredits", 100)
    ]


def test_a_dark_ground_without_writing_is_none(film):
    assert find_credits(film, lambda _picture: LINES[1:]) == []


def test_writing_is_looked_for_on_dark_frames_only(film):
    read = []
    find_credits(film, lambda picture: read.append(picture.pixels.mean()) or [])
    assert read
    assert max(read) < 20


def test_a_video_that_does_not_say_its_length_has_no_known_end():
    facts = media.MediaFacts(None, "", "h264", 1, 1, Fraction(25), 0, None, [])
    assert find_credits(Video("nowhere", facts, lambda: None), lambda _picture: LINES) == []

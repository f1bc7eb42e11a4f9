import pytest

from analysis.rekognition.label_votes import REACH, vote


def told(*frames):
    """The labels of each frame, written as letters, that are left."""
    samples = [(500 * number, list(letters)) for number, letters in enumerate(frames)]
    settled = list(vote(samples, name=str))
    assert [time for time, _ in settled] == [time for time, _ in samples]
    return ["".join(items) for _, items in settled]


def test_what_a_single_frame_claims_is_voted_out():
    assert told("c", "c", "ct", "c", "c", "c") == ["c"] * 6


def test_two_frames_of_five_are_not_enough_and_three_are():
    assert told("", "", "t", "t", "", "", "") == [""] * 7
    assert told("", "", "t", "t", "t", "", "") == ["", "", "t", "t", "t", "", ""]


def test_a_gap_is_not_filled_in():
    assert told("c", "c", "", "c", "c", "c") == ["c", "c", "", "c", "c", "c"]


def test_far_frames_have_no_vote():
    apart = ["t" if number % (REACH + 1) == 0 else "" for number in range(12)]
    assert told(*apart) == [""] * 12


def test_at_the_ends_fewer_frames_vote():
    assert told("t", "", "", "", "", "t") == [""] * 6
    assert told("t", "t", "t", "", "", "", "t", "t", "t") == ["t"] * 3 + [""] * 3 + ["t"] * 3


@pytest.mark.parametrize("count", [1, 2])
def test_all_frames_of_a_short_video_must_have_it(count):
    assert told(*["ct"] * (count - 1), "c") == ["c"] * count


def test_a_video_without_frames_has_no_labels():
    assert told() == []


def test_no_more_frames_are_held_than_vote():
    taken = []

    def frames():
        for number in range(100):
            taken.append(number)
            yield number, ["c"]

    settled = vote(frames(), name=str)
    next(settled)
    assert len(taken) == REACH + 1

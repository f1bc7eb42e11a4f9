"""Words within the speech that was measured: times as alignments give them, and as they were."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.speech.voice_activity import Span
from analysis.speech.words import Word, place


def aligned(text, *begins):
    """Words that follow each other: the times at which each begins, and the last one ends."""
    return [
        Word(one, start, end, 0.9)
        for one, (start, end) in zip(text.split(), pairwise(begins), strict=True)
    ]


def placed(text, begins, *spans):
    found = place(aligned(text, *begins), [Span(*span) for span in spans])
    assert [one.text for one in found] == text.split()
    return [(round(one.start, 3), round(one.end, 3)) for one in found]


def test_words_of_one_span_stay_where_they_are():
    found = placed("so it is", (1.2, 1.5, 1.7, 2.1), (1.0, 2.6))
    assert found == [(1.2, 1.5), (1.5, 1.7), (1.7, 2.1)]


def test_the_last_word_ends_with_the_sound():
    assert placed("so it", (1.2, 1.5, 2.1), (1.0, 2.4)) == [(1.2, 1.5), (1.5, 2.4)]


def test_silence_before_the_first_word_and_behind_the_last_is_nobodys():
    assert placed("so it", (0.4, 1.3, 2.9), (1.0, 2.4)) == [(1.0, 1.3), (1.3, 2.4)]


@pytest.mark.parametrize("ends", [4.3, 4.0, 3.6])
def test_a_word_that_stretches_over_a_pause_is_heard_behind_it(ends):
    found = placed("news The weather", (2.4, 3.1, ends, 4.6), (0.6, 3.0), (3.5, 5.8))
    assert found == [(2.4, 3.0), (3.5, ends), (ends, 4.6)]


def test_a_word_that_lies_mostly_before_the_pause_is_heard_behind_it():
    # as a processor aligned it: 0.19 s of "The" lie before the pause, 0.08 s behind it
    found = placed(
        "local news The weather", (2.15, 2.43, 2.79, 3.63, 3.85), (0.64, 2.98), (3.55, 5.82)
    )
    assert found == [(2.15, 2.43), (2.43, 2.98), (3.55, 3.63), (3.63, 3.85)]


def test_a_last_word_that_stretches_into_a_pause_ends_with_the_sound():
    found = placed("local news The", (2.1, 2.5, 3.4, 3.8), (0.6, 3.0), (3.5, 5.8))
    assert found == [(2.1, 2.5), (2.5, 3.0), (3.5, 3.8)]


def test_a_short_last_word_stays_before_the_pause():
    found = placed("think so But then", (2.3, 2.64, 3.4, 3.8, 4.1), (1.0, 3.0), (3.5, 4.9))
    assert found == [(2.3, 2.64), (2.64, 3.0), (3.5, 3.8), (3.8, 4.1)]


def test_a_word_within_a_pause_is_heard_behind_it():
    first, second, third = placed("news A man", (2.4, 3.0, 3.35, 3.8), (1.0, 3.0), (3.5, 4.5))
    assert first == (2.4, 3.0)
    assert second[0] == 3.5
    assert second[0] < second[1] == third[0] < third[1] == 3.8


def test_a_word_within_a_pause_that_ends_a_sentence_is_heard_before_it():
    first, second, third = placed("come up. A", (2.4, 3.0, 3.35, 3.8), (1.0, 3.0), (3.5, 4.5))
    assert first[0] == 2.4
    assert first[0] < first[1] == second[0] < second[1] == 3.0
    assert third == (3.5, 3.8)


def test_a_word_that_the_model_looks_for_much_too_early_is_heard_behind_the_pause():
    # as aligned without marks: 0.36 s before the sound's end, and 0.09 s behind the pause
    found = placed(
        "some patience because it", (7.7, 7.86, 8.34, 9.88, 10.1), (7.6, 8.7), (9.79, 11)
    )
    assert found == [(7.7, 7.86), (7.86, 8.7), (9.79, 9.88), (9.88, 10.1)]


def test_each_of_two_pauses_parts_its_words():
    found = placed("One. Two. Three.", (0.9, 1.35, 2.6, 4.6), (1.0, 1.5), (2.2, 2.7), (4.0, 4.7))
    assert found == [(1.0, 1.5), (2.2, 2.7), (4.0, 4.7)]


def test_a_span_in_which_no_word_was_heard_has_none():
    found = placed("One. Two.", (1.0, 1.4, 6.4), (1.0, 1.5), (3.0, 3.2), (6.0, 6.5))
    assert all((1.0 <= a < b <= 1.5) or (6.0 <= a < b <= 6.5) for a, b in found)


def test_words_all_before_the_speech_or_all_behind_it_lie_in_it():
    for begins in ((0.1, 0.2, 0.3, 0.4), (8.0, 8.1, 8.2, 8.3)):
        found = placed("so it is", begins, (1.0, 1.5), (2.0, 3.0))
        assert all(1.0 <= start < end <= 3.0 for start, end in found)


def test_more_words_than_fit_share_the_time():
    found = placed("a b c d", (1.0, 1.0, 1.0, 1.0, 1.0), (1.0, 1.08))
    assert found == [(1.0, 1.02), (1.02, 1.04), (1.04, 1.06), (1.06, 1.08)]


def test_without_speech_or_without_words_nothing_changes():
    words = aligned("so it is", 1.0, 1.2, 1.4, 1.6)
    assert place(words, []) == words
    assert place([], [Span(0, 1), Span(2, 3)]) == []


times = st.floats(0, 30).map(lambda seconds: round(seconds, 2))


@given(
    st.lists(st.tuples(times, st.sampled_from(["so", "so,", "so."])), min_size=1, max_size=60),
    st.lists(st.integers(0, 900), min_size=2, max_size=20, unique=True),
)
def test_whatever_is_aligned_no_word_is_lost_or_leaves_the_speech(found, frames):
    begins = sorted(begin for begin, _ in found)
    text = " ".join(word for _, word in found)
    edges = sorted(frames)
    spans = [
        Span(start * 0.032, end * 0.032)
        for start, end in zip(edges[::2], edges[1::2], strict=False)
    ]
    words = place(aligned(text, *begins, begins[-1]), spans)
    assert [word.text for word in words] == text.split()
    for word in words:
        assert word.end > word.start
        assert any(
            span.start - 1e-9 <= word.start and word.end <= span.end + 1e-9 for span in spans
        )
    assert all(one.end <= other.start + 1e-9 for one, other in pairwise(words))

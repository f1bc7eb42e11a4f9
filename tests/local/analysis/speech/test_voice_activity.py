"""Windows around speech: here a sample says itself whether it is speech."""

import numpy as np
import pytest

from analysis.speech.spectrogram import RATE
from analysis.speech.voice_activity import windows


def sound(*parts):
    """Parts (seconds, is it speech) one after another."""
    return np.concatenate([np.full(int(s * RATE), float(v), np.float32) for s, v in parts])


def heard(*parts, chunk=10_000):
    whole = sound(*parts)
    chunks = (whole[start : start + chunk] for start in range(0, len(whole), chunk))
    return list(windows(chunks, lambda frame: float(frame.mean())))


def about(seconds):
    return pytest.approx(seconds, abs=0.1)


def test_silence_has_no_window():
    assert heard((40, 0)) == []


def test_a_window_begins_just_before_the_speech():
    (window,) = heard((5, 0), (2, 1), (3, 0))
    assert window.start == about(4.8)
    assert [(span.start, span.end) for span in window.spans] == [(about(5), about(7))]
    assert len(window.samples) / RATE == about(2.4)


def test_a_short_pause_lies_within_a_window():
    (window,) = heard((1, 0), (2, 1), (1, 0), (2, 1), (1, 0))
    assert len(window.spans) == 2


def test_a_long_pause_ends_a_window():
    first, second = heard((1, 0), (2, 1), (8, 0), (2, 1))
    assert first.start + len(first.samples) / RATE < 4
    assert second.start == about(10.8)


def test_a_click_is_no_speech():
    assert heard((1, 0), (0.05, 1), (3, 0)) == []


def test_no_window_is_longer_than_the_model_listens():
    parts = [(3, 1), (0.6, 0)] * 30
    found = heard(*parts)
    assert all(len(window.samples) <= 30 * RATE for window in found)
    spans = [span for window in found for span in window.spans]
    assert sum(span.end - span.start for span in spans) == pytest.approx(90, rel=0.02)


def test_speech_without_a_pause_is_cut_and_nothing_is_lost():
    found = heard((100, 1))
    assert all(len(window.samples) <= 30 * RATE for window in found)
    ends = [window.start + len(window.samples) / RATE for window in found]
    assert [window.start for window in found[1:]] == [about(end) for end in ends[:-1]]
    assert ends[-1] == about(100)


def test_the_size_of_chunks_does_not_matter():
    parts = [(1, 0), (2, 1), (3, 0), (5, 1)]
    assert [w.spans for w in heard(*parts, chunk=777)] == [w.spans for w in heard(*parts)]

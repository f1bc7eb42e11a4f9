"""The picture of a sound that the model of speech looks at."""

import numpy as np
import pytest

from analysis.speech.spectrogram import RATE, log_mel


def tone(hertz, seconds=2.0):
    return np.sin(2 * np.pi * hertz * np.arange(int(RATE * seconds)) / RATE).astype(np.float32)


def test_it_always_shows_thirty_seconds():
    assert log_mel(tone(440)).shape == (80, 3000)
    assert log_mel(np.zeros(0, np.float32)).shape == (80, 3000)


@pytest.mark.parametrize("hertz", [300, 1000, 4000])
def test_a_tone_is_loudest_in_the_band_of_its_pitch(hertz):
    loudest = int(log_mel(tone(hertz))[:, 50].argmax())
    # bands are 82 to a scale that ends at 8 kHz: linear to 1 kHz, logarithmic above
    pitch = hertz * 3 / 200 if hertz < 1000 else 15 + 27 * np.log(hertz / 1000) / np.log(6.4)
    top = 15 + 27 * np.log(8) / np.log(6.4)
    assert abs(loudest - (pitch / top * 81 - 1)) <= 1


def test_a_sound_ends_where_its_samples_end():
    picture = log_mel(tone(440, seconds=2))
    assert picture[:, 100].max() > 1
    assert picture[:, 250].max() == picture.min()

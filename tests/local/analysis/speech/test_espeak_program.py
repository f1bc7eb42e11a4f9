# phonemes look like other letters
# ruff: noqa: RUF001
"""The program that speaks: its sound, its phonemes, and what it refuses."""

import io
import json
import subprocess
import sys
import wave

import pytest
from tests.fakes.speech import PROGRAM, speak, talking_video, word_error_rate

pytest.importorskip("espeakng_loader", reason="the package espeakng-loader is not installed")


def ask(**request):
    command = [sys.executable, "-P", str(PROGRAM)]
    return subprocess.run(command, input=json.dumps(request).encode(), capture_output=True)


def test_it_writes_a_sound_of_16_bits():
    with wave.open(io.BytesIO(ask(do="speak", voice="en-us", text="Good morning").stdout)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
        assert 0.5 < sound.getnframes() / sound.getframerate() < 2


def test_punctuation_stays_between_phonemes():
    texts = ["Hello, world! It costs 3.5 dollars (or so)."]
    (phonemes,) = json.loads(ask(do="phonemes", voice="en-us", texts=texts).stdout)
    assert phonemes == "həlˈoʊ, wˈɜːld! ɪt kˈɔsts θɹˈiː pɔɪnt fˈaɪv dˈɑːlɚz (ɔːɹ sˈoʊ)."


def test_another_language_has_other_phonemes():
    def of(voice):
        return json.loads(ask(do="phonemes", voice=voice, texts=["chat"]).stdout)

    assert of("en-us") != of("fr")


def test_a_voice_that_does_not_exist_is_refused():
    done = ask(do="speak", voice="tlh-x", text="nuqneH")
    assert done.returncode == 2
    assert b"no voice tlh-x" in done.stderr


def test_sentences_are_heard_when_the_fake_says(tmp_path):
    first, second = speak(tmp_path / "two.wav", ("One two three.", "Four five six."))
    with wave.open(str(tmp_path / "two.wav")) as sound:
        rate = sound.getframerate()
        sound.setpos(round((first.end + 0.1) * rate))
        silence = sound.readframes(round((second.start - first.end - 0.2) * rate))
    assert set(silence) == {0}


def test_a_talking_video_repeats_its_sentences_until_it_is_full(tmp_path):
    spoken = talking_video(tmp_path / "talk.mp4", ("One two three.",), seconds=6)
    assert len(spoken) > 1
    assert spoken[-1].end <= 6
    assert (tmp_path / "talk.mp4").stat().st_size > 10_000


def test_word_errors_are_counted():
    assert word_error_rate("one two three four", "One, too three!") == 0.5
    assert word_error_rate("one two", "one two") == 0

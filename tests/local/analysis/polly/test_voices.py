"""The table of voices."""

import botocore.session

from analysis.polly.voices import VOICES
from analysis.weights.voice import VOICES as STYLES

MODEL = botocore.session.Session().get_service_model("polly")


def test_every_name_and_language_is_the_services():
    assert set(VOICES) <= set(MODEL.shape_for("VoiceId").metadata["enum"])
    languages = set(MODEL.shape_for("LanguageCode").metadata["enum"])
    assert {voice.language for voice in VOICES.values()} <= languages
    assert all(voice.language_name for voice in VOICES.values())


def test_every_style_is_installed():
    assert {voice.style for voice in VOICES.values() if voice.style} <= set(STYLES)


def test_a_style_has_the_gender_of_its_name():
    assert all(
        voice.style[1] == voice.gender[0].lower() for voice in VOICES.values() if voice.style
    )


def test_japanese_has_no_voice():
    assert not [voice for voice in VOICES.values() if voice.language == "ja-JP"]

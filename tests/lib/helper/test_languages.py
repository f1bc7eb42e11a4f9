"""What languages are called, and into which one is translated."""

import botocore.session
import pytest

import MediaInsightsEngineLambdaHelper as helper


@pytest.mark.parametrize(
    ("code", "name"),
    [("cy", "Welsh (cy)"), ("es-US", "Spanish (es-US)"), ("zh-TW", "Chinese (zh-TW)"), ("x", "x")],
)
def test_a_language_has_a_name(code, name):
    assert helper.language_name(code) == name


def test_every_language_of_transcribe_has_a_name():
    model = botocore.session.get_session().get_service_model("transcribe")
    codes = model.shape_for("LanguageCode").enum
    assert [code for code in codes if helper.language_name(code) == code] == []


@pytest.mark.parametrize(
    ("wanted", "source", "target"),
    [("auto", "en", "es"), ("auto", "en-GB", "es"), ("auto", "es", "en"), ("ru", "en", "ru")],
)
def test_auto_is_english_and_spanish_for_english(wanted, source, target):
    assert helper.target_language(wanted, source) == target

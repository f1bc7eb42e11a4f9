"""Texts of languages that have spaces between words, and of those that have none."""

import pytest

from analysis.speech.vocabulary import SPACELESS
from MediaInsightsEngineLambdaHelper import SPACELESS_LANGUAGES, is_spaceless, join_texts


def test_the_laptop_knows_no_other_languages_without_spaces():
    """Its model of speech hears some of them only, and Khmer it writes in words."""
    assert SPACELESS <= SPACELESS_LANGUAGES


@pytest.mark.parametrize(
    ("language", "texts", "joined"),
    [
        ("en", ["a", "", "b"], "a b"),
        ("ja", ["今日は", "良い天気"], "今日は良い天気"),
        ("ja", ["Amazon", "Echo", "を買う"], "Amazon Echoを買う"),
        ("ja", ["Amazon", "(S3)", "Echo,", "Fire"], "Amazon(S3) Echo, Fire"),
        ("zh-CN", ["你好,", "世界"], "你好,世界"),
        ("ZH", ["你好", "世界"], "你好世界"),
        ("ko", ["안녕", "하세요"], "안녕 하세요"),
        ("th", [], ""),
    ],
)
def test_texts_are_joined_as_their_language_writes(language, texts, joined):
    assert join_texts(texts, language) == joined


def test_letters_of_scripts_without_spaces_are_known():
    assert all(map(is_spaceless, "今はハー。「กກမក་"))
    assert not any(map(is_spaceless, "aéжא한1.,हி"))

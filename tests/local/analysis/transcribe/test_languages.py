"""The service's codes of languages and the model's."""

import pytest

from analysis.transcribe.languages import choose, model_code, service_code

CODES = ("en-AU", "en-GB", "en-US", "de-CH", "de-DE", "zh-CN", "zh-HK", "nl-NL")


@pytest.mark.parametrize(
    ("code", "language"), [("en-GB", "en"), ("zh-TW", "zh"), ("zh-HK", None), ("ckb-IQ", "ckb")]
)
def test_a_region_is_not_the_models_business(code, language):
    assert model_code(code) == language


def test_where_the_region_is_not_heard_the_usual_one_is_given():
    assert service_code("en", CODES) == "en-US"
    assert service_code("nl", CODES) == "nl-NL"
    assert service_code("la", CODES) is None


def test_the_most_likely_language_is_chosen():
    assert choose({"en": 0.2, "de": 0.7, "la": 0.1}, (), CODES) == ("de-DE", 0.7)


def test_a_language_that_the_service_lacks_is_not_chosen():
    assert choose({"la": 0.8, "en": 0.2}, (), CODES) == ("en-US", 0.2)


def test_options_are_compared_with_one_another():
    code, score = choose({"en": 0.1, "de": 0.6, "nl": 0.3}, ("nl-NL", "en-GB"), CODES)
    assert (code, score) == ("nl-NL", pytest.approx(0.75))


def test_a_region_that_is_an_option_is_the_answer():
    assert choose({"en": 0.9, "de": 0.1}, ("en-GB", "de-CH"), CODES)[0] == "en-GB"

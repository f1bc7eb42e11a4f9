import json

import pytest

from laptop import settings
from laptop.places import Places
from laptop.problems import Problem
from laptop.settings import Settings


@pytest.fixture
def places(tmp_path):
    return Places(tmp_path)


def test_without_a_choice_there_are_the_defaults(places):
    assert settings.choose(places, {}) == Settings(
        ("core", "vision", "speech", "text"), None, "auto"
    )


def test_families_are_added_as_they_are_needed(places):
    settings.remember(places, {}, needs=("vision",))
    assert settings.choose(places, {}, needs=()).models == ("core", "vision")

    settings.remember(places, {}, needs=("text",))
    assert settings.choose(places, {}, needs=("speech",)).models == (
        *("core", "vision", "speech", "text"),
    )
    assert settings.told(places)[0] == (
        "MIE_LOCAL_MODELS=auto (by default; needed so far: core,vision,text)"
    )


def test_nothing_is_added_to_families_that_somebody_chose(places):
    settings.remember(places, {"MIE_LOCAL_MODELS": "vision"}, needs=("text",))
    assert settings.choose(places, {}, needs=("speech",)).models == ("core", "vision")

    settings.remember(places, {"MIE_LOCAL_MODELS": "auto"})
    assert settings.choose(places, {}, needs=()).models == ("core", "text")


def test_a_choice_is_kept_until_another_one_replaces_it(places):
    asked = {"MIE_LOCAL_MODELS": "text,vision", "MIE_PORT": "4566", "MIE_SEARCH": "off"}
    settings.remember(places, asked)
    assert settings.choose(places, {}) == Settings(("core", "vision", "text"), 4566, "off")

    assert settings.choose(places, {"MIE_PORT": "any"}).port is None
    settings.remember(places, {"MIE_PORT": "any"})
    assert settings.choose(places, {}) == Settings(("core", "vision", "text"), None, "off")


def test_other_variables_are_not_kept(places):
    settings.remember(places, {"PATH": "/bin", "MIE_STATE": "x"})

    assert not places.settings.exists()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        *(("MIE_PORT", one) for one in ("", "http", "0", "65536", "-1", "²", "80 80")),
        *(("MIE_LOCAL_MODELS", one) for one in ("", "visions", "all,core")),
        *(("MIE_SEARCH", one) for one in ("maybe", "ON")),
    ],
)
def test_a_wrong_value_is_a_sentence(places, variable, value):
    with pytest.raises(Problem, match=f"^{variable} must be .*not {value!r}$"):
        settings.choose(places, {variable: value})


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"needed": 7}',
        '{"needed": "x,y"}',
        '{"MIE_PORT": "x", "MIE_SEARCH": 7}',
        '{"MIE_PORT": null, "else": "x"}',
    ],
)
def test_what_was_damaged_is_as_if_it_had_not_been_chosen(places, content):
    places.settings.write_text(content)

    assert settings.choose(places, {}) == Settings()


def test_what_is_right_among_what_was_damaged_stays(places):
    places.settings.write_text(json.dumps({"MIE_PORT": "x", "MIE_SEARCH": "off"}))

    assert settings.choose(places, {}).search == "off"


def test_it_is_told_what_is_chosen_and_whether_somebody_chose_it(places):
    settings.remember(places, {"MIE_PORT": "4566"})

    assert settings.told(places) == [
        "MIE_LOCAL_MODELS=auto (by default; needed so far: core,vision,speech,text)",
        "MIE_PORT=4566 (remembered)",
        "MIE_SEARCH=auto (by default)",
    ]

"""What operators declare of their configuration, and how values are read by it."""

import pytest

from mie.core import operator_settings
from mie.core.errors import BadRequest
from mie.core.known_keys import nearest

ROWS = [
    {"Name": "Threshold", "Type": "Number", "Minimum": 0, "Maximum": 100, "Default": "50"},
    {"Name": "Most", "Type": "Integer", "Minimum": 1},
    {"Name": "Deep", "Type": "Boolean", "Description": "Looks twice."},
    {"Name": "Engine", "Type": "String", "Allowed": ["neural", "standard"]},
    {"Name": "Names", "Type": "List", "Items": "String"},
    {"Name": "Numbers", "Type": "List", "Items": "Integer", "Allowed": ["1", 2]},
    {"Name": "Any", "Type": "List"},
    {"Name": "Filter", "Type": "Object"},
]
SETTINGS = operator_settings.declared(ROWS)


def read(settings=SETTINGS, **values):
    return operator_settings.read(values, settings, "op", "Configuration")


def refusal(settings=SETTINGS, **values):
    with pytest.raises(BadRequest) as caught:
        read(settings, **values)
    return str(caught.value)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("Threshold", "80", 80),
        ("Threshold", " 0.5 ", 0.5),
        ("Threshold", "1e1", 10.0),
        ("Most", "10", 10),
        ("Most", "07", 7),
        ("Most", "10.0", 10),
        ("Deep", "false", False),
        ("Deep", "TRUE", True),
        ("Engine", "neural", "neural"),
        ("Names", '["a", "b"]', ["a", "b"]),
        ("Names", "a", ["a"]),
        ("Numbers", '["1", 2]', [1, 2]),
        ("Numbers", ["1", "2"], [1, 2]),
        ("Any", '[1, "a", null]', [1, "a", None]),
        ("Filter", '{"a": {"b": 1}}', {"a": {"b": 1}}),
    ],
)
def test_text_is_read_back_into_its_declared_type(key, text, value):
    result = read(**{key: text})[key]
    assert (result, type(result)) == (value, type(value))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Threshold", 80),
        ("Most", 3),
        ("Deep", True),
        ("Names", []),
        ("Filter", {}),
        ("MediaType", "Video"),
        ("Enabled", False),
        ("PollSeconds", 5),
    ],
)
def test_values_of_their_type_and_the_engines_own_stay_as_they_are(key, value):
    assert read(**{key: value}) == {key: value}


@pytest.mark.parametrize("value", ["", None])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["Name"])
def test_what_forms_send_of_an_empty_field_stays(row, value):
    assert read(**{row["Name"]: value}) == {row["Name"]: value}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Threshold", "high"),
        ("Threshold", "101"),
        ("Threshold", -0.1),
        ("Threshold", True),
        ("Threshold", "²"),
        ("Threshold", "nan"),
        ("Threshold", float("inf")),
        ("Threshold", [1]),
        ("Most", 1.5),
        ("Most", "1.5"),
        ("Most", 0),
        ("Deep", "yes"),
        ("Deep", 1),
        ("Engine", "Neural"),
        ("Engine", 1),
        ("Names", "[a"),
        ("Names", [1]),
        ("Names", {"a": 1}),
        ("Numbers", [3]),
        ("Filter", "[1]"),
        ("Filter", "{"),
        ("Filter", []),
    ],
)
def test_a_wrong_value_is_refused_with_operator_key_and_what_is_taken(key, value):
    row = next(one for one in SETTINGS if one["Name"] == key)
    message = refusal(**{key: value})
    assert message.startswith(f"Configuration.{key}: the operator 'op' takes ")
    assert operator_settings.taken(row) in message


def test_what_is_taken_is_said_in_words():
    said = [operator_settings.taken(row) for row in SETTINGS]
    assert said == [
        "a Number from 0 to 100",
        "an Integer from 1",
        "a Boolean",
        "a String, one of neural, standard",
        "a List of String",
        "a List of Integer, one of 1, 2",
        "a List",
        "an Object",
    ]


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("Treshold", "Threshold"),
        ("threshold", "Threshold"),
        ("Enable", "Enabled"),
        ("deep", "Deep"),
    ],
)
def test_an_unknown_key_is_refused_with_the_one_that_may_be_meant(key, meant):
    message = refusal(**{key: 1})
    assert f"Configuration.{key}: the operator 'op' does not take this key" in message
    assert f"did you mean {meant}? it takes Threshold (a Number from 0 to 100)" in message


def test_a_key_that_is_like_no_other_is_refused_with_those_that_there_are():
    assert "does not take this key; it takes Threshold (" in refusal(Zoo=1)
    assert "it takes no keys of its own" in refusal([], Zoo=1)


@pytest.mark.parametrize("key", ["Enable", "enable", "enabled", "Mediatype", "pollseconds"])
def test_a_near_miss_of_the_engines_keys_is_refused_of_operators_that_declare_nothing(key):
    meant = nearest(key, operator_settings.ENGINE_KEYS)
    assert f"Configuration.{key}: " in refusal(None, **{key: True})
    assert f"'op'; did you mean {meant}?" in refusal(None, **{key: True})


@pytest.mark.parametrize("key", ["MediaTypes", "Threshold", "Enabler", "Timeout", "x"])
def test_operators_that_declare_nothing_take_any_other_key(key):
    assert read(None, **{key: "80"}) == {key: "80"}


def test_a_near_miss_may_be_declared():
    settings = operator_settings.declared([{"Name": "enabled", "Type": "String"}])
    assert read(settings, enabled="x") == {"enabled": "x"}


def test_defaults_are_those_of_the_rows_that_have_one():
    assert operator_settings.defaults(SETTINGS) == {"Threshold": 50}


def test_copies_leave_words_and_defaults_out():
    copied = operator_settings.compact(SETTINGS)
    assert [set(one) & {"Default", "Description"} for one in copied] == [set()] * len(ROWS)
    assert read(copied, Threshold="7") == {"Threshold": 7}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"Name": "Enabled", "Type": "Boolean"}, r"^Settings\.Enabled: the engine itself"),
        ({"Name": "Most", "Type": "Integer", "Minimum": 3, "Maximum": 2}, r"Most\.Minimum: "),
        ({"Name": "a", "Type": "String", "Maximum": 2}, r"^Settings\.a\.Maximum: only a Number"),
        ({"Name": "a", "Type": "String", "Items": "String"}, r"^Settings\.a\.Items: only a List"),
        ({"Name": "a", "Type": "Object", "Allowed": [{}]}, r"^Settings\.a\.Allowed: "),
        ({"Name": "a", "Type": "Integer", "Allowed": ["x"]}, r"^Settings\.a\.Allowed: 'x' is not"),
        ({"Name": "a", "Type": "Integer", "Default": 1.5}, r"^Settings\.a\.Default: 1\.5 is not"),
        ({"Name": "a", "Type": "Number", "Maximum": 1, "Default": 2}, r"^Settings\.a\.Default: 2"),
        ({"Name": "a", "Type": "String", "Allowed": ["b"], "Default": "c"}, r"a\.Default: 'c'"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(row, words):
    with pytest.raises(BadRequest, match=words):
        operator_settings.declared([row])


def test_a_key_is_declared_once():
    row = {"Name": "a", "Type": "String"}
    with pytest.raises(BadRequest, match=r"^Settings\.a: it is declared more than once"):
        operator_settings.declared([row, row])

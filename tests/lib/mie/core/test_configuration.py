"""Configuration: an operation's defaults, the stage's values, the execution's values."""

import copy

import pytest

from mie.core import configuration
from mie.core.errors import BadRequest

DEFAULTS = {
    "labels": {"MediaType": "Image", "Enabled": True, "MinConfidence": 80, "Filter": {"a": 1}},
    "faces": {"MediaType": "Image", "Enabled": False},
}
STAGES = {
    "Analysis": {"Configuration": DEFAULTS},
    "Text": {"Configuration": {"labels": {"MediaType": "Text", "Enabled": True}}},
}


def merged(overrides):
    return configuration.for_execution(STAGES, overrides)


def test_without_overrides_the_defaults_stay():
    assert merged({}) == {name: stage["Configuration"] for name, stage in STAGES.items()}


def test_given_keys_replace_and_the_others_stay():
    labels = merged({"Analysis": {"labels": {"MinConfidence": 55, "New": "x"}}})["Analysis"]
    assert labels["labels"] == {**DEFAULTS["labels"], "MinConfidence": 55, "New": "x"}
    assert labels["faces"] == DEFAULTS["faces"]


def test_a_retired_operator_cannot_be_enabled_for_an_execution():
    stages = {"S": {"Configuration": DEFAULTS, "Retired": {"faces": "Its service is gone."}}}
    kept = configuration.for_execution(stages, {"S": {"faces": {"Enabled": False}}})
    assert kept["S"]["faces"]["Enabled"] is False
    for overrides in ({"faces": {"Enabled": True}}, {"Operations": {"faces": {"Enabled": True}}}):
        with pytest.raises(
            BadRequest, match=r"Configuration\.S\.faces\.Enabled: .*Its service is gone\."
        ):
            configuration.for_execution(stages, {"S": overrides})


def test_the_merge_is_one_level_deep():
    analysis = merged({"Analysis": {"labels": {"Filter": {"b": 2}}}})["Analysis"]
    assert analysis["labels"]["Filter"] == {"b": 2}


def test_an_operator_of_another_stage_keeps_its_own_configuration():
    result = merged({"Analysis": {"labels": {"MediaType": "Video"}}})
    assert result["Analysis"]["labels"]["MediaType"] == "Video"
    assert result["Text"]["labels"]["MediaType"] == "Text"


def test_the_guides_wrapper_operations_is_the_same_as_the_flat_form():
    flat = {"Analysis": {"labels": {"Enabled": False}}}
    wrapped = {"Analysis": {"Operations": {"labels": {"Enabled": False}}}}
    assert merged(wrapped) == merged(flat)


def test_an_operator_that_is_called_operations_is_not_a_wrapper():
    stages = {"S": {"Configuration": {"Operations": {"MediaType": "Image", "Enabled": True}}}}
    result = configuration.for_execution(stages, {"S": {"Operations": {"Enabled": False}}})
    assert result["S"]["Operations"] == {"MediaType": "Image", "Enabled": False}


def test_the_wrapper_beside_other_keys_is_an_unknown_operator():
    with pytest.raises(BadRequest, match="Invalid operation 'Operations'"):
        merged({"Analysis": {"Operations": {}, "labels": {}}})


def test_no_argument_is_changed():
    before = copy.deepcopy(STAGES)
    overrides = {"Analysis": {"labels": {"MinConfidence": 1}}}
    merged(overrides)
    assert before == STAGES
    assert overrides == {"Analysis": {"labels": {"MinConfidence": 1}}}


def test_merging_twice_is_merging_once():
    overrides = {"Analysis": {"labels": {"MinConfidence": 1}, "faces": {"Enabled": True}}}
    once = merged(overrides)
    stages = {name: {"Configuration": one} for name, one in once.items()}
    assert configuration.for_execution(stages, overrides) == once


def test_an_unknown_stage_is_named():
    with pytest.raises(
        BadRequest, match="Exception: Invalid stage found in Configuration 'Nowhere'"
    ):
        merged({"Nowhere": {}})


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: {"Operations": one}])
def test_an_unknown_operator_is_named_with_its_stage(wrap):
    with pytest.raises(
        BadRequest, match=r"^Configuration\.Analysis: Exception: Invalid operation 'nobody'"
    ):
        merged({"Analysis": wrap({"nobody": {"Enabled": True}})})


def test_stages_are_checked_before_anything_is_merged():
    with pytest.raises(BadRequest, match="Invalid stage"):
        merged({"Analysis": {"nobody": {}}, "Nowhere": {}})


@pytest.mark.parametrize("values", [None, [], "x", 7, True])
def test_the_values_of_a_stage_are_an_object(values):
    with pytest.raises(BadRequest, match=r"^Configuration\.Analysis must be an object"):
        merged({"Analysis": values})
    with pytest.raises(BadRequest, match=r"^Configuration\.Analysis must be an object"):
        merged({"Analysis": {"Operations": values}})


@pytest.mark.parametrize("values", [None, [], "x", 7, True])
def test_the_values_of_an_operator_are_an_object(values):
    with pytest.raises(BadRequest, match=r"^Configuration\.Analysis\.labels must be an object"):
        merged({"Analysis": {"labels": values}})


@pytest.mark.parametrize("enabled", ["true", "false", 0, 1, None, [], {}])
def test_enabled_is_a_boolean(enabled):
    with pytest.raises(BadRequest, match=r"Analysis\.labels\.Enabled must be true or false"):
        merged({"Analysis": {"labels": {"Enabled": enabled}}})


@pytest.mark.parametrize("media_type", ["", None, 7, True, ["Image"], {}])
def test_a_media_type_is_a_text(media_type):
    with pytest.raises(BadRequest, match=r"Analysis\.labels\.MediaType must be a non-empty string"):
        merged({"Analysis": {"labels": {"MediaType": media_type}}})


def test_a_stages_own_configuration_is_laid_over_the_defaults():
    result = configuration.for_stage(DEFAULTS, {"faces": {"Enabled": True}})
    assert result["faces"] == {"MediaType": "Image", "Enabled": True}
    with pytest.raises(BadRequest, match=r"^Configuration: .*Invalid operation 'nobody'"):
        configuration.for_stage(DEFAULTS, {"nobody": {}})


# Polling


def registered(**values):
    configuration.of_operation("op", {"MediaType": "Image", "Enabled": True, **values}, None)


@pytest.mark.parametrize(
    "values",
    [
        {"PollSeconds": 1, "MaxPollSeconds": 1, "TimeoutSeconds": 1},
        {"PollSeconds": 3600},
        {"PollSeconds": 3600, "MaxPollSeconds": 3600, "TimeoutSeconds": 604_800},
        {"MaxPollSeconds": 10, "TimeoutSeconds": 25_000},
        {"PollSeconds": 30, "MaxPollSeconds": 30, "TimeoutSeconds": 75_000},
        {"TimeoutSeconds": 150_000},
    ],
)
def test_polling_within_its_limits_is_taken(values):
    registered(**values)


@pytest.mark.parametrize("value", [0, -1, 3601, 604_801, 1.5, 5.0, "5", None, True, [], {}])
@pytest.mark.parametrize("key", ["PollSeconds", "MaxPollSeconds", "TimeoutSeconds"])
def test_seconds_are_whole_numbers_within_limits(key, value):
    if key == "TimeoutSeconds" and value == 3601:
        return
    with pytest.raises(BadRequest, match=rf"^Configuration\.{key} must be a whole .* from 1"):
        registered(**{key: value})
    with pytest.raises(BadRequest, match=rf"^Configuration\.Analysis\.labels\.{key} must be"):
        merged({"Analysis": {"labels": {key: value}}})


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"PollSeconds": 20, "MaxPollSeconds": 10}, r"PollSeconds must not be greater"),
        ({"MaxPollSeconds": 10}, r"TimeoutSeconds must be at most 25000 .* it is 86400"),
        ({"TimeoutSeconds": 604_800}, r"TimeoutSeconds must be at most 150000"),
    ],
)
def test_seconds_fit_each_other(values, named):
    with pytest.raises(BadRequest, match=rf"^Configuration\.{named}"):
        registered(**values)
    with pytest.raises(BadRequest, match=rf"^Configuration\.Analysis\.labels\.{named}"):
        merged({"Analysis": {"labels": values}})


def test_an_override_that_does_not_fit_the_default_is_refused_for_this_execution():
    stages = {"S": {"Configuration": {"a": {**DEFAULTS["labels"], "PollSeconds": 90}}}}
    given = {"S": {"a": {"MaxPollSeconds": 100}}}
    assert configuration.for_execution(stages, given)["S"]["a"]["PollSeconds"] == 90
    with pytest.raises(BadRequest, match=r"^Configuration\.S\.a\.PollSeconds must not be greater"):
        configuration.for_execution(stages, {"S": {"a": {"MaxPollSeconds": 80}}})


def test_what_was_registered_before_there_were_limits_is_refused_when_it_runs():
    stages = {"S": {"Configuration": {"a": {**DEFAULTS["labels"], "TimeoutSeconds": "an hour"}}}}
    with pytest.raises(BadRequest, match=r"^Configuration\.S\.a\.TimeoutSeconds must be a whole"):
        configuration.for_execution(stages, {})


def test_what_no_state_has_room_for_is_refused():
    half = {"labels": {"MinConfidence": "x" * 90_000}}
    assert merged({"Analysis": half})["Analysis"]["labels"] != DEFAULTS["labels"]
    both = {**half, "faces": {"Model": "x" * 90_000}}
    with pytest.raises(BadRequest, match=r"^Configuration\.Analysis: .* may have 170000"):
        merged({"Analysis": both})

"""Properties of CloudFormation resources, whose scalars are text."""

import json

import pytest

from mie.core import template_properties
from mie.core.errors import BadRequest

ON = {"MediaType": "Video", "Enabled": "true"}


def test_a_configuration_may_be_json_text_and_keeps_its_types():
    values = {"MediaType": "Video", "Enabled": True, "Threshold": 80, "List": [1, 2]}
    read = template_properties.operation({"Name": "op", "Configuration": json.dumps(values)})
    assert read == {"Name": "op", "Configuration": values}


def test_so_may_that_of_a_stage_and_that_of_each_operator_in_it():
    overrides = {"a": {"Threshold": 80, "Deep": False}, "b": {"Enabled": True}}
    expected = {"Configuration": overrides}
    whole = {"Configuration": json.dumps(overrides)}
    parts = {"Configuration": {name: json.dumps(values) for name, values in overrides.items()}}
    assert template_properties.stage(whole) == expected
    assert template_properties.stage(parts) == expected
    assert template_properties.stage({"Configuration": json.dumps(parts["Configuration"])}) == (
        expected
    )


@pytest.mark.parametrize("text", ["", "80", "[1]", "{", '"a"', '{"a": NaN}'])
def test_text_that_is_no_json_object_is_refused_with_its_field(text):
    with pytest.raises(BadRequest, match=r"^Configuration is not"):
        template_properties.operation({"Configuration": text})
    with pytest.raises(BadRequest, match=r"^Configuration is not"):
        template_properties.stage({"Configuration": text})
    with pytest.raises(BadRequest, match=r"^Configuration\.a is not"):
        template_properties.stage({"Configuration": {"a": text}})


def test_the_engines_own_values_are_read_and_those_of_operators_stay_text():
    given = {**ON, "PollSeconds": "7", "Threshold": "80", "Deep": "false"}
    read = template_properties.operation({"Configuration": given})["Configuration"]
    assert read == {**given, "Enabled": True, "PollSeconds": 7}


def test_the_limits_of_a_declaration_are_numbers():
    rows = [{"Name": "a", "Type": "Number", "Minimum": "0", "Maximum": "0.5", "Default": "0.1"}]
    read = template_properties.operation({"Settings": rows})["Settings"]
    assert read == [{**rows[0], "Minimum": 0, "Maximum": 0.5}]


def test_a_declaration_may_be_json_text():
    rows = [{"Name": "a", "Type": "Boolean", "Default": False}]
    assert template_properties.operation({"Settings": json.dumps(rows)}) == {"Settings": rows}


@pytest.mark.parametrize("given", [5, [], None, {"a": 5}])
def test_what_is_neither_object_nor_text_is_left_to_the_schema(given):
    for read in (template_properties.operation, template_properties.stage):
        assert read({"Configuration": given}) == {"Configuration": given}

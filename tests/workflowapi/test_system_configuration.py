"""The system configuration over HTTP."""

import pytest

PATH = "/system/configuration"


def test_the_limit_is_set_and_shown(api, item):
    assert api("GET", PATH).json == []
    answer = api("POST", PATH, {"Name": "MaxConcurrentWorkflows", "Value": 2})
    assert (answer.status, answer.json) == (200, {})
    assert item("SYSTEM_TABLE_NAME", "Name", "MaxConcurrentWorkflows") == {
        "Name": "MaxConcurrentWorkflows",
        "Value": 2,
    }
    assert api("GET", PATH).json == [{"Name": "MaxConcurrentWorkflows", "Value": 2}]


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "2", None, [1], 10**40])
def test_a_limit_that_is_none_is_refused(api, value):
    answer = api("POST", PATH, {"Name": "MaxConcurrentWorkflows", "Value": value})
    assert (answer.status, answer.json["Code"]) == (400, "BadRequestError")
    assert "MaxConcurrentWorkflows must be a value > 1" in answer.json["Message"]
    assert api("GET", PATH).json == []


@pytest.mark.parametrize("name", ["none", "RunningExecutions"])
def test_an_unknown_parameter_is_refused_with_the_known_ones(api, name):
    answer = api("POST", PATH, {"Name": name, "Value": 1})
    assert answer.status == 400
    assert "MaxConcurrentWorkflows" in answer.json["Message"]


@pytest.mark.parametrize("field", ["Name", "Value"])
def test_a_missing_field_is_named(api, field):
    body = {"Name": "MaxConcurrentWorkflows", "Value": 1}
    del body[field]
    answer = api("POST", PATH, body)
    assert answer.status == 400
    assert field in answer.json["Message"]

"""The system configuration over HTTP."""

import boto3
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


@pytest.mark.parametrize(("value", "stored"), [(1, 1), (2.0, 2), (1_000_000, 1_000_000)])
def test_a_whole_number_is_stored_as_one(api, value, stored):
    assert api("POST", PATH, {"Name": "MaxConcurrentWorkflows", "Value": value}).status == 200
    (parameter,) = api("GET", PATH).json
    assert parameter["Value"] == stored
    assert isinstance(parameter["Value"], int)


@pytest.mark.parametrize("value", [b"1e400", b"-1e400", b"NaN", b"Infinity", b"1e-400", b"2e6"])
def test_a_number_that_is_no_limit_is_refused(api, value):
    body = b'{"Name": "MaxConcurrentWorkflows", "Value": ' + value + b"}"
    answer = api("POST", PATH, body)
    assert answer.status == 400
    assert answer.json["Message"].startswith("Value: ")
    assert api("GET", PATH).json == []


@pytest.mark.parametrize(
    "value", [0, -1, 0.0, 1.5, True, False, "2", "", None, [1], [], {}, 1_000_001, 10**40]
)
def test_a_limit_that_is_none_is_refused(api, value):
    answer = api("POST", PATH, {"Name": "MaxConcurrentWorkflows", "Value": value})
    assert (answer.status, answer.json["Code"]) == (400, "BadRequestError")
    assert "MaxConcurrentWorkflows must be a value > 1" in answer.json["Message"]
    assert api("GET", PATH).json == []


@pytest.mark.parametrize("name", ["none", "RunningExecutions", "CursorSecret", " ", "é"])
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


@pytest.mark.parametrize("name", [7, None, "", [], {}, True])
def test_a_name_that_is_no_text_is_refused(api, name):
    answer = api("POST", PATH, {"Name": name, "Value": 1})
    assert answer.status == 400
    assert answer.json["Message"].startswith("Name: ")


def test_what_the_engine_keeps_for_itself_is_not_shown(api, environment):
    table = boto3.resource("dynamodb").Table(environment["SYSTEM_TABLE_NAME"])
    for number in range(3):
        table.put_item(Item={"Name": f"own{number}", "Value": "x"})
    assert api("POST", PATH, {"Name": "MaxConcurrentWorkflows", "Value": 3}).status == 200
    assert api("GET", PATH).json == [{"Name": "MaxConcurrentWorkflows", "Value": 3}]

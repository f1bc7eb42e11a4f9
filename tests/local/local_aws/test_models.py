"""Requests that the models of the services do not allow."""

import pytest

from local_aws.models import refusal

MACHINE = {"name": "m", "definition": "{}", "roleArn": "arn:aws:iam::123456789012:role/r"}
FUNCTION = {
    "FunctionName": "f",
    "Role": "arn:aws:iam::123456789012:role/r",
    "Code": {"ZipFile": "UEs="},
    "Handler": "m.h",
    "Runtime": "python3.13",
}
SETTINGS = "UpdateFunctionConfiguration"


def variables(**values):
    return {"Environment": {"Variables": values}}


def test_what_is_right_passes():
    assert refusal("stepfunctions", "CreateStateMachine", MACHINE) is None
    assert refusal("lambda", "CreateFunction", FUNCTION | variables(NAME="value")) is None


@pytest.mark.parametrize(
    ("value", "kind"),
    [(5, "NUMBER_VALUE"), (True, "TRUE_VALUE"), (1.5, "NUMBER_VALUE")],
)
def test_a_variable_that_is_no_text_cannot_be_read(value, kind):
    assert refusal("lambda", SETTINGS, variables(NAME=value)) == (
        "SerializationException",
        f"{kind} can not be converted to a String",
    )


def test_a_number_is_not_a_truth():
    code, message = refusal("stepfunctions", "CreateStateMachine", MACHINE | {"publish": 1})
    assert (code, message.endswith("to a Boolean")) == ("SerializationException", True)


def test_a_key_must_have_its_pattern():
    code, message = refusal("lambda", SETTINGS, variables(**{"1A": "value"}))
    assert code == "ValidationException"
    assert "'environment.variables' failed to satisfy constraint" in message
    assert "regular expression pattern" in message


@pytest.mark.parametrize(
    ("request_", "constraint"),
    [
        (MACHINE | {"name": "m" * 81}, "length less than or equal to 80"),
        (MACHINE | {"name": ""}, "length greater than or equal to 1"),
        (MACHINE | {"definition": "x" * 1_048_577}, "length less than or equal to 1048576"),
        ({"name": "m", "definition": "{}"}, "Member must not be null"),
        (MACHINE | {"tags": [{"key": "k" * 129}]}, "'tags.1.member.key' failed"),
    ],
)
def test_limits_are_named(request_, constraint):
    code, message = refusal("stepfunctions", "CreateStateMachine", request_)
    assert code == "ValidationException"
    assert message.startswith("1 validation error detected: ")
    assert constraint in message


def test_null_stands_for_nothing():
    request = {"stateMachineArn": "arn", "name": None, "input": None}
    assert refusal("stepfunctions", "StartExecution", request) is None


def test_what_stands_in_the_path_is_not_asked_for():
    assert refusal("lambda", SETTINGS, {"MemorySize": 128}) is None
    assert "128" in refusal("lambda", SETTINGS, {"MemorySize": 64})[1]

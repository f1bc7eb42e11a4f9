"""A refusal is told by what the service says, not by the name of the error alone."""

import pytest
from botocore.exceptions import ClientError
from tests.fakes.aws import HISTORY_TABLE, NAMED_TABLES, control_plane

from mie.adapters.definitions import DefinitionTable
from mie.adapters.service_errors import invalid, text, too_large
from mie.core.errors import TooLarge

ITEM = {"Name": "one", "Id": "1", "Version": "v0", "Created": "5.5"}
SIZES = (
    "Item size has exceeded the maximum allowed size",
    "Item size to update has exceeded the maximum allowed size",
)
OTHERS = (
    "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size "
    "limit of2048 bytes",
    "Nesting Levels have exceeded supported limits",
    "Item collection size limit",
)


def refused(code, message, reasons=()):
    answer = {"Error": {"Code": code, "Message": message}}
    if reasons:
        answer["CancellationReasons"] = list(reasons)
    return ClientError(answer, "PutItem")


def invalid_request(message):
    return refused("ValidationException", message)


def cancelled(message):
    reasons = [{"Code": "None"}, {"Code": "ValidationError", "Message": message}]
    return refused("TransactionCanceledException", "Transaction cancelled", reasons)


@pytest.mark.parametrize("message", SIZES)
@pytest.mark.parametrize("make", [invalid_request, cancelled])
def test_an_item_that_is_too_large_is_told_so(make, message):
    with pytest.raises(TooLarge, match="of ours"), too_large("of ours"):
        raise make(message)


@pytest.mark.parametrize("message", OTHERS)
@pytest.mark.parametrize("make", [invalid_request, cancelled])
def test_any_other_refusal_keeps_its_own_words(make, message):
    error = make(message)
    with pytest.raises(ClientError), too_large("of ours"):
        raise error
    assert message in invalid(error)


@pytest.mark.parametrize(
    ("code", "is_invalid"),
    [
        ("ValidationException", True),
        ("InvalidParameterValueException", True),
        ("InvalidDefinition", True),
        ("AccessDeniedException", False),
        ("ConditionalCheckFailedException", False),
    ],
)
def test_what_a_service_finds_invalid_is_told_briefly(code, is_invalid):
    told = invalid(refused(code, "x" * 5_000))
    assert (told is not None) == is_invalid
    assert told is None or len(told) < 350


def test_values_that_a_service_repeats_are_left_out():
    constraint = "failed to satisfy constraint: Member must have length less than 262144"
    message = f"1 validation error detected: Value '{'secret ' * 90_000}' at 'input' {constraint}"
    error = refused("ValidationException", message)
    assert text(error) == f"1 validation error detected: Value at 'input' {constraint}"


def test_an_item_that_is_too_deep_is_not_called_too_large():
    value = []
    for _ in range(40):
        value = [value]
    with control_plane():
        table = DefinitionTable(NAMED_TABLES["STAGE_TABLE_NAME"], "stage", HISTORY_TABLE)
        table.create(ITEM)
        deep = {**ITEM, "Version": "v1", "Configuration": {"x": value}}
        with pytest.raises(ClientError, match="Nesting Levels"):
            table.create({**deep, "Name": "two"})
        with pytest.raises(ClientError, match="Nesting Levels"):
            table.replace(deep, ITEM)
        assert list(table.list()) == [ITEM]

"""Writes that others hold up, and the tokens that tell repetitions."""

from itertools import repeat

import pytest
from tests.fakes.aws import NAMED_TABLES, control_plane
from tests.fakes.disturbed_dynamodb import HELD, LOST, disturbed

from mie import aws
from mie.adapters import items, writes
from mie.core.errors import STATUSES, TooManyRequests

TABLE = NAMED_TABLES["STAGE_TABLE_NAME"]
KEY = {"Name": {"S": "one"}}
PUT = {"TableName": TABLE, "Item": KEY}
UPDATE = {
    "TableName": TABLE,
    "Key": KEY,
    "UpdateExpression": "SET Id = :id",
    "ExpressionAttributeValues": {":id": {"S": "1"}},
}
ALL = {
    "put_item": lambda: writes.single("put_item", PUT),
    "update_item": lambda: writes.single("update_item", UPDATE),
    "delete_item": lambda: writes.single("delete_item", {"TableName": TABLE, "Key": KEY}),
    "create": lambda: writes.create(TABLE, "Name", {"Name": "one"}, ("Name",)),
    "transact": lambda: writes.transact([{"Put": PUT}]),
}


@pytest.fixture(autouse=True)
def dynamodb():
    with control_plane():
        yield


@pytest.mark.parametrize("write", ALL.values(), ids=ALL.keys())
def test_a_write_that_is_always_held_up_is_one_of_too_many_requests(write):
    with disturbed(repeat(HELD)), pytest.raises(TooManyRequests) as raised:
        write()
    assert STATUSES[raised.type][0] == 429
    assert items.get(TABLE, {"Name": "one"}) is None


@pytest.mark.parametrize("write", ALL.values(), ids=ALL.keys())
def test_a_write_waits_for_others_and_its_answer_may_get_lost_too(write):
    with disturbed([HELD, HELD, LOST]):
        write()


def test_what_was_created_and_changed_before_the_repetition_is_still_its_own(monkeypatch):
    client = aws.client("dynamodb")
    put, item = client.put_item, {"Name": "one", "Id": "1", "Version": "v0"}

    def lose(**request):
        put(**request)
        monkeypatch.undo()
        put(TableName=TABLE, Item=items.to_item({**item, "Version": "v1"}))
        return put(**request)

    monkeypatch.setattr(client, "put_item", lose)
    assert writes.create(TABLE, "Name", item, ("Id",))
    assert items.get(TABLE, {"Name": "one"})["Version"] == "v1"
    assert not writes.create(TABLE, "Name", {**item, "Id": "2"}, ("Id",))


@pytest.mark.parametrize(
    ("code", "same"),
    [
        # it may yet succeed, so what asks again must be the same
        ("TransactionInProgressException", True),
        ("TransactionConflictException", False),
    ],
)
def test_a_token_stands_for_one_try(code, same, monkeypatch):
    tokens = []

    def transact(TransactItems, ClientRequestToken):
        tokens.append(ClientRequestToken)
        if len(tokens) == 1:
            raise aws.client("dynamodb").exceptions.ClientError({"Error": {"Code": code}}, "x")

    monkeypatch.setattr(aws.client("dynamodb"), "transact_write_items", transact)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    assert writes.transact([{"Put": PUT}]) == []
    assert (tokens[0] == tokens[1]) is same


def test_what_is_no_refusal_of_a_write_is_raised():
    with pytest.raises(aws.client("dynamodb").exceptions.ResourceNotFoundException):
        writes.single("put_item", {**PUT, "TableName": "none"})
    with pytest.raises(aws.client("dynamodb").exceptions.ResourceNotFoundException):
        writes.transact([{"Put": {**PUT, "TableName": "none"}}])

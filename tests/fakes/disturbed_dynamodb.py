"""DynamoDB in the process, whose answers get lost and whose items other transactions hold."""

import json
from contextlib import contextmanager
from itertools import chain, repeat
from types import SimpleNamespace
from unittest.mock import patch

from moto.dynamodb.responses import DynamoHandler

from mie import aws

WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")
# What may befall a write: it is done and its answer gets lost, so that the SDK sends it again; or
# somebody's transaction is in the way.
LOST, HELD = "lost", "held"


@contextmanager
def disturbed(kinds):
    """Befalls the writes of the block one after another, each try of ours counted: LOST, HELD or
    None. What has to be waited for takes no time."""
    left = chain(kinds, repeat(None))
    client = aws.client("dynamodb")

    def hold(model, params, context, **more):
        if model.name not in WRITES:
            return None
        kind = next(left)
        context["lost"] = kind == LOST
        return _held(model.name, params) if kind == HELD else None

    def lose(request_dict, attempts, **more):
        # 0: the SDK sends the request again at once
        return 0 if attempts == 1 and request_dict["context"].get("lost") else None

    handlers = {"before-call.dynamodb": hold, "needs-retry.dynamodb": lose}
    for event, handler in handlers.items():
        client.meta.events.register_first(event, handler)
    try:
        with patch("time.sleep"):
            yield
    finally:
        for event, handler in handlers.items():
            client.meta.events.unregister(event, handler)


@contextmanager
def tokens_of_transactions():
    """What moto lacks: a transaction whose token has succeeded before changes nothing."""
    answers = {}
    original = DynamoHandler.transact_write_items

    def transact(handler):
        token = handler.body["ClientRequestToken"]
        if token not in answers:
            answers[token] = original(handler)
        return answers[token]

    with patch.object(DynamoHandler, "transact_write_items", transact):
        yield


def _held(operation, params):
    error = {"Error": {"Code": "TransactionConflictException", "Message": "held"}}
    if operation == "TransactWriteItems":
        writes = json.loads(params["body"])["TransactItems"]
        error = {
            "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
            "CancellationReasons": [
                *({"Code": "None"} for _ in writes[1:]),
                {"Code": "TransactionConflict"},
            ],
        }
    return SimpleNamespace(status_code=400), {**error, "ResponseMetadata": {}}

"""What DynamoDB refuses and moto takes: long keys, deep and odd values, and items that are too
large for a transaction, which is cancelled by them."""

import re
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from unittest.mock import patch

from moto.dynamodb.exceptions import MockValidationException, TransactionCanceledException
from moto.dynamodb.responses import DynamoHandler

PARTITION_KEY, SORT_KEY = 2_048, 1_024  # bytes
LEVELS, DIGITS = 32, 38
_OPERATIONS = (
    *("get_item", "put_item", "update_item", "delete_item", "query", "scan"),
    "transact_write_items",
)
_EQUAL = re.compile(r"\S+\s*=\s*(:\w+)")


@contextmanager
def strict_dynamodb():
    """Looks at the requests of the block before moto does."""
    with ExitStack() as stack:
        for name in _OPERATIONS:
            stack.enter_context(patch.object(DynamoHandler, name, _strict(name)))
        yield


def _strict(name):
    original = getattr(DynamoHandler, name)

    def answer(handler):
        writes = [next(iter(one.values())) for one in handler.body.get("TransactItems", ())]
        for request in writes or [handler.body]:
            _check(handler.dynamodb_backend.get_table(request["TableName"]), request)
        try:
            return original(handler)
        except MockValidationException as error:
            if not writes or "Item size" not in str(error.description):
                raise
            # which one it is moto does not say
            reasons = [("ValidationError", error.exception_msg, None)]
            reasons += [(None, None, None) for _ in writes[1:]]
            raise TransactionCanceledException(reasons) from error

    return answer


def _check(table, request):
    for place in ("Key", "ExclusiveStartKey", "Item"):
        given = request.get(place, {})
        for names, limit, words in (
            (
                table.hash_key_names,
                PARTITION_KEY,
                f"Size of hashkey has exceeded the maximum size limit of{PARTITION_KEY} bytes",
            ),
            (
                table.range_key_names,
                SORT_KEY,
                "Aggregated size of all range keys has exceeded the size limit of "
                f"{SORT_KEY} bytes",
            ),
        ):
            for name in names:
                if name in given:
                    _check_key(given[name], limit, words)
    values = request.get("ExpressionAttributeValues", {})
    for placeholder in _EQUAL.findall(request.get("KeyConditionExpression") or ""):
        words = f"Size of hashkey has exceeded the maximum size limit of{PARTITION_KEY} bytes"
        _check_key(values[placeholder], PARTITION_KEY, words)
    for value in (*values.values(), *request.get("Item", {}).values()):
        _check_value(value, 0)


def _check_key(value, limit, words):
    (text,) = value.values()
    if not text:
        raise MockValidationException(
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty string value"
        )
    if len(text.encode()) > limit:
        raise MockValidationException(f"One or more parameter values were invalid: {words}")


def _significant(number):
    return "".join(map(str, Decimal(number).as_tuple().digits)).strip("0")


def _check_value(value, level):
    ((kind, content),) = value.items()
    if kind == "N" and len(_significant(content)) > DIGITS:
        raise MockValidationException(
            f"Attempting to store more than {DIGITS} significant digits in a Number"
        )
    if kind not in ("M", "L"):
        return
    if level >= LEVELS:
        raise MockValidationException("Nesting Levels have exceeded supported limits")
    if kind == "M" and "" in content:
        raise MockValidationException("An attribute's name must not be empty")
    for one in content.values() if kind == "M" else content:
        _check_value(one, level + 1)

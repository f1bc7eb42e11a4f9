"""Writes to DynamoDB that take effect once, although answers get lost and others write as well.

The SDK sends a request again whose answer got lost. DynamoDB tells the repetition of a transaction
by its token; a single conditional write has none, and its repetition finds what it wrote itself.
"""

import random
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from botocore.exceptions import ClientError

from mie import aws
from mie.adapters import items
from mie.adapters.service_errors import cancellation_reasons, code, is_condition
from mie.core.errors import TooManyRequests

# While a transaction writes an item, DynamoDB refuses other writes of it. Twelve tries with up to
# a second between them outlast a hundred stages that end at once.
_ATTEMPTS = 12
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.05, 1.0
_IN_THE_WAY = "TransactionConflictException"
_STILL_AT_IT = "TransactionInProgressException"
# The reason of a write that cannot be done, such as one of an item that is too large.
_INVALID = "ValidationError"
# Reasons of a cancelled transaction that pass.
_PASSING = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


def create(table: str, key: str, item: Mapping[str, Any], marks: Sequence[str]) -> bool:
    """Puts an item where there is none; False when there is one of somebody else.

    marks: the attributes that tell the item from everybody else's, and that nobody changes.
    """
    try:
        single(
            "put_item",
            {
                "TableName": table,
                "Item": items.to_item(item),
                "ConditionExpression": "attribute_not_exists(#key)",
                "ExpressionAttributeNames": {"#key": key},
            },
        )
    except ClientError as error:
        if not is_condition(error):
            raise
        present = items.get(table, {key: item[key]})
        # its own item: the first answer got lost
        return present is not None and all(present.get(one) == item.get(one) for one in marks)
    return True


def single(
    operation: Literal["put_item", "update_item", "delete_item"], request: Mapping[str, Any]
) -> dict[str, Any]:
    """The answer to one write, which waits for transactions.

    A condition that the write itself makes untrue needs a reading afterwards, or ``transact``.
    Raises TooManyRequests when transactions were always in the way, and DynamoDB's refusals.
    """
    for attempt in range(_ATTEMPTS):
        try:
            answer: dict[str, Any] = getattr(aws.client("dynamodb"), operation)(**request)
        except ClientError as error:
            if code(error) != _IN_THE_WAY:
                raise
        else:
            return answer
        _pause(attempt)
    raise _too_many()


def transact(writes: Sequence[Mapping[str, Any]]) -> list[str]:
    """Writes all or nothing; a list of the reasons, one for each write, when conditions failed.

    Raises TooManyRequests when other transactions were always in the way, and DynamoDB's refusals.
    """
    token = str(uuid.uuid4())
    for attempt in range(_ATTEMPTS):
        try:
            aws.client("dynamodb").transact_write_items(
                TransactItems=list(writes), ClientRequestToken=token
            )
        except ClientError as error:
            reasons = cancellation_reasons(error)
            if _INVALID in reasons:
                raise
            if reasons and not _PASSING & set(reasons):
                return reasons
            if not reasons and code(error) not in (_IN_THE_WAY, _STILL_AT_IT):
                raise
            if code(error) != _STILL_AT_IT:
                # it was cancelled: nothing is written, and another token stands for another try
                token = str(uuid.uuid4())
        else:
            return []
        _pause(attempt)
    raise _too_many()


def _pause(attempt: int) -> None:
    longest = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**attempt)
    time.sleep(random.uniform(0, longest))  # noqa: S311 - spreads retries, keeps no secret


def _too_many() -> TooManyRequests:
    return TooManyRequests("what the request changes is changed by too many at a time; retry")

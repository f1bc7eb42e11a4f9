"""What AWS says when it refuses, in our words."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError

from mie.core.errors import TooLarge

_THROTTLED = frozenset(
    {
        "ThrottlingException",
        "Throttling",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
    }
)
# Of requests that a service does not understand, or that are beyond a limit of it.
_INVALID = re.compile(r"Validation(Exception|Error)$|Invalid(Parameter|Request|Definition|Name)")
_LONGEST_TEXT = 300
# Services repeat what they do not take, however long it is and whatever it says.
_VALUE = re.compile(r"Value '.*?' at(?= ')", re.DOTALL)
# DynamoDB says so of items that are put and of those that are updated.
_ITEM_SIZE = re.compile(r"Item size (to update )?has exceeded")

# how the services of operators say that as many jobs are open as the account may have
_FULL = frozenset({"LimitExceededException", "ServiceQuotaExceededException"})


def code(error: ClientError) -> str:
    """The error's name: "ConditionalCheckFailedException"."""
    return str(error.response["Error"]["Code"])


def text(error: ClientError) -> str:
    """What the service says, without the values that it repeats, and briefly."""
    return _brief(error.response["Error"].get("Message", code(error)))


def is_throttled(error: ClientError) -> bool:
    """The service asks for fewer requests; the same one may succeed later."""
    return code(error) in _THROTTLED


def has_no_place(error: ClientError) -> bool:
    """The service takes no further job at present; the same request may succeed later."""
    return is_throttled(error) or code(error) in _FULL


def is_condition(error: ClientError) -> bool:
    """A conditional write found something else than it expected."""
    return code(error) == "ConditionalCheckFailedException"


def invalid(error: ClientError) -> str | None:
    """What a service says that it finds wrong in a request; None when it says something else."""
    found = (f"{kind}: {words}" for kind, words in _said(error) if _INVALID.match(kind))
    return next(found, None)


@contextmanager
def too_large(message: str) -> Iterator[None]:
    """Raises TooLarge where an item would have more than the 400 KB that DynamoDB keeps."""
    try:
        yield
    except ClientError as error:
        if any(_ITEM_SIZE.search(words) for _, words in _said(error)):
            raise TooLarge(message) from error
        raise


def cancellation_reasons(error: ClientError) -> list[str]:
    """Why each write of a transaction was refused ("None" for the others); empty for others."""
    return [kind for kind, _ in _said(error)[1:]]


def _said(error: ClientError) -> list[tuple[str, str]]:
    """The name and the words of an error, then those of each write of a cancelled transaction."""
    reasons = error.response.get("CancellationReasons", [])
    return [
        (code(error), text(error)),
        *((str(one.get("Code")), _brief(one.get("Message"))) for one in reasons),
    ]


def _brief(words: object) -> str:
    return _VALUE.sub("Value at", str(words))[:_LONGEST_TEXT]

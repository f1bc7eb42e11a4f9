"""What AWS says when it refuses, in our words."""

from botocore.exceptions import ClientError

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

# how the services of operators say that as many jobs are open as the account may have
_FULL = frozenset({"LimitExceededException", "ServiceQuotaExceededException"})


def code(error: ClientError) -> str:
    """The error's name: "ConditionalCheckFailedException"."""
    return str(error.response["Error"]["Code"])


def text(error: ClientError) -> str:
    return str(error.response["Error"].get("Message", code(error)))


def is_throttled(error: ClientError) -> bool:
    """The service asks for fewer requests; the same one may succeed later."""
    return code(error) in _THROTTLED


def has_no_place(error: ClientError) -> bool:
    """The service takes no further job at present; the same request may succeed later."""
    return is_throttled(error) or code(error) in _FULL


def is_condition(error: ClientError) -> bool:
    """A conditional write found something else than it expected."""
    return code(error) == "ConditionalCheckFailedException"


def is_item_too_large(error: ClientError) -> bool:
    """The item would have more than the 400 KB that DynamoDB keeps."""
    return code(error) == "ValidationException" and "tem size" in text(error)


def cancellation_reasons(error: ClientError) -> list[str]:
    """Why each write of a transaction was refused ("None" for the others); empty for others."""
    return [str(one.get("Code")) for one in error.response.get("CancellationReasons", [])]

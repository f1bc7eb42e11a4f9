"""Calls of Rekognition, and where their answers go."""

import os
from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError

from MediaInsightsEngineLambdaHelper import OperatorInputError, aws_client, is_refused

# What the service says of a request that it will not like better a second time.
_FINAL = frozenset(
    {
        "AccessDeniedException",
        "IdempotentParameterMismatchException",
        "ImageTooLargeException",
        "InvalidImageFormatException",
        "InvalidParameterException",
        "InvalidS3ObjectException",
        "ResourceNotFoundException",
        "ValidationException",
        "VideoTooLargeException",
    }
)
_NOT_STORED = ("ResponseMetadata", "NextToken")


def ask(method: str, **request: Any) -> dict[str, Any]:
    """The service's answer.

    Raises OperatorInputError for a request that it will not take, ClientError for what may pass.
    """
    try:
        answer: dict[str, Any] = getattr(aws_client("rekognition"), method)(**request)
    except (ClientError, ParamValidationError) as error:
        if is_refused(error, _FINAL):
            raise OperatorInputError(str(error)) from error
        raise
    return answer


def code_of(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


def to_store(answer: dict[str, Any], lists: Iterable[str]) -> dict[str, Any]:
    """The findings as readers know them: without what the SDK adds, and empty lists are there."""
    kept = {key: value for key, value in answer.items() if key not in _NOT_STORED}
    return {**{name: [] for name in lists}, **kept}


def store_key() -> str:
    """The name under which the operator's results are stored.

    A picture's operator shares it with the video's.
    """
    return os.environ["OPERATOR_NAME"]

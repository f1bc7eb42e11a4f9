"""What operators have in common that ask an AWS service for something."""

import hashlib
import json
from collections.abc import Collection
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from mie.aws import client as aws_client
from mie.core.media import LARGEST_RESULT

from .handlers import OperatorError, OperatorInputError
from .outputs import MediaInsightsOperationHelper


def read_object(bucket: str, key: str, said: str, most: int = LARGEST_RESULT) -> bytes:
    """The bytes of an object in S3, such as a result that an earlier stage has stored.

    said: how the text of an error begins. Raises OperatorError, OperatorInputError for an object
    of more than ``most`` bytes, which a function's memory may not have.
    """
    try:
        answer = aws_client("s3").get_object(Bucket=bucket, Key=key)
        if answer["ContentLength"] > most:
            raise OperatorInputError(f"{said} It has more than {most} bytes")
        content: bytes = answer["Body"].read()
    except (ClientError, BotoCoreError) as error:
        raise OperatorError(f"{said} {error}") from error
    return content


def request_token(operator: MediaInsightsOperationHelper, *request: Any) -> str:
    """A token with which a service gives the job that is there to a start that comes again.

    request: what is asked, as JSON, because an operator may stand in two stages of a workflow.
    64 hexadecimal characters, which every service takes.
    """
    job = [operator.asset_id, operator.workflow_execution_id, operator.name, *request]
    return hashlib.sha256(json.dumps(job, sort_keys=True).encode()).hexdigest()


def is_refused(error: Exception, codes: Collection[str]) -> bool:
    """Whether the same request cannot succeed later: raise OperatorInputError then.

    codes: by which the service says so. What the SDK itself does not send is refused, too.
    """
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"] in codes
    return isinstance(error, ParamValidationError)

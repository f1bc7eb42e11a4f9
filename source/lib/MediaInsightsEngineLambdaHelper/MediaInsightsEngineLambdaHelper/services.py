"""What operators have in common that ask an AWS service for something."""

import hashlib
import json
from collections.abc import Collection
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError

from .outputs import MediaInsightsOperationHelper


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

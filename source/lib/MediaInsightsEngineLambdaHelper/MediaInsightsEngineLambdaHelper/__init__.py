"""What an operator needs to speak with the engine.

An operator's Lambda gets an operator object as its event and returns it with a status, metadata
and media added. It stores its results in the data plane, and raises MasExecutionError with its
output object when it fails.
"""

from mie.aws import client as aws_client
from mie.core.transfers import LARGEST_RESULT

from .dataplane import DataPlane, DataPlaneError
from .handlers import (
    OperatorError,
    OperatorInputError,
    ServiceIsFull,
    monitor_handler,
    operator_handler,
    store_results,
)
from .outputs import (
    MasExecutionError,
    MasInputError,
    MediaInsightsOperationHelper,
    OutputHelper,
)
from .scripts import SPACELESS_LANGUAGES, is_spaceless, join_texts, separator
from .services import (
    SPOKEN_LANGUAGES,
    is_refused,
    job_or_wait,
    noted_job,
    object_size,
    put_text,
    read_object,
    request_token,
    request_tokens,
    started_job,
)
from .status import Status

__all__ = [
    "LARGEST_RESULT",
    "SPACELESS_LANGUAGES",
    "SPOKEN_LANGUAGES",
    "DataPlane",
    "DataPlaneError",
    "MasExecutionError",
    "MasInputError",
    "MediaInsightsOperationHelper",
    "OperatorError",
    "OperatorInputError",
    "OutputHelper",
    "ServiceIsFull",
    "Status",
    "aws_client",
    "is_refused",
    "is_spaceless",
    "job_or_wait",
    "join_texts",
    "monitor_handler",
    "noted_job",
    "object_size",
    "operator_handler",
    "put_text",
    "read_object",
    "request_token",
    "request_tokens",
    "separator",
    "started_job",
    "store_results",
]

"""What an operator needs to speak with the engine.

An operator's Lambda gets an operator object as its event and returns it with a status, metadata
and media added. It stores its results in the data plane, and raises MasExecutionError with its
output object when it fails.
"""

from mie.aws import client as aws_client
from mie.core.languages import SPACELESS_LANGUAGES, is_spaceless, join_texts, separator
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
from .languages import (
    AUTO,
    dominant_language,
    language_name,
    not_read,
    not_translated,
    target_language,
    unread,
)
from .outputs import (
    MasExecutionError,
    MasInputError,
    MediaInsightsOperationHelper,
    OutputHelper,
)
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
from .skipping import OperatorSkipped, depends_on
from .status import Status

__all__ = [
    "AUTO",
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
    "OperatorSkipped",
    "OutputHelper",
    "ServiceIsFull",
    "Status",
    "aws_client",
    "depends_on",
    "dominant_language",
    "is_refused",
    "is_spaceless",
    "job_or_wait",
    "join_texts",
    "language_name",
    "monitor_handler",
    "not_read",
    "not_translated",
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
    "target_language",
    "unread",
]

"""Logs as JSON lines, with the ids of the execution, asset and operator at hand."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


@cache
def logger(service: str) -> "Logger":
    """The logger of a function.

    Add ids with ``append_keys``; never log whole events, signed URLs or media contents.
    """
    # Powertools costs as much to import as the API: a request that logs nothing must not pay
    from aws_lambda_powertools import Logger

    return Logger(service=service)

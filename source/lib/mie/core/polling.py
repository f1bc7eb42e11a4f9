"""How often and how long an asynchronous operator is asked whether it is done.

The operator's Configuration may say so, at registration, in a stage or for one execution:

- PollSeconds: the wait before the first question; every further one is 1.5 times as long,
- MaxPollSeconds: what waits do not grow beyond,
- TimeoutSeconds: after so many seconds of waiting the operator has failed.

The machine reads them at run time, from the configuration of the execution.
"""

from collections.abc import Mapping
from typing import Any

from mie.core.errors import BadRequest

FIRST_WAIT_SECONDS = 5
WAIT_GROWTH = 1.5
LONGEST_WAIT_SECONDS = 60
# People who approve something take their time.
TIMEOUT_SECONDS = 86_400

LONGEST_TIMEOUT_SECONDS = 7 * 86_400
# key -> what it may be at most; all are whole numbers from 1 on
LIMITS: Mapping[str, int] = {
    "PollSeconds": 3_600,
    "MaxPollSeconds": 3_600,
    "TimeoutSeconds": LONGEST_TIMEOUT_SECONDS,
}
# Step Functions keeps 25,000 events of an execution and ends it then; a question costs nine.
_MOST_QUESTIONS = 2_500


def check(configuration: Mapping[str, Any], field: str) -> None:
    """Whether the keys are whole numbers within their limits. Raises BadRequest with the field."""
    for key, most in LIMITS.items():
        value = configuration.get(key, 1)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            raise BadRequest(
                f"{field}.{key} must be a whole number of seconds from 1 to {most}, got {value!r}"
            )


def check_together(configuration: Mapping[str, Any], field: str) -> None:
    """Whether the keys fit each other, when defaults and overrides have been laid together.

    Raises BadRequest with the field, also for values that :func:`check` refuses.
    """
    check(configuration, field)
    first = configuration.get("PollSeconds", FIRST_WAIT_SECONDS)
    longest = configuration.get("MaxPollSeconds", max(LONGEST_WAIT_SECONDS, first))
    timeout = configuration.get("TimeoutSeconds", TIMEOUT_SECONDS)
    if "PollSeconds" in configuration and first > longest:
        raise BadRequest(
            f"{field}.PollSeconds must not be greater than MaxPollSeconds, {longest}; got {first}"
        )
    if timeout > _MOST_QUESTIONS * longest:
        raise BadRequest(
            f"{field}.TimeoutSeconds must be at most {_MOST_QUESTIONS * longest} when an operator "
            f"is asked every {longest} seconds (MaxPollSeconds), it is {timeout}: an execution has "
            "a history of 25,000 events"
        )

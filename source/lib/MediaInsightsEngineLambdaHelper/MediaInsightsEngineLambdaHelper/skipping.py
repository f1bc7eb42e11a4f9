"""Why an operator does not work although nothing failed: the one place that decides it.

What is raised here leaves the operator Skipped with the reason under <name>Skipped, and the
workflow goes on (``operator_handler``). A reader that does not know a language is skipped, unless
somebody has chosen this language for this very operator: then it stays an error.
"""

from botocore.exceptions import ClientError

from mie.adapters import service_errors

from .outputs import MediaInsightsOperationHelper

_FOLLOWS = " was skipped: "
# what the analysis on a laptop answers where the models for a call are not installed
_NOT_INSTALLED = "ModelNotAvailableException"


class OperatorSkipped(Exception):
    """The operator has nothing to do, or cannot do it here; the text says why, to the user."""


def depends_on(operator: MediaInsightsOperationHelper, *earlier: str) -> None:
    """Raises OperatorSkipped where one of these operators was skipped in an earlier stage."""
    for name in earlier:
        reason = operator.input_metadata(f"{name}Skipped")
        if reason:
            # of a row of them the first one has the reason
            follows = _FOLLOWS in reason
            raise OperatorSkipped(reason if follows else f"{name}{_FOLLOWS}{reason}")


def not_installed(error: BaseException) -> str | None:
    """What is lacking on this machine, in the service's words; None for every other error."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, ClientError) and service_errors.code(found) == _NOT_INSTALLED:
            return service_errors.text(found)
        found = found.__cause__
    return None

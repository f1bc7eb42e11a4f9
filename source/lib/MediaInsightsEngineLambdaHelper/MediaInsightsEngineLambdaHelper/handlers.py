"""What every operator's Lambda does around its work: one object per invocation, and its errors.

@operator_handler("TranslateError")
def lambda_handler(operator: MediaInsightsOperationHelper) -> None:
    if "Text" not in operator.input["Media"]:
        raise OperatorInputError("No valid inputs")
    …
    store_results(operator, operator.name, results)
    operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)
"""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .dataplane import DataPlane, DataPlaneError
from .outputs import MasExecutionError, MasInputError, MediaInsightsOperationHelper
from .skipping import OperatorSkipped, not_installed
from .status import Status

Event = dict[str, Any]
Handler = Callable[[Event, object], dict[str, Any]]
Body = Callable[[MediaInsightsOperationHelper], None]

# Metadata of an operator whose job waits until its service has a place for it.
JOB_WAITS = "JobWaits"
# what earlier versions left, in executions that began with them
_WAITED = (JOB_WAITS, "RekognitionJobWaits")
# What a start may leave, so that there is nothing to ask for.
_ENDED = (Status.OPERATION_STATUS_COMPLETE, Status.OPERATION_STATUS_SKIPPED)
# An execution record keeps one for each failed operator.
_LONGEST_REASON = 2_000
# With more beside it the reason would not reach the record: Step Functions cuts what is raised.
_MOST_METADATA = 8_000
# What the data plane refuses now it refuses the next time, too.
_REFUSED_FOR_GOOD = frozenset(
    {"BadRequestError", "ForbiddenError", "NotFoundError", "RequestTooLargeError"}
)


class OperatorError(Exception):
    """The operator failed; the text says why, to the user. The state machine tries again."""


class OperatorInputError(OperatorError):
    """The same where trying again cannot help: a file type, a configuration, a missing input."""


class ServiceIsFull(OperatorError):
    """The start of a job has to wait: its service takes no further one at present.

    The operator is then Executing, and its check starts the job (``monitor_handler(…, start)``).
    """


def operator_handler(error_key: str) -> Callable[[Body], Handler]:
    """Makes the handler of a synchronous operator, or of the start of an asynchronous one.

    The function gets an operator object of this invocation alone, whose status, metadata and
    media it sets; the handler returns the long form of it. What the function raises as an
    OperatorError, and what AWS or the data plane refuse, becomes MasExecutionError (MasInputError
    for an OperatorInputError) with Status Error and the reason in MetaData[error_key]. What it
    raises as ServiceIsFull leaves the operator Executing; OperatorSkipped, and a service whose
    models are not installed on this machine, leave it Skipped with the reason.
    """

    def decorate(body: Body) -> Handler:
        @wraps(body)
        def handler(event: Event, _context: object) -> dict[str, Any]:
            operator = MediaInsightsOperationHelper(event)
            try:
                body(operator)
            except ServiceIsFull as error:
                operator.add_workflow_metadata_json({JOB_WAITS: str(error)[:_LONGEST_REASON]})
                operator.update_workflow_status(Status.OPERATION_STATUS_EXECUTING)
            except OperatorSkipped as skipped:
                operator.skip(str(skipped))
            except (OperatorError, ClientError, BotoCoreError, DataPlaneError) as error:
                lacking = not_installed(error)
                if lacking is None:
                    raise _failure(operator, error_key, error) from error
                operator.skip(lacking)
            return operator.return_output_object()

        return handler

    return decorate


def monitor_handler(error_key: str, start: Body | None = None) -> Callable[[Body], Handler]:
    """Makes the handler of an asynchronous operator's check, with the errors of operator_handler.

    A machine asks at least once: what was Complete or Skipped at the start is returned as it came.
    start: what begins the job, of an operator whose start may raise ServiceIsFull; it is called
    in place of the check as long as the job waits.
    """

    def decorate(body: Body) -> Handler:
        @operator_handler(error_key)
        def check(operator: MediaInsightsOperationHelper) -> None:
            waits = [operator.metadata.pop(key) for key in _WAITED if key in operator.metadata]
            (start if start is not None and waits else body)(operator)

        @wraps(body)
        def handler(event: Event, context: object) -> dict[str, Any]:
            if event.get("Status") in _ENDED:
                return event
            return check(event, context)

        return handler

    return decorate


def store_results(
    operator: MediaInsightsOperationHelper,
    store_key: str,
    results: Mapping[str, Any],
    page: int | None = None,
    paginate: bool = False,
    end: bool = False,
) -> dict[str, Any]:
    """Stores the operator's result for its asset, or a page of it; the data plane's answer.

    page: number of the page, from 0; a page that is sent again replaces itself. With paginate
    alone a page is appended, also by an operator that is tried again. end: this page is the last,
    and readers see the result from now on. Raises OperatorError.
    """
    refused = f"Unable to upload metadata for asset: {operator.asset_id}"
    try:
        answer = DataPlane().store_asset_metadata(
            operator.asset_id,
            store_key,
            operator.workflow_execution_id,
            results,
            paginate=paginate,
            end=end,
            page=page,
        )
    except DataPlaneError as error:
        raise OperatorError(f"{refused}: {error}") from error
    if not isinstance(answer, dict):
        raise OperatorError(f"{refused}: {answer}")
    if answer.get("Status") != "Success":
        kind = OperatorInputError if answer.get("Code") in _REFUSED_FOR_GOOD else OperatorError
        raise kind(f"{refused}: {answer.get('Message')}")
    return answer


def _failure(
    operator: MediaInsightsOperationHelper, error_key: str, error: Exception
) -> MasExecutionError:
    """What the engine decodes: the operator's output, with the reason of its failure."""
    reason = str(error).strip()[:_LONGEST_REASON] or type(error).__name__
    kept = operator.metadata
    if len(json.dumps(kept, default=str)) > _MOST_METADATA:
        kept = {}
    output = {
        "Name": operator.name,
        **operator.workflow_info(),
        "Input": operator.input,
        "Configuration": operator.configuration,
        "Status": Status.OPERATION_STATUS_ERROR,
        "MetaData": {**kept, error_key: reason},
        "Media": operator.media,
    }
    kind = MasInputError if isinstance(error, OperatorInputError) else MasExecutionError
    return kind(output)

"""Asks what became of a detection's job, and stores its findings (specification 5.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.exceptions import ClientError
from detection_start import PROXY_HELPS, start
from detections import (
    CELEBRITIES,
    FACE_SEARCH,
    FACES,
    LABELS,
    MODERATION,
    SHOTS,
    TECHNICAL_CUES,
    TEXT,
    Detection,
)
from person_tracking import ERROR_KEY, RETIRED
from rekognition_calls import ask, code_of, store_key, to_store

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    OperatorError,
    OperatorInputError,
    Status,
    monitor_handler,
    store_results,
)

# One invocation stays well inside its 300 seconds with these; the next one goes on.
_PAGES_OF_AN_INVOCATION = 10
# A token that is refused again and again would otherwise be asked for as long as the machine runs.
_RESTARTS = 3
# how the reason of a job begins whose video the service does not read: "Unsupported codec/format."
_UNSUPPORTED = "unsupported codec"


@dataclass(frozen=True)
class Position:
    """Where reading goes on: the number of the next page, and the token that leads to it.

    restarts: how often the token had expired and the reading began anew.
    """

    page: int = 0
    token: str = ""
    restarts: int = 0

    def restarted(self) -> "Position":
        return Position(restarts=self.restarts + 1)

    def after(self, token: str) -> "Position":
        return Position(self.page + 1, token, self.restarts)


def check(detection: Detection, operator: MediaInsightsOperationHelper) -> None:
    """Leaves the operator Executing, or Complete with the job's result stored.

    A result of several pages is stored with their numbers, so that a page that is read again
    replaces itself. Raises OperatorError, ClientError, BotoCoreError.
    """
    position = _taken_position(operator)
    for _ in range(_PAGES_OF_AN_INVOCATION):
        try:
            following = _store_page(detection, operator, position)
        except ClientError as error:
            if code_of(error) != "InvalidPaginationTokenException":
                raise
            if not position.token or position.restarts == _RESTARTS:
                raise OperatorError(f"The pages cannot be read to their end: {error}") from error
            position = position.restarted()
            continue
        if following is None:
            return
        position = following
    _keep(operator, position)


def _store_page(
    detection: Detection, operator: MediaInsightsOperationHelper, position: Position
) -> Position | None:
    """Stores the page, if the job is done: the position of the next one, None if all is said."""
    answer = ask(detection.get, JobId=_job_id(operator), NextToken=position.token)
    status = answer.get("JobStatus")
    if status == "IN_PROGRESS":
        operator.update_workflow_status(Status.OPERATION_STATUS_EXECUTING)
        return None
    if status == "FAILED":
        raise OperatorInputError(_reason(answer))
    if status != "SUCCEEDED":
        raise OperatorError(f"Unable to determine status: {status}")
    results = to_store(answer, detection.video.lists)
    token = answer.get("NextToken")
    if token:
        store_results(operator, store_key(), results, page=position.page)
        return position.after(token)
    if position.page:
        store_results(operator, store_key(), results, page=position.page, end=True)
    else:
        store_results(operator, store_key(), results)
    operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)
    return None


def _reason(answer: Mapping[str, Any]) -> str:
    """Why the job failed, with the way out where there is one."""
    said = str(answer.get("StatusMessage") or "The job failed without a reason")
    unread = _UNSUPPORTED in said.lower()
    return f"{said.rstrip('.')}. {PROXY_HELPS}" if unread else said


def _job_id(operator: MediaInsightsOperationHelper) -> str:
    job_id: str | None = operator.metadata.get("JobId")
    if not job_id:
        raise OperatorInputError("Missing a required metadata key 'JobId'")
    return job_id


def _taken_position(operator: MediaInsightsOperationHelper) -> Position:
    """Where the last invocation stopped; taken out, so that it is in no output but the next."""
    token = operator.metadata.pop("PageToken", "")
    page = int(operator.metadata.pop("PageNumber", 0))
    restarts = int(operator.metadata.pop("PageRestarts", 0))
    # without its number a page could not replace itself
    return Position(page, token, restarts) if token and page else Position(restarts=restarts)


def _keep(operator: MediaInsightsOperationHelper, position: Position) -> None:
    operator.update_workflow_status(Status.OPERATION_STATUS_EXECUTING)
    operator.add_workflow_metadata_json(
        {
            **({"PageToken": position.token} if position.token else {}),
            "PageNumber": str(position.page),
            "PageRestarts": str(position.restarts),
        }
    )


@monitor_handler(CELEBRITIES.error_key, partial(start, CELEBRITIES))
def check_celebrity_recognition_status(operator: MediaInsightsOperationHelper) -> None:
    check(CELEBRITIES, operator)


@monitor_handler(MODERATION.error_key, partial(start, MODERATION))
def check_content_moderation_status(operator: MediaInsightsOperationHelper) -> None:
    check(MODERATION, operator)


@monitor_handler(FACES.error_key, partial(start, FACES))
def check_face_detection_status(operator: MediaInsightsOperationHelper) -> None:
    check(FACES, operator)


@monitor_handler(FACE_SEARCH.error_key, partial(start, FACE_SEARCH))
def check_face_search_status(operator: MediaInsightsOperationHelper) -> None:
    check(FACE_SEARCH, operator)


@monitor_handler(LABELS.error_key, partial(start, LABELS))
def check_label_detection_status(operator: MediaInsightsOperationHelper) -> None:
    check(LABELS, operator)


@monitor_handler(TEXT.error_key, partial(start, TEXT))
def check_text_detection_status(operator: MediaInsightsOperationHelper) -> None:
    check(TEXT, operator)


@monitor_handler(SHOTS.error_key, partial(start, SHOTS))
def check_shot_detection_status(operator: MediaInsightsOperationHelper) -> None:
    check(SHOTS, operator)


@monitor_handler(TECHNICAL_CUES.error_key, partial(start, TECHNICAL_CUES))
def check_technical_cue_status(operator: MediaInsightsOperationHelper) -> None:
    check(TECHNICAL_CUES, operator)


@monitor_handler(ERROR_KEY)
def check_person_tracking_status(operator: MediaInsightsOperationHelper) -> None:
    raise OperatorInputError(RETIRED)

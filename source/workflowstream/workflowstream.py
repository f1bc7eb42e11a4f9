"""Tells a topic of every execution that changes its status."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from mie import aws
from mie.adapters import items
from mie.adapters.notifications import ExecutionTopic, UntoldChanges
from mie.core.documents import Json
from mie.core.errors import Malformed
from mie.core.notifications import notification_of, published_text
from mie.logs import logger
from mie.settings import notification_settings

aws.trace()

_HELD_UP = (RuntimeError, RuntimeError("a change before it could not be told"), None)


class InOrder(BatchProcessor):
    """Stops at the first record that fails, and reports those behind it as failed, too.

    Lambda sends that record and all behind it again, so that whatever was told behind it would be
    told twice, and before it.
    """

    def process(self) -> list[tuple[Any, ...]]:
        return [
            self.failure_handler(DynamoDBRecord(record), _HELD_UP)
            if self.fail_messages
            else self._process_record(record)
            for record in self.records
        ]


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Reports the changes that could not be told for now, which Lambda then sends again.

    Raises BatchProcessingError when none could, so that the function's errors are counted.
    """
    return process_partial_response(
        event=event,
        record_handler=_tell,
        processor=InOrder(event_type=EventType.DynamoDBStreams, logger=logger("workflowstream")),
        context=context,
    )


def _tell(record: DynamoDBRecord) -> None:
    """A change that can never be told is kept aside: it must not hold up those behind it."""
    raw = record.raw_event
    try:
        told = _publish(raw)
    except Malformed as error:
        _untold().keep(_place(raw), str(error))
        logger("workflowstream").exception("a change was kept aside", extra=_place(raw))
        return
    if told is not None:
        shown = {key: told[key] for key in ("Id", "Status", "EventId")}
        logger("workflowstream").info("told", extra=shown)


def _publish(raw: Json) -> Json | None:
    """The notification of a record of the table's stream; None when it tells nothing."""
    change = raw.get("dynamodb", {})
    told = notification_of(
        raw.get("eventID", ""),
        float(change.get("ApproximateCreationDateTime", 0)),
        items.image(change, "OldImage"),
        items.image(change, "NewImage"),
    )
    if told is not None:
        # what is the same in a repeated message, and what a subscription may filter by
        attributes = {"EventId": told["EventId"], "Status": told["Status"]}
        _topic().publish(published_text(told), attributes)
    return told


def _place(raw: Json) -> Json:
    return {
        "EventId": raw.get("eventID"),
        "SequenceNumber": raw.get("dynamodb", {}).get("SequenceNumber"),
        "Stream": raw.get("eventSourceARN"),
    }


@cache
def _topic() -> ExecutionTopic:
    return ExecutionTopic(notification_settings().topic_arn)


@cache
def _untold() -> UntoldChanges:
    return UntoldChanges(notification_settings().untold_queue_url)

"""Tells a topic of every execution that changes its status."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from mie.adapters import items
from mie.adapters.notifications import ExecutionTopic
from mie.batches import follow
from mie.core.notifications import notification_of, published_text
from mie.logs import logger
from mie.settings import notification_settings


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Reports the first change that could not be told for now, which Lambda sends again."""
    return follow(
        event,
        context,
        EventType.DynamoDBStreams,
        _tell,
        notification_settings().failure_queue_url,
        "workflowstream",
    )


def _tell(record: DynamoDBRecord) -> None:
    raw = record.raw_event
    change = raw.get("dynamodb", {})
    told = notification_of(
        raw.get("eventID", ""),
        float(change.get("ApproximateCreationDateTime", 0)),
        items.image(change, "OldImage"),
        items.image(change, "NewImage"),
    )
    if told is None:
        return
    # what is the same in a repeated message, and what a subscription may filter by
    attributes = {"EventId": told["EventId"], "Status": told["Status"]}
    _topic().publish(published_text(told), attributes)
    shown = {key: told[key] for key in ("Id", "Status", "EventId")}
    logger("workflowstream").info("told", extra=shown)


@cache
def _topic() -> ExecutionTopic:
    return ExecutionTopic(notification_settings().topic_arn)

"""Turns changes of the data plane's table into records of a Kinesis stream.

The consumers of that stream come and go without touching the table.
"""

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
from mie.adapters.change_stream import ChangeStream
from mie.core.changes import changes_of
from mie.logs import logger
from mie.settings import stream_settings

aws.trace()


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Reports the records that could not be published, which Lambda then sends again."""
    return process_partial_response(
        event=event,
        record_handler=_publish,
        processor=BatchProcessor(event_type=EventType.DynamoDBStreams),
        context=context,
    )


def _publish(record: DynamoDBRecord) -> None:
    change = record.raw_event["dynamodb"]
    asset_id = items.from_item(change["Keys"])["AssetId"]
    changes = changes_of(asset_id, _image(change, "OldImage"), _image(change, "NewImage"))
    _stream().publish(asset_id, changes)
    for one in changes:
        logger("dataplanestream").info(
            "published",
            extra={key: one.get(key) for key in ("AssetId", "Action", "Operator", "Workflow")},
        )


def _image(change: dict[str, Any], name: str) -> dict[str, Any] | None:
    return items.from_item(change[name]) if name in change else None


@cache
def _stream() -> ChangeStream:
    return ChangeStream(stream_settings().stream)

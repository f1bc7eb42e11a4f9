"""Turns changes of the data plane's table into records of a Kinesis stream.

The consumers of that stream come and go without touching the table.
"""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch import EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from mie import aws
from mie.adapters import items
from mie.adapters.change_stream import ChangeStream
from mie.adapters.notifications import UntoldChanges
from mie.batches import InOrder
from mie.core.changes import changes_of, place_in_table_stream
from mie.core.documents import Json
from mie.core.errors import Malformed
from mie.logs import logger
from mie.settings import stream_settings

aws.trace()


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Reports the first record that could not be published for now, which Lambda sends again."""
    return process_partial_response(
        event=event,
        record_handler=_tell,
        processor=InOrder(
            event_type=EventType.DynamoDBStreams,
            raise_on_entire_batch_failure=False,
            logger=logger("dataplanestream"),
        ),
        context=context,
    )


def _tell(record: DynamoDBRecord) -> None:
    """A change that can never be told is kept aside: it must not hold up those behind it."""
    try:
        _publish(record.raw_event.get("dynamodb", {}))
    except Malformed as error:
        place = place_in_table_stream(record.raw_event)
        _failures().keep(place, str(error))
        logger("dataplanestream").exception("a change was kept aside", extra=place)


def _publish(change: Json) -> None:
    keys = items.image(change, "Keys") or {}
    asset_id = keys.get("AssetId")
    if not isinstance(asset_id, str):
        raise Malformed("Keys: there is no AssetId")
    changes = changes_of(asset_id, items.image(change, "OldImage"), items.image(change, "NewImage"))
    _stream().publish(asset_id, changes)
    for one in changes:
        logger("dataplanestream").info(
            "published",
            extra={key: one.get(key) for key in ("AssetId", "Action", "Operator", "Workflow")},
        )


@cache
def _stream() -> ChangeStream:
    return ChangeStream(stream_settings().stream)


@cache
def _failures() -> UntoldChanges:
    return UntoldChanges(stream_settings().failure_queue_url)

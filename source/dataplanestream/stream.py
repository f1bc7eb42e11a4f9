"""Turns changes of the data plane's table into records of a Kinesis stream.

The consumers of that stream come and go without touching the table. A result in pages is put
together for them before its record leaves, as the JSON array that the record points to.
"""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from mie.adapters import items
from mie.adapters.change_stream import ChangeStream
from mie.adapters.page_arrays import PageArrays
from mie.batches import follow
from mie.core.changes import changes_of, removed_results
from mie.core.documents import Json
from mie.core.errors import Malformed
from mie.logs import logger
from mie.settings import stream_settings


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Reports the first record that could not be published for now, which Lambda sends again."""
    return follow(
        event,
        context,
        EventType.DynamoDBStreams,
        _tell,
        stream_settings().failure_queue_url,
        "dataplanestream",
    )


def _tell(record: DynamoDBRecord) -> None:
    change = record.raw_event.get("dynamodb", {})
    keys = items.image(change, "Keys") or {}
    asset_id = keys.get("AssetId")
    if not isinstance(asset_id, str):
        raise Malformed("Keys: there is no AssetId")
    old, new = items.image(change, "OldImage"), items.image(change, "NewImage")
    changes = changes_of(asset_id, old, new)
    # the changes of an asset come in their order, so what was removed is not made any more: only
    # an array can be left that was made while the asset or the operator was deleted
    for prefix in removed_results(asset_id, old, new):
        _arrays().remove(prefix)
    for one in changes:
        _put_together(one)
    _stream().publish(asset_id, changes)
    for one in changes:
        logger("dataplanestream").info(
            "published",
            extra={key: one.get(key) for key in ("AssetId", "Action", "Operator", "Workflow")},
        )


def _put_together(change: Json) -> None:
    if "Manifest" not in change or _arrays().write(change["Manifest"]):
        return
    # what comes next in the stream says so; until then consumers see what the original's saw
    place = {key: change[key] for key in ("AssetId", "Operator", "Workflow")}
    logger("dataplanestream").info("deleted before it was told", extra=place)


@cache
def _arrays() -> PageArrays:
    return PageArrays(stream_settings().bucket)


@cache
def _stream() -> ChangeStream:
    return ChangeStream(stream_settings().stream)

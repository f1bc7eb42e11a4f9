"""Feeds search with the metadata that the stream of data plane changes tells of.

A record says that something changed, and the data plane's table says what holds now: that is
what gets into the index. Records that come twice, late or in another order do no harm.

What keeps the endpoint from answering is reported to Lambda, which sends the record and all
behind it again. A record that could never be followed goes to the failure queue with its reason,
and does not hold up those behind it.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from documents import Result, documents_of
from index import SearchIndex, connect
from items import Json
from kinds import Kind, kind_of

from mie.adapters.assets import AssetTable
from mie.adapters.objects import BucketObjects
from mie.batches import follow
from mie.core import assets, changes, result_pages
from mie.core.errors import Malformed, NotFound, Unavailable
from mie.logs import logger
from mie.settings import search_settings

# An operator that stores faster than we can write is followed with its next record.
_ROUNDS = 3


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Reports the first record whose change did not get into the index for now."""
    return follow(
        event,
        context,
        EventType.KinesisDataStreams,
        lambda record: _follow_change(record.kinesis.partition_key, _change(record)),
        search_settings().failure_queue_url,
        "elastic",
    )


def _change(record: KinesisStreamRecord) -> Json:
    try:
        change = json.loads(record.kinesis.data_as_bytes())
    except ValueError as error:
        raise Malformed(f"the record is not JSON: {error}") from error
    if not isinstance(change, dict):
        raise Malformed("the record is no object of JSON")
    return change


def _follow_change(asset_id: str, change: Json) -> None:
    assets.check_id(asset_id, "partition key")
    action, operator = change.get("Action"), change.get("Operator")
    if action not in changes.ACTIONS:
        raise Malformed(f"Action: {action!r} is none of {', '.join(changes.ACTIONS)}")
    if action == "INSERT":
        return
    if operator is None and action == "REMOVE":
        _forget(asset_id)
        return
    name = assets.check_operator_name(operator, "Operator")
    kind = kind_of(name)
    if kind is None:
        logger("elastic").info("not searched", extra={"AssetId": asset_id, "Operator": name})
        return
    _bring_up_to_date(asset_id, name, kind)


def _forget(asset_id: str) -> None:
    # an old removal must not take what was restored since
    if _table().get(asset_id) is None:
        search_index().delete_asset(asset_id)
        logger("elastic").info("forgotten", extra={"AssetId": asset_id})


def _bring_up_to_date(asset_id: str, operator: str, kind: Kind) -> None:
    """Makes the index say what the table says, also when that changes meanwhile."""
    for _ in range(_ROUNDS):
        newest = _newest(asset_id, operator)
        missing = not _show(asset_id, operator, kind, newest)
        if _newest(asset_id, operator) == newest:
            if missing and newest is not None:
                raise Malformed(f"{newest.key} is not there, and asset {asset_id} points to it")
            return
    raise Unavailable(f"the results of {operator} for asset {asset_id} keep changing")


def _newest(asset_id: str, operator: str) -> result_pages.Pointer | None:
    item = _table().get(asset_id) or {}
    return next(iter(result_pages.pointers_of(item, operator)), None)


def _show(asset_id: str, operator: str, kind: Kind, pointer: result_pages.Pointer | None) -> bool:
    """Whether what the pointer leads to was there to be shown."""
    if pointer is None:
        search_index().delete_operator(asset_id, operator, kind)
        return True
    result = Result(asset_id, operator, pointer.workflow, pointer.version)
    try:
        count = search_index().replace(
            result, kind, documents_of(result, _pages(asset_id, pointer.key))
        )
    except NotFound:
        return False
    logger("elastic").info(
        "indexed",
        extra={
            "AssetId": asset_id,
            "Operator": operator,
            "Workflow": pointer.workflow,
            "Documents": count,
        },
    )
    return True


def _pages(asset_id: str, key: str) -> Iterator[Json]:
    """What lies where a pointer leads: one document, or all pages. Raises NotFound, Malformed."""
    if not key.startswith(assets.prefix(asset_id)):
        raise Malformed(f"{key} does not belong to asset {asset_id}")
    body = _body(key)
    if not result_pages.is_manifest_key(key):
        yield from _documents(key, body)
        return
    for page in result_pages.from_manifest(body):
        yield from _documents(page, _body(page))


def _documents(key: str, body: bytes) -> Iterator[Json]:
    """The document of a stored object; those of a list, as older writers stored pages."""
    try:
        stored = json.loads(body)
    except ValueError as error:
        raise Malformed(f"{key} is not JSON: {error}") from error
    for one in stored if isinstance(stored, list) else [stored]:
        if not isinstance(one, dict):
            raise Malformed(f"{key} holds no object of JSON")
        yield one


def _body(key: str) -> bytes:
    stored = BucketObjects(search_settings().bucket).get(key)
    if stored is None:
        raise NotFound(f"{key} does not exist any more")
    return stored.body


@cache
def _table() -> AssetTable:
    return AssetTable(search_settings().table)


@cache
def search_index() -> SearchIndex:
    settings = search_settings()
    index = SearchIndex(
        connect(settings.endpoint, settings.region, boto3.Session().get_credentials())
    )
    index.prepare(settings.refresh_interval)
    return index

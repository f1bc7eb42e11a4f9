"""Feeds search with the metadata that the stream of data plane changes tells of.

Each record is dealt with for itself: what one leaves behind cannot touch another, and one that
fails is reported to Lambda, which sends it again and in the end to the failure queue.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from documents import Json, Result, documents_of, kind_of
from index import SearchIndex, connect

from mie import aws
from mie.adapters.objects import BucketObjects
from mie.core import assets, pages
from mie.core.errors import Malformed, NotFound
from mie.logs import logger
from mie.settings import search_settings

aws.trace()


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Reports the records whose change did not get into the index."""
    return process_partial_response(
        event=event,
        record_handler=_follow,
        processor=BatchProcessor(event_type=EventType.KinesisDataStreams),
        context=context,
    )


def _follow(record: KinesisStreamRecord) -> None:
    change = record.kinesis.data_as_json()
    asset_id = record.kinesis.partition_key
    action, operator = change["Action"], change.get("Operator")
    if action == "MODIFY":
        _replace(Result(asset_id, operator, change["Workflow"]), change["Pointer"])
    elif action == "REMOVE" and operator is None:
        search_index().delete_asset(asset_id)
    elif action == "REMOVE" and (kind := kind_of(operator)):
        search_index().delete_kind(asset_id, kind)


def _replace(result: Result, pointer: str) -> None:
    kind = kind_of(result.operator)
    if kind is None:
        return
    try:
        documents = documents_of(result, _pages(result.asset_id, pointer))
    except NotFound:
        # it was deleted or replaced since; the record that says so comes later in the stream
        logger("elastic").info("skipped", extra={"AssetId": result.asset_id, "Pointer": pointer})
        return
    search_index().replace(result.asset_id, kind, documents)
    logger("elastic").info(
        "indexed",
        extra={
            "AssetId": result.asset_id,
            "Operator": result.operator,
            "Workflow": result.workflow_id,
            "Documents": len(documents),
        },
    )


def _pages(asset_id: str, pointer: str) -> Iterator[Json]:
    """What lies where a pointer leads: one document, or all pages. Raises NotFound, Malformed."""
    if not pointer.startswith(assets.prefix(asset_id)):
        raise Malformed(f"{pointer} does not belong to asset {asset_id}")
    body = _body(pointer)
    if not pages.is_manifest_key(pointer):
        yield json.loads(body)
        return
    for key in pages.from_manifest(body):
        yield json.loads(_body(key))


def _body(key: str) -> bytes:
    stored = BucketObjects(search_settings().bucket).get(key)
    if stored is None:
        raise NotFound(f"{key} does not exist any more")
    return stored.body


@cache
def search_index() -> SearchIndex:
    settings = search_settings()
    index = SearchIndex(
        connect(settings.endpoint, settings.region, boto3.Session().get_credentials())
    )
    index.prepare()
    return index

"""Tells the stream of every result in the data plane, as if each had just been stored."""

import json
import time
from collections.abc import Iterator
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from mie.core.changes import changes_of
from mie_replay.pipeline import Pipeline
from mie_replay.records import Json

# Kinesis takes 500 records in a request, and 1,000 in a second for each shard.
_RECORDS_AT_ONCE = 500
_WAIT_SECONDS = 1


def tell_all(dynamodb: Any, kinesis: Any, pipeline: Pipeline) -> tuple[int, int]:
    """Returns of how many assets and of how many results the stream was told."""
    assets = changes = 0
    for item in _items(dynamodb, pipeline.table):
        asset_id = item["AssetId"]
        # as after a change from an asset without results
        told = changes_of(asset_id, {"AssetId": asset_id}, item)
        for first in range(0, len(told), _RECORDS_AT_ONCE):
            entries = [
                {"Data": json.dumps(one).encode(), "PartitionKey": asset_id}
                for one in told[first : first + _RECORDS_AT_ONCE]
            ]
            _publish(kinesis, pipeline.stream, entries)
        assets, changes = assets + 1, changes + len(told)
    return assets, changes


def _items(dynamodb: Any, table: str) -> Iterator[Json]:
    deserialize = TypeDeserializer().deserialize
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        for item in page["Items"]:
            yield {key: deserialize(value) for key, value in item.items()}


def _publish(kinesis: Any, stream: str, entries: list[Json]) -> None:
    """Consumers read the table, so the order of one asset's results does not matter."""
    while entries:
        answer = kinesis.put_records(StreamName=stream, Records=entries)["Records"]
        pairs = zip(entries, answer, strict=True)
        entries = [entry for entry, one in pairs if "ErrorCode" in one]
        if entries:
            time.sleep(_WAIT_SECONDS)

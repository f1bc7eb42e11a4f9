"""Tells the stream of every result in the data plane, as if each had just been stored.

The function that follows the table is called with each asset as a change from one without results:
what it makes for consumers beside its records is made, too.
"""

from collections.abc import Iterator
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from mie.core.changes import changes_of
from mie_replay.failures import send
from mie_replay.records import Json


def tell_all(dynamodb: Any, functions: Any, table: str, publisher: str) -> tuple[int, int]:
    """Of how many assets and of how many results the stream was told. Raises StillFails."""
    assets = results = 0
    for item in _items(dynamodb, table):
        key = {"AssetId": item["AssetId"]}
        told = changes_of(_plain(key)["AssetId"], _plain(key), _plain(item))
        if told:
            # one at a time: an item may have 400 KB, and an array of its pages takes its time
            send(functions, publisher, [_change(key, item, number=assets)])
        assets, results = assets + 1, results + len(told)
    return assets, results


def _items(dynamodb: Any, table: str) -> Iterator[Json]:
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from page["Items"]


def _plain(item: Json) -> Json:
    deserialize = TypeDeserializer().deserialize
    return {key: deserialize(value) for key, value in item.items()}


def _change(key: Json, item: Json, number: int) -> Json:
    return {
        "eventID": str(number),
        "eventName": "MODIFY",
        "eventSource": "aws:dynamodb",
        "dynamodb": {
            "Keys": key,
            "OldImage": key,
            "NewImage": item,
            "SequenceNumber": str(number),
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }

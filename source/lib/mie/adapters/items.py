"""Documents as DynamoDB's low-level API takes and gives them."""

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from mie import aws
from mie.adapters.numbers import from_dynamo, to_dynamo
from mie.core.documents import Json, ListPage
from mie.core.errors import Malformed

# The machine of a hundred operators has 500 KB and an item 400 at most; machines repeat
# themselves, and are a twentieth of it when they are compressed.
_LONG_TEXT = 16_384


def to_item(document: Mapping[str, Any]) -> dict[str, Any]:
    """{"Name": "x"} -> {"Name": {"S": "x"}}; a long text becomes compressed bytes.

    Documents are JSON, in which there are no other bytes. Raises BadRequest for numbers out of
    range.
    """
    return {
        key: {"B": zlib.compress(value.encode())}
        if isinstance(value, str) and len(value) > _LONG_TEXT
        else to_attribute(value)
        for key, value in document.items()
    }


def to_attribute(value: Any) -> Any:
    return TypeSerializer().serialize(to_dynamo(value))


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """{"Name": {"S": "x"}} -> {"Name": "x"}."""
    deserialize = TypeDeserializer().deserialize
    return {
        key: zlib.decompress(value["B"]).decode()
        if "B" in value
        else from_dynamo(deserialize(value))
        for key, value in item.items()
    }


def image(change: Mapping[str, Any], name: str) -> Json | None:
    """An image that a stream's record has of an item: name is Keys, OldImage or NewImage.

    None when the record has none. Raises Malformed.
    """
    if name not in change:
        return None
    try:
        return from_item(change[name])
    except (TypeError, AttributeError, ValueError, ArithmeticError) as error:
        raise Malformed(f"{name} is no item of DynamoDB: {error}") from error


def get(table: str, key: Mapping[str, Any]) -> dict[str, Any] | None:
    """A consistent read."""
    answer = aws.client("dynamodb").get_item(TableName=table, Key=to_item(key), ConsistentRead=True)
    return from_item(answer["Item"]) if "Item" in answer else None


def scan(table: str) -> Iterator[dict[str, Any]]:
    """Every item of a table, read consistently."""
    pages = aws.client("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=table, ConsistentRead=True):
        yield from map(from_item, page["Items"])


def scan_page(table: str, key: str, most: int, after: str | None) -> ListPage:
    """At most so many items from behind one, read consistently."""
    start = {} if after is None else {"ExclusiveStartKey": to_item({key: after})}
    answer = aws.client("dynamodb").scan(TableName=table, ConsistentRead=True, Limit=most, **start)
    return list_page(answer, key)


def list_page(answer: Mapping[str, Any], key: str) -> ListPage:
    """answer: of one query or scan, which ends after 1 MB if not before."""
    last = answer.get("LastEvaluatedKey")
    return ListPage(
        [from_item(one) for one in answer["Items"]], from_item(last)[key] if last else None
    )


def query(table: str, index: str, key: str, value: str, **more: Any) -> Iterator[dict[str, Any]]:
    """The items of an index that have a value; eventually consistent."""
    pages = aws.client("dynamodb").get_paginator("query")
    for page in pages.paginate(**query_request(table, index, key, value, **more)):
        yield from map(from_item, page["Items"])


def query_request(table: str, index: str, key: str, value: str, **more: Any) -> dict[str, Any]:
    """What asks for them; more: what else is asked, with names of its own."""
    return {
        **more,
        "TableName": table,
        "IndexName": index,
        "KeyConditionExpression": "#key = :value",
        "ExpressionAttributeNames": {"#key": key, **more.get("ExpressionAttributeNames", {})},
        "ExpressionAttributeValues": {":value": {"S": value}},
    }

"""Reads records from their streams again, as Lambda hands them to functions.

A failure names the first and last sequence number of the records, and mostly the shard, whoever
reports it: Lambda's destination, or the function itself.
"""

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = dict[str, Any]
# An answer may be empty though records follow; so many in a row are the shard's end.
_MOST_EMPTY_ANSWERS = 20
_GONE = frozenset(
    {
        "ResourceNotFoundException",
        "InvalidArgumentException",
        "TrimmedDataAccessException",
        "ValidationException",
    }
)


class NotReadable(RuntimeError):
    """A failure names nothing that can be done again."""


class NotKept(NotReadable):
    """The stream does not keep the records any more."""


@dataclass(frozen=True)
class Kept:
    """What a stream still has of a failure's records. lost: how many it does not keep any more."""

    records: list[Json]
    lost: int


def kinesis_records(kinesis: Any, batch: Mapping[str, Any]) -> Kept:
    """The records of a KinesisBatchInfo. Raises NotReadable, NotKept."""
    arn, shard = _text(batch, "streamArn"), _text(batch, "shardId")
    place = {"StreamName": arn.rsplit("/", 1)[-1], "ShardId": shard}
    found = _read(kinesis, place, batch, _kinesis_number)
    return _kept(batch, [_as_from_kinesis(one, arn, shard) for one in found])


def table_records(streams: Any, batch: Mapping[str, Any]) -> Kept:
    """The records of a DDBStreamBatchInfo. Raises NotReadable, NotKept."""
    arn = _text(batch, "streamArn")
    shard = batch.get("shardId") or _shard_of(streams, arn, _number(batch, "startSequenceNumber"))
    found = _read(streams, {"StreamArn": arn, "ShardId": shard}, batch, _table_number)
    return _kept(batch, [_as_from_table(one, arn) for one in found])


def _kept(batch: Mapping[str, Any], records: list[Json]) -> Kept:
    size = batch.get("batchSize")
    return Kept(records, lost=max(0, size - len(records)) if isinstance(size, int) else 0)


def _read(
    client: Any, shard: Json, batch: Mapping[str, Any], number_of: Callable[[Json], str]
) -> list[Json]:
    # Kinesis and DynamoDB have different names for it
    name = "StartingSequenceNumber" if "StreamName" in shard else "SequenceNumber"
    at_first = {
        "ShardIteratorType": "AT_SEQUENCE_NUMBER",
        name: _text(batch, "startSequenceNumber"),
    }
    # where the first ones are gone, the last ones may be there
    for start in (at_first, {"ShardIteratorType": "TRIM_HORIZON"}):
        found = _from_there(client, {**shard, **start}, batch, number_of)
        if found:
            return found
    raise NotKept("the stream does not keep these records any more")


def _from_there(
    client: Any, start: Json, batch: Mapping[str, Any], number_of: Callable[[Json], str]
) -> list[Json]:
    first, last = _number(batch, "startSequenceNumber"), _number(batch, "endSequenceNumber")
    try:
        iterator = client.get_shard_iterator(**start)["ShardIterator"]
        records = [*_until(last, _from(client, iterator), number_of)]
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise
        return []
    return [one for one in records if int(number_of(one)) >= first]


def _from(client: Any, iterator: str | None) -> Iterator[Json]:
    empty = 0
    while iterator and empty < _MOST_EMPTY_ANSWERS:
        answer = client.get_records(ShardIterator=iterator)
        yield from answer["Records"]
        empty = 0 if answer["Records"] else empty + 1
        iterator = answer.get("NextShardIterator")


def _until(last: int, records: Iterator[Json], number_of: Callable[[Json], str]) -> Iterator[Json]:
    for one in records:
        if int(number_of(one)) > last:
            return
        yield one
        if int(number_of(one)) == last:
            return


def _kinesis_number(record: Json) -> str:
    number: str = record["SequenceNumber"]
    return number


def _table_number(record: Json) -> str:
    number: str = record["dynamodb"]["SequenceNumber"]
    return number


def _as_from_kinesis(record: Json, arn: str, shard: str) -> Json:
    return {
        "eventSource": "aws:kinesis",
        "eventName": "aws:kinesis:record",
        "eventVersion": "1.0",
        "eventID": f"{shard}:{record['SequenceNumber']}",
        "eventSourceARN": arn,
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record["PartitionKey"],
            "sequenceNumber": record["SequenceNumber"],
            "data": base64.b64encode(record["Data"]).decode(),
            "approximateArrivalTimestamp": record["ApproximateArrivalTimestamp"].timestamp(),
        },
    }


def _as_from_table(record: Json, arn: str) -> Json:
    plain: Json = _plain(record)
    return {**plain, "eventSourceARN": arn}


def _plain(value: Any) -> Any:
    """As JSON says it to Lambda: times in seconds, bytes in base64."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.timestamp()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _shard_of(streams: Any, arn: str, number: int) -> str:
    """The shard of a table's stream that holds a sequence number."""
    for shard in _shards(streams, arn):
        numbers = shard["SequenceNumberRange"]
        end = numbers.get("EndingSequenceNumber")
        if int(numbers["StartingSequenceNumber"]) <= number and (end is None or number <= int(end)):
            found: str = shard["ShardId"]
            return found
    raise NotKept("no shard of the stream keeps these records any more")


def _shards(streams: Any, arn: str) -> Iterator[Json]:
    more: Json = {}
    while True:
        stream = streams.describe_stream(StreamArn=arn, **more)["StreamDescription"]
        yield from stream["Shards"]
        if "LastEvaluatedShardId" not in stream:
            return
        more = {"ExclusiveStartShardId": stream["LastEvaluatedShardId"]}


def _text(batch: Mapping[str, Any], key: str) -> str:
    value = batch.get(key)
    if not isinstance(value, str) or not value:
        raise NotReadable(f"the message has no {key}")
    return value


def _number(batch: Mapping[str, Any], key: str) -> int:
    try:
        return int(_text(batch, key))
    except ValueError as error:
        raise NotReadable(f"{key} is no number") from error

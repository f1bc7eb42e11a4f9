"""Sends what lies in the failure queue to the functions again.

A message leaves the queue when its records were dealt with. What a function keeps aside another
time comes back as a message of its own, with the reason, and is left for the next replay.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mie_replay.pipeline import Pipeline
from mie_replay.records import Json, NotReadable, kinesis_records, table_records

# longer than a function runs
_HIDDEN_SECONDS = 1_000
# without a wait SQS asks only some of its servers
_WAIT_SECONDS = 1
# a request to a function has at most 6 MB, a record of Kinesis at most 1 MB
_RECORDS_AT_ONCE = 4


@dataclass(frozen=True)
class Clients:
    """Of boto3."""

    sqs: Any
    kinesis: Any
    table_streams: Any
    functions: Any


@dataclass(frozen=True)
class Outcome:
    """What became of one message. problem: why it stays in the queue; empty when it left."""

    place: str
    reason: str
    problem: str = ""


def replay(
    clients: Clients, pipeline: Pipeline, now: Callable[[], float] = time.time
) -> Iterator[Outcome]:
    """Goes once through what is in the queue at the beginning.

    now: Unix time in seconds.
    """
    started, kept = now(), []
    try:
        for message in _messages(clients.sqs, pipeline.queue_url):
            if int(message["Attributes"]["SentTimestamp"]) >= started * 1_000:
                kept.append(message)
                continue
            outcome = _replay_one(clients, pipeline, message["Body"])
            if outcome.problem:
                kept.append(message)
            else:
                clients.sqs.delete_message(
                    QueueUrl=pipeline.queue_url, ReceiptHandle=message["ReceiptHandle"]
                )
            yield outcome
    finally:
        for message in kept:
            clients.sqs.change_message_visibility(
                QueueUrl=pipeline.queue_url,
                ReceiptHandle=message["ReceiptHandle"],
                VisibilityTimeout=0,
            )


def _messages(sqs: Any, queue_url: str) -> Iterator[Json]:
    """All messages, each once: they stay hidden for as long as this takes."""
    while True:
        messages = sqs.receive_message(
            QueueUrl=queue_url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=_HIDDEN_SECONDS,
            WaitTimeSeconds=_WAIT_SECONDS,
            AttributeNames=["SentTimestamp"],
        ).get("Messages", [])
        if not messages:
            return
        yield from messages


def _replay_one(clients: Clients, pipeline: Pipeline, body: str) -> Outcome:
    failure = _parsed(body)
    batch = failure.get("KinesisBatchInfo") or failure.get("DDBStreamBatchInfo") or {}
    place = f"{batch.get('shardId', 'unknown shard')} {batch.get('startSequenceNumber', '')}"
    reason = failure.get("Reason") or failure.get("requestContext", {}).get("condition", "unknown")
    try:
        name, records = _called(clients, pipeline, failure)
        send(clients.functions, name, records)
    except (NotReadable, StillFails) as error:
        return Outcome(place.strip(), reason, str(error))
    return Outcome(place.strip(), reason)


def _called(clients: Clients, pipeline: Pipeline, failure: Json) -> tuple[str, list[Json]]:
    """The function that failed, and the records that it is to get again."""
    if "DDBStreamBatchInfo" in failure:
        return pipeline.publisher, table_records(
            clients.table_streams, failure["DDBStreamBatchInfo"]
        )
    if "KinesisBatchInfo" not in failure:
        raise NotReadable("the message tells of no records")
    if pipeline.consumer is None:
        raise NotReadable("there is no search to feed")
    return pipeline.consumer, kinesis_records(clients.kinesis, failure["KinesisBatchInfo"])


class StillFails(RuntimeError):
    """The function reports records again, or breaks."""


def send(functions: Any, name: str, records: Sequence[Json]) -> None:
    """Calls a function with records, as Lambda does. Raises StillFails."""
    for first in range(0, len(records), _RECORDS_AT_ONCE):
        event = {"Records": [*records[first : first + _RECORDS_AT_ONCE]]}
        answer = functions.invoke(FunctionName=name, Payload=json.dumps(event).encode())
        said = _parsed(answer["Payload"].read())
        if "FunctionError" in answer:
            raise StillFails(f"{name} fails: {said.get('errorMessage', 'it gives no reason')}")
        if said.get("batchItemFailures"):
            raise StillFails(f"{name} cannot deal with it for now; its log says why")


def _parsed(text: str | bytes) -> Json:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}

"""Sends what lies in a queue of lost work to the functions again.

A message leaves the queue when it was dealt with. What a function keeps aside another time comes
back as a message of its own, with the reason, and is left for the next replay.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from mie_replay.queues import Queue, Resources
from mie_replay.records import Json, NotKept, NotReadable, kinesis_records, table_records

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
    """What became of one message. problem: why it stays in the queue; empty when it left.

    lost: what of it could not be done again although it left.
    """

    place: str
    reason: str
    problem: str = ""
    lost: str = ""


def replay(
    clients: Clients, queue: Queue, resources: Resources, now: Callable[[], float] = time.time
) -> Iterator[Outcome]:
    """Goes once through what is in the queue at the beginning.

    now: Unix time in seconds.
    """
    started, url = now(), resources[queue.name]
    # their receipts; none stays hidden when this ends early, or the next replay would not see it
    hidden: set[str] = set()
    try:
        for messages in _messages(clients.sqs, url):
            hidden.update(one["ReceiptHandle"] for one in messages)
            for message in messages:
                if int(message["Attributes"]["SentTimestamp"]) >= started * 1_000:
                    continue
                outcome = _replay_one(clients, queue, resources, message["Body"])
                if not outcome.problem:
                    receipt = message["ReceiptHandle"]
                    clients.sqs.delete_message(QueueUrl=url, ReceiptHandle=receipt)
                    hidden.remove(receipt)
                yield outcome
    finally:
        for receipt in hidden:
            clients.sqs.change_message_visibility(
                QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=0
            )


def _messages(sqs: Any, queue_url: str) -> Iterator[list[Json]]:
    """All messages, each once, some at a time: they stay hidden for as long as this takes."""
    while True:
        messages: list[Json] = sqs.receive_message(
            QueueUrl=queue_url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=_HIDDEN_SECONDS,
            WaitTimeSeconds=_WAIT_SECONDS,
            AttributeNames=["SentTimestamp"],
        ).get("Messages", [])
        if not messages:
            return
        yield messages


def _replay_one(clients: Clients, queue: Queue, resources: Resources, body: str) -> Outcome:
    failure = _parsed(body)
    context = _member(failure, "requestContext")
    batch = _member(failure, "KinesisBatchInfo") or _member(failure, "DDBStreamBatchInfo")
    place = f"{batch.get('shardId', '')} {batch.get('startSequenceNumber', '')}".strip()
    place = place or context.get("requestId", "a message")
    reason = failure.get("Reason") or context.get("condition", "unknown")
    try:
        lost = _do_again(clients, queue, resources, body, failure)
    except NotKept as error:
        return Outcome(place, reason, f"{error}; {queue.otherwise}")
    # what a service does not take of one message, it may take of the others
    except (NotReadable, StillFails, ClientError, BotoCoreError) as error:
        return Outcome(place, reason, str(error))
    gone = f"the stream does not keep {lost} records any more; {queue.otherwise}"
    return Outcome(place, reason, lost=gone if lost else "")


def _do_again(
    clients: Clients, queue: Queue, resources: Resources, body: str, failure: Json
) -> int:
    """How many records could not be done again because their stream does not keep them."""
    if queue.back_to:
        clients.sqs.send_message(QueueUrl=resources[queue.back_to], MessageBody=body)
        return 0
    function = _function(queue, resources, failure)
    if "requestPayload" in failure:
        call(clients.functions, function, failure["requestPayload"])
        return 0
    if "DDBStreamBatchInfo" in failure:
        kept = table_records(clients.table_streams, _member(failure, "DDBStreamBatchInfo"))
    else:
        kept = kinesis_records(clients.kinesis, _member(failure, "KinesisBatchInfo"))
    send(clients.functions, function, kept.records)
    return kept.lost


def _function(queue: Queue, resources: Resources, failure: Json) -> str:
    """The name of the function that failed. Raises NotReadable."""
    asked = [name for name, member in queue.functions.items() if member in failure]
    if not asked:
        raise NotReadable("the message tells of nothing that can be done again")
    deployed = [resources[name] for name in asked if name in resources]
    if not deployed:
        raise NotReadable(f"{asked[0]} is not deployed")
    # arn:aws:lambda:<region>:<account>:function:<name>:<version>
    parts = str(_member(failure, "requestContext").get("functionArn", "")).split(":")
    named = [name for name in deployed if name in parts] if len(asked) > 1 else deployed
    if not named:
        raise NotReadable("the message names none of the functions of this queue")
    return named[0]


class StillFails(RuntimeError):
    """The function reports records again, or breaks."""


def send(functions: Any, name: str, records: Sequence[Json]) -> None:
    """Calls a function with records, as Lambda does. Raises StillFails."""
    for first in range(0, len(records), _RECORDS_AT_ONCE):
        said = call(functions, name, {"Records": [*records[first : first + _RECORDS_AT_ONCE]]})
        if said.get("batchItemFailures"):
            raise StillFails(f"{name} cannot deal with it for now; its log says why")


def call(functions: Any, name: str, event: Json) -> Json:
    """What a function answers. Raises StillFails when it breaks."""
    answer = functions.invoke(FunctionName=name, Payload=json.dumps(event).encode())
    said = _parsed(answer["Payload"].read())
    if "FunctionError" in answer:
        raise StillFails(f"{name} fails: {said.get('errorMessage', 'it gives no reason')}")
    return said


def _member(document: Json, key: str) -> Json:
    """An object within a message; empty where there is none."""
    found = document.get(key)
    return found if isinstance(found, dict) else {}


def _parsed(text: str | bytes) -> Json:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}

"""The data plane as the consumer finds it, on moto: a table, a bucket, and a queue for failures."""

import base64
import contextlib
import json

from tests.lib.mie.adapters.dataplane_on_moto import BUCKET, TABLE, dataplane

from mie import aws
from mie.adapters import items
from mie.core import result_pages

STREAM_ARN = "arn:aws:kinesis:us-east-1:123456789012:stream/changes"


class Dataplane:
    """Stores results as the Dataplane API does, in the bucket and as the newest in the table."""

    def __init__(self, queue_url):
        self._queue_url = queue_url
        self._stored = 0

    def store(self, *found, asset="a", operator="labelDetection", workflow="w", key=None):
        """found: the pages of a result; one is a result that is stored as a whole."""
        self._stored += 1
        prefix = f"private/assets/{asset}/workflows/{workflow}/{operator}"
        if len(found) == 1:
            pointer = f"{prefix}.json"
            self.put(pointer, found[0])
        else:
            folder = f"{prefix}/{self._stored:06d}/"
            keys = [f"{folder}{number:08d}.json" for number in range(len(found))]
            for one, page in zip(keys, found, strict=True):
                self.put(one, page)
            pointer = result_pages.manifest_key(folder)
            self.put(pointer, {"Pages": keys})
        newest = result_pages.Pointer(workflow, key or pointer, f"v{self._stored}")
        self.point(asset, operator, newest)
        return modify(asset, operator, newest)

    def put(self, key, body):
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=text)

    def point(self, asset, operator, newest):
        """newest: a pointer, or None when the operator has no results any more."""
        item = items.get(TABLE, {"AssetId": asset}) or {"AssetId": asset, "S3Key": "k"}
        known = result_pages.pointers_of(item, operator)
        kept = [] if newest is None else result_pages.with_newest(known, newest)
        changed = {**item, operator: [one.to_item() for one in kept]}
        aws.client("dynamodb").put_item(TableName=TABLE, Item=items.to_item(changed))

    def forget(self, asset):
        aws.client("dynamodb").delete_item(TableName=TABLE, Key={"AssetId": {"S": asset}})

    def failures(self):
        """What lies in the queue of failures; it stays there."""
        answer = aws.client("sqs").receive_message(
            QueueUrl=self._queue_url, MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        return [json.loads(one["Body"]) for one in answer.get("Messages", [])]


@contextlib.contextmanager
def around_the_consumer(consumer, monkeypatch, url):
    """Yields the data plane and a function that sends records to the consumer.

    url: of the search endpoint. The function returns the positions of the records that the
    consumer reports.
    """
    with dataplane(monkeypatch):
        queue_url = aws.client("sqs").create_queue(QueueName="unread")["QueueUrl"]
        for name, value in {
            "EsEndpoint": url,
            "DataplaneBucket": BUCKET,
            "UNREAD_CHANGES_QUEUE_URL": queue_url,
            "SEARCH_REFRESH_INTERVAL": "1s",
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(consumer.bulk, "_FIRST_WAIT_SECONDS", 0)
        made = (consumer.handler.search_index, consumer.handler._table)
        for one in made:
            one.cache_clear()

        def handle(*records):
            answer = consumer.handler.lambda_handler(event(*records), {})
            return [int(one["itemIdentifier"]) for one in answer["batchItemFailures"]]

        yield Dataplane(queue_url), handle
        for one in made:
            one.cache_clear()


def modify(asset, operator, pointer):
    change = {"Action": "MODIFY", "Pointer": pointer.key, "Operator": operator}
    return asset, {**change, "Workflow": pointer.workflow, "AssetId": asset}


def removal(asset, operator=None):
    named = {} if operator is None else {"Operator": operator}
    return asset, {"Action": "REMOVE", **named, "AssetId": asset}


def event(*records):
    """A batch as Lambda sends it; records: (asset id, change), whose change may be bytes."""
    return {
        "Records": [
            {
                "eventSource": "aws:kinesis",
                "eventID": f"shardId-000000000000:{number}",
                "eventSourceARN": STREAM_ARN,
                "kinesis": {
                    "partitionKey": asset_id,
                    "sequenceNumber": str(number),
                    "data": base64.b64encode(
                        change if isinstance(change, bytes) else json.dumps(change).encode()
                    ).decode(),
                },
            }
            for number, (asset_id, change) in enumerate(records)
        ]
    }

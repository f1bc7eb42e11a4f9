"""Changes of executions on their way to the topic's queue, on moto."""

import json
import os
from itertools import pairwise
from unittest.mock import patch

import pytest
import workflowstream
from botocore.exceptions import ClientError
from moto import mock_aws

from mie import aws, settings
from mie.adapters import items

EXECUTION = {
    "Id": "e1",
    "AssetId": "a1",
    "Status": "Queued",
    "Globals": {"Media": {}, "MetaData": {"Score": 0.25, "Count": 3}},
    "Configuration": {},
    "Created": "1700000000",
}
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}


class Notifications:
    """What subscribers got, and what was kept aside."""

    def __init__(self, events, untold):
        self._events, self._untold = events, untold

    def envelopes(self):
        return [json.loads(one) for one in _received(self._events)]

    def told(self):
        return [json.loads(one["Message"]) for one in self.envelopes()]

    def untold(self):
        return [json.loads(one) for one in _received(self._untold)]


def _received(url):
    bodies = []
    while (
        messages := aws.client("sqs")
        .receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        .get("Messages")
    ):
        bodies += [one["Body"] for one in messages]
    return bodies


@pytest.fixture
def notifications():
    with mock_aws(), patch.dict(os.environ, CREDENTIALS):
        aws.forget()
        sns, sqs = aws.client("sns"), aws.client("sqs")
        topic = sns.create_topic(Name="events")["TopicArn"]
        events, untold = (sqs.create_queue(QueueName=one)["QueueUrl"] for one in ("e", "untold"))
        arn = sqs.get_queue_attributes(QueueUrl=events, AttributeNames=["QueueArn"])
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["Attributes"]["QueueArn"])
        variables = {"TOPIC_ARN": topic, "UNTOLD_CHANGES_QUEUE_URL": untold}
        with patch.dict(os.environ, variables):
            _forget()
            yield Notifications(events, untold)
    _forget()
    aws.forget()


def _forget():
    settings.forget()
    workflowstream._topic.cache_clear()


def record(number, old, new):
    images = {"OldImage": old, "NewImage": new}
    name = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
    return {
        "eventID": f"id{number}",
        "eventName": name,
        "eventSource": "aws:dynamodb",
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/s",
        "dynamodb": {
            "ApproximateCreationDateTime": 1700000001,
            "SequenceNumber": str(number),
            "Keys": items.to_item({"Id": (old or new)["Id"]}),
            **{key: items.to_item(one) for key, one in images.items() if one is not None},
        },
    }


def batch(*changes):
    return {"Records": [record(number, *change) for number, change in enumerate(changes, 1)]}


def path(*statuses, **more):
    """The changes of an execution that goes through these statuses."""
    records = [None, *({**EXECUTION, **more, "Status": status} for status in statuses)]
    return list(pairwise(records))


def test_each_change_of_status_is_told_once(notifications):
    changes = path("Queued", "Started", "Started", "Waiting", "Complete")
    gone = (changes[-1][1], None)
    assert workflowstream.lambda_handler(batch(*changes, gone), {}) == {"batchItemFailures": []}
    told = notifications.told()
    assert [one["Status"] for one in told] == ["Started", "Waiting", "Complete"]
    assert {one["WorkflowExecutionId"] for one in told} == {one["Id"] for one in told} == {"e1"}
    assert told[0]["Globals"]["MetaData"] == {"Score": 0.25, "Count": 3}
    assert told[0]["EventTimestamp"] == 1700000001


def test_subscribers_can_filter_by_status_and_drop_repeats(notifications):
    event = batch(*path("Queued", "Started"))
    workflowstream.lambda_handler(event, {})
    workflowstream.lambda_handler(event, {})
    first, second = notifications.envelopes()
    assert first["MessageAttributes"]["Status"]["Value"] == "Started"
    assert first["MessageAttributes"]["EventId"]["Value"] == "id2"
    assert second["MessageAttributes"] == first["MessageAttributes"]
    assert json.loads(second["Message"]) == json.loads(first["Message"])


@pytest.mark.parametrize(
    "images",
    [
        {"OldImage": {"Id": {"Unknown": 1}}, "NewImage": {}},
        {"OldImage": {"Id": "e1"}, "NewImage": {}},
        {"OldImage": {}, "NewImage": {"Status": {"S": "Started"}}},
    ],
)
def test_a_change_that_can_never_be_told_is_kept_aside(notifications, images):
    event = batch(*path("Queued", "Started", "Complete"), *path("Queued", "Started", Id="e2"))
    event["Records"][1]["dynamodb"].update(images)
    assert workflowstream.lambda_handler(event, {}) == {"batchItemFailures": []}
    assert [(one["Id"], one["Status"]) for one in notifications.told()] == [
        ("e1", "Complete"),
        ("e2", "Started"),
    ]
    (kept,) = notifications.untold()
    assert kept["DDBStreamBatchInfo"]["startSequenceNumber"] == "2"
    assert kept["DDBStreamBatchInfo"]["streamArn"].endswith("/stream/s")
    assert kept["Reason"]


class Refusing:
    """SNS that answers with errors first."""

    def __init__(self, sns, *codes):
        self._sns, self._codes = sns, list(codes)

    def publish(self, **request):
        code = self._codes.pop(0) if self._codes else None
        if code:
            error = {"Error": {"Code": code, "Message": "as asked"}}
            raise ClientError(error, "Publish")
        return self._sns.publish(**request)


@pytest.fixture
def refuse(notifications, monkeypatch):
    made = aws.client

    def answer(*codes):
        sns = Refusing(made("sns"), *codes)
        monkeypatch.setattr(aws, "client", lambda name: sns if name == "sns" else made(name))

    return answer


def test_nothing_is_told_behind_what_could_not_be_told_for_now(notifications, refuse):
    refuse(None, "Throttling")
    event = batch(*path("Queued", "Started", "Waiting", "Complete"))
    answer = workflowstream.lambda_handler(event, {})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "3"}]}
    # what Lambda sends again begins with the record that was reported
    again = {"Records": event["Records"][2:]}
    assert workflowstream.lambda_handler(again, {}) == {"batchItemFailures": []}
    assert [one["Status"] for one in notifications.told()] == ["Started", "Waiting", "Complete"]


def test_a_batch_of_which_nothing_could_be_told_is_reported(notifications, refuse):
    refuse("InternalError")
    event = batch(*path("Queued", "Started", "Complete")[1:])
    answer = workflowstream.lambda_handler(event, {})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert notifications.told() == []
    assert workflowstream.lambda_handler(event, {}) == {"batchItemFailures": []}
    assert [one["Status"] for one in notifications.told()] == ["Started", "Complete"]


def test_a_message_that_the_topic_never_takes_is_kept_aside(notifications, refuse):
    refuse("InvalidParameter")
    event = batch(*path("Queued", "Started", "Complete"))
    assert workflowstream.lambda_handler(event, {}) == {"batchItemFailures": []}
    assert [one["Status"] for one in notifications.told()] == ["Complete"]
    assert "as asked" in notifications.untold()[0]["Reason"]


def test_a_large_execution_is_told_without_its_globals(notifications):
    large = {"Media": {}, "MetaData": {"text": "ä" * 100_000}}
    workflowstream.lambda_handler(batch(*path("Queued", "Started", Globals=large)), {})
    (envelope,) = notifications.envelopes()
    assert len(json.dumps(envelope)) < 256 * 1024
    assert json.loads(envelope["Message"])["Omitted"] == ["Globals"]

"""The failure queue is emptied into the functions again, on moto; the functions are fakes."""

import base64
import io
import json
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

from mie_replay import failures
from mie_replay.failures import Clients, replay
from mie_replay.pipeline import Pipeline
from mie_replay.records import NotReadable, kinesis_records, table_records
from mie_replay.results import tell_all

REGION = "us-east-1"
POINTER = {"workflow": {"S": "w"}, "pointer": {"S": "k"}}
TABLE = "Assets"


class Functions:
    """Answers of the functions: name -> what the next calls say, {} when nothing is set."""

    def __init__(self):
        self.calls = []
        self.answers = {}

    def invoke(self, FunctionName, Payload):
        self.calls.append((FunctionName, json.loads(Payload)["Records"]))
        waiting = self.answers.get(FunctionName, [])
        answer = waiting.pop(0) if waiting else {"batchItemFailures": []}
        error = {"FunctionError": "Unhandled"} if "errorMessage" in answer else {}
        return {"Payload": io.BytesIO(json.dumps(answer).encode()), **error}


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setattr(failures, "_WAIT_SECONDS", 0)
    with mock_aws():
        sqs, kinesis = boto3.client("sqs", REGION), boto3.client("kinesis", REGION)
        kinesis.create_stream(StreamName="changes", ShardCount=1)
        dynamodb = boto3.client("dynamodb", REGION)
        table = dynamodb.create_table(
            TableName=TABLE,
            AttributeDefinitions=[{"AttributeName": "AssetId", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "AssetId", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )["TableDescription"]
        url = sqs.create_queue(QueueName="unread")["QueueUrl"]
        functions = Functions()
        yield SimpleNamespace(
            sqs=sqs,
            kinesis=kinesis,
            dynamodb=dynamodb,
            functions=functions,
            pipeline=Pipeline(url, "changes", TABLE, "publisher", "consumer"),
            clients=Clients(sqs, kinesis, boto3.client("dynamodbstreams", REGION), functions),
            stream_arn=kinesis.describe_stream_summary(StreamName="changes")[
                "StreamDescriptionSummary"
            ]["StreamARN"],
            table_stream_arn=table["LatestStreamArn"],
        )


def put(world, *data):
    """Appends records; returns their places."""
    places = []
    for one in data:
        answer = world.kinesis.put_record(StreamName="changes", Data=one, PartitionKey="a")
        places.append((answer["ShardId"], answer["SequenceNumber"]))
    return places


def batch(world, first, last):
    return {
        "shardId": first[0],
        "startSequenceNumber": first[1],
        "endSequenceNumber": last[1],
        "batchSize": 1,
        "streamArn": world.stream_arn,
    }


def fail(world, body):
    text = body if isinstance(body, str) else json.dumps(body)
    world.sqs.send_message(QueueUrl=world.pipeline.queue_url, MessageBody=text)


def run(world, now=lambda: 4_000_000_000):
    return [*replay(world.clients, world.pipeline, now)]


def waiting(world):
    answer = world.sqs.receive_message(
        QueueUrl=world.pipeline.queue_url, MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    return [one["Body"] for one in answer.get("Messages", [])]


def data_of(records):
    return [base64.b64decode(one["kinesis"]["data"]) for one in records]


def test_the_records_of_a_failure_reach_the_consumer_and_the_message_goes(world):
    places = put(world, b"before", b"one", b"two", b"behind")
    fail(world, {"Reason": "broken", "KinesisBatchInfo": batch(world, places[1], places[2])})
    (outcome,) = run(world)
    assert (outcome.reason, outcome.problem) == ("broken", "")
    ((name, records),) = world.functions.calls
    assert name == "consumer"
    assert data_of(records) == [b"one", b"two"]
    assert records[0]["eventID"] == f"{places[1][0]}:{places[1][1]}"
    assert records[0]["eventSourceARN"] == world.stream_arn
    assert records[0]["kinesis"]["partitionKey"] == "a"
    assert waiting(world) == []


def test_a_message_of_lambdas_own_is_understood(world):
    (place,) = put(world, b"one")
    fail(
        world,
        {
            "requestContext": {"condition": "RetryAttemptsExhausted"},
            "responseContext": {"statusCode": 200},
            "KinesisBatchInfo": batch(world, place, place),
        },
    )
    (outcome,) = run(world)
    assert (outcome.reason, outcome.problem) == ("RetryAttemptsExhausted", "")
    assert len(world.functions.calls) == 1


def test_many_records_are_sent_in_several_events(world):
    places = put(world, *(str(number).encode() for number in range(9)))
    fail(world, {"KinesisBatchInfo": batch(world, places[0], places[-1])})
    run(world)
    sent = [data_of(records) for _, records in world.functions.calls]
    assert [len(one) for one in sent] == [4, 4, 1]
    assert b"".join(one for some in sent for one in some) == b"012345678"


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"batchItemFailures": [{"itemIdentifier": "1"}]}, "cannot deal with it for now"),
        ({"errorMessage": "out of memory"}, "out of memory"),
    ],
)
def test_a_message_stays_when_the_function_still_fails(world, answer, problem):
    (place,) = put(world, b"one")
    fail(world, {"KinesisBatchInfo": batch(world, place, place)})
    world.functions.answers["consumer"] = [answer]
    (outcome,) = run(world)
    assert problem in outcome.problem
    assert len(waiting(world)) == 1
    # and can be replayed at once when it is repaired
    (outcome,) = run(world)
    assert outcome.problem == ""
    assert waiting(world) == []


def test_what_is_kept_aside_during_a_replay_is_left_for_the_next(world):
    (place,) = put(world, b"one")
    fail(world, {"KinesisBatchInfo": batch(world, place, place)})
    assert run(world, now=lambda: 0) == []
    assert world.functions.calls == []
    assert len(waiting(world)) == 1


@pytest.mark.parametrize(
    "body",
    [
        "no JSON",
        "[]",
        {},
        {"KinesisBatchInfo": {"shardId": "x"}},
        {"KinesisBatchInfo": {"shardId": "x", "streamArn": "y", "startSequenceNumber": "z"}},
        {"DDBStreamBatchInfo": {"startSequenceNumber": "1"}},
    ],
)
def test_a_message_that_names_no_records_stays_and_harms_no_other(world, body):
    (place,) = put(world, b"one")
    fail(world, body)
    fail(world, {"KinesisBatchInfo": batch(world, place, place)})
    outcomes = run(world)
    assert sorted(bool(one.problem) for one in outcomes) == [False, True]
    assert len(world.functions.calls) == 1
    assert len(waiting(world)) == 1


def test_without_search_its_messages_stay(world):
    (place,) = put(world, b"one")
    fail(world, {"KinesisBatchInfo": batch(world, place, place)})
    without = Pipeline(world.pipeline.queue_url, "changes", TABLE, "publisher", None)
    (outcome,) = replay(world.clients, without, lambda: 4_000_000_000)
    assert outcome.problem == "there is no search to feed"


def test_records_that_the_stream_does_not_keep_are_told(world):
    (place,) = put(world, b"one")
    gone = batch(world, (place[0], "0"), (place[0], "0"))
    with pytest.raises(NotReadable):
        kinesis_records(world.kinesis, gone)
    with pytest.raises(NotReadable):
        kinesis_records(world.kinesis, {**gone, "shardId": "shardId-000000000009"})


def test_changes_of_the_table_reach_the_publisher(world):
    for name in ("a", "b", "c"):
        world.dynamodb.put_item(TableName=TABLE, Item={"AssetId": {"S": name}})
    streams = world.clients.table_streams
    (shard,) = streams.describe_stream(StreamArn=world.table_stream_arn)["StreamDescription"][
        "Shards"
    ]
    iterator = streams.get_shard_iterator(
        StreamArn=world.table_stream_arn,
        ShardId=shard["ShardId"],
        ShardIteratorType="TRIM_HORIZON",
    )["ShardIterator"]
    stored = streams.get_records(ShardIterator=iterator)["Records"]
    number = stored[1]["dynamodb"]["SequenceNumber"]
    failure = {
        "startSequenceNumber": number,
        "endSequenceNumber": number,
        "streamArn": world.table_stream_arn,
    }
    # the function itself does not know the shard, Lambda does
    (record,) = table_records(streams, {**failure, "shardId": shard["ShardId"]})
    assert record["dynamodb"]["NewImage"] == {"AssetId": {"S": "b"}}
    fail(world, {"Reason": "broken", "DDBStreamBatchInfo": failure})
    (outcome,) = run(world)
    assert outcome.problem == ""
    ((name, records),) = world.functions.calls
    assert name == "publisher"
    assert records[0]["dynamodb"]["Keys"] == {"AssetId": {"S": "b"}}
    assert records[0]["eventSourceARN"] == world.table_stream_arn


def test_every_result_can_be_told_again(world):
    results = {"a": {"L": [{"M": POINTER}]}, "b": {"L": [{"M": POINTER}]}}
    for number in range(3):
        item = {"AssetId": {"S": str(number)}, "S3Key": {"S": "x"}, **results}
        world.dynamodb.put_item(TableName=TABLE, Item=item)
    assert tell_all(world.dynamodb, world.functions, world.pipeline) == (3, 6)
    assert {name for name, _ in world.functions.calls} == {"publisher"}
    changes = [one["dynamodb"] for _, records in world.functions.calls for one in records]
    for change in changes:
        assert change["OldImage"] == change["Keys"]
        assert change["NewImage"] == {**change["Keys"], "S3Key": {"S": "x"}, **results}
    assert sorted(one["Keys"]["AssetId"]["S"] for one in changes) == ["0", "1", "2"]


def test_a_publisher_that_fails_ends_the_telling(world):
    world.dynamodb.put_item(
        TableName=TABLE, Item={"AssetId": {"S": "a"}, "op": {"L": [{"M": POINTER}]}}
    )
    world.functions.answers["publisher"] = [{"batchItemFailures": [{"itemIdentifier": "0"}]}]
    with pytest.raises(failures.StillFails):
        tell_all(world.dynamodb, world.functions, world.pipeline)


def test_what_has_no_results_is_not_told(world):
    world.dynamodb.put_item(TableName=TABLE, Item={"AssetId": {"S": "a"}, "S3Key": {"S": "x"}})
    world.dynamodb.put_item(TableName=TABLE, Item={"AssetId": {"S": "!cursors"}})
    assert tell_all(world.dynamodb, world.functions, world.pipeline) == (2, 0)
    assert world.functions.calls == []

"""Queues of lost work are emptied into the functions again, on moto; the functions are fakes."""

import base64
import io
import json
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

from mie_replay import failures
from mie_replay.__main__ import main
from mie_replay.failures import Clients, replay
from mie_replay.queues import QUEUES, Queue, resources_of
from mie_replay.records import NotKept, kinesis_records, table_records
from mie_replay.results import tell_all

REGION = "us-east-1"
POINTER = {"workflow": {"S": "w"}, "pointer": {"S": "k"}}
TABLE = "Assets"
UNREAD, UNTOLD, DEAD = QUEUES[:3]


class Functions:
    """Answers of the functions: name -> what the next calls say, {} when nothing is set."""

    def __init__(self):
        self.payloads = []
        self.answers = {}

    @property
    def calls(self):
        return [(name, payload["Records"]) for name, payload in self.payloads]

    def invoke(self, FunctionName, Payload):
        self.payloads.append((FunctionName, json.loads(Payload)))
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
        urls = {
            name: sqs.create_queue(QueueName=name.rpartition(".")[2])["QueueUrl"]
            for name in (UNREAD.name, UNTOLD.name, DEAD.name)
        }
        functions = Functions()
        yield SimpleNamespace(
            sqs=sqs,
            kinesis=kinesis,
            dynamodb=dynamodb,
            functions=functions,
            resources={
                **urls,
                "Analytics.DynamoDBStreamingFunction": "publisher",
                "Analytics.ElasticsearchConsumer": "consumer",
                "WorkflowExecutionStreamingFunction": "teller",
                "WorkflowScheduler": "mie-WorkflowScheduler",
                "WorkflowErrorHandlerLambda": "mie-WorkflowErrorHandlerLambda",
            },
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


def batch(world, first, last, size=1):
    return {
        "shardId": first[0],
        "startSequenceNumber": first[1],
        "endSequenceNumber": last[1],
        "batchSize": size,
        "streamArn": world.stream_arn,
    }


def fail(world, body, queue=UNREAD):
    text = body if isinstance(body, str) else json.dumps(body)
    world.sqs.send_message(QueueUrl=world.resources[queue.name], MessageBody=text)


def run(world, now=lambda: 4_000_000_000, queue=UNREAD):
    return [*replay(world.clients, queue, world.resources, now)]


def waiting(world, queue=UNREAD):
    answer = world.sqs.receive_message(
        QueueUrl=world.resources[queue.name], MaxNumberOfMessages=10, VisibilityTimeout=0
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
        {"DDBStreamBatchInfo": "x", "requestContext": ["y"]},
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


def test_a_place_that_cannot_be_asked_for_stays_and_harms_no_other(world):
    place = put(world, b"one")[0]
    # a number of DynamoDB has 21 digits at least, and the SDK does not send this one
    short = {"startSequenceNumber": "1", "endSequenceNumber": "2", "shardId": "shardId-" + "0" * 20}
    fail(world, {"DDBStreamBatchInfo": {**short, "streamArn": world.table_stream_arn}})
    fail(world, {"KinesisBatchInfo": batch(world, place, place)})
    outcomes = run(world)
    assert ["SequenceNumber" in one.problem for one in outcomes] == [True, False]
    assert len(waiting(world)) == 1


def test_a_replay_that_breaks_off_hides_no_message_from_the_next(world, monkeypatch):
    for number in range(3):
        fail(world, {"KinesisBatchInfo": {}, "number": number})
    replaying = replay(world.clients, UNREAD, world.resources, lambda: 4_000_000_000)
    next(replaying)
    replaying.close()
    assert len(waiting(world)) == 3


def test_without_search_its_messages_stay(world):
    (place,) = put(world, b"one")
    fail(world, {"KinesisBatchInfo": batch(world, place, place)})
    del world.resources["Analytics.ElasticsearchConsumer"]
    (outcome,) = run(world)
    assert outcome.problem == "Analytics.ElasticsearchConsumer is not deployed"


def test_records_that_the_stream_does_not_keep_are_told(world):
    (place,) = put(world, b"one")
    gone = batch(world, (place[0], "0"), (place[0], "0"))
    with pytest.raises(NotKept):
        kinesis_records(world.kinesis, gone)
    with pytest.raises(NotKept):
        kinesis_records(world.kinesis, {**gone, "shardId": "shardId-000000000009"})
    fail(world, {"KinesisBatchInfo": gone})
    (outcome,) = run(world)
    assert "does not keep these records" in outcome.problem
    assert "--all-results" in outcome.problem


def test_what_a_stream_still_keeps_of_a_batch_is_replayed_and_the_rest_is_told(world):
    places = put(world, b"one", b"two", b"behind")
    trimmed = (places[0][0], "1")
    fail(world, {"KinesisBatchInfo": batch(world, trimmed, places[1], size=5)})
    (outcome,) = run(world)
    assert outcome.problem == ""
    assert outcome.lost.startswith("the stream does not keep 3 records any more; --all-results")
    ((_, records),) = world.functions.calls
    assert data_of(records) == [b"one", b"two"]
    assert waiting(world) == []


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
    (record,) = table_records(streams, {**failure, "shardId": shard["ShardId"]}).records
    assert record["dynamodb"]["NewImage"] == {"AssetId": {"S": "b"}}
    for queue, function in ((UNREAD, "publisher"), (UNTOLD, "teller")):
        world.functions.payloads.clear()
        fail(world, {"Reason": "broken", "DDBStreamBatchInfo": failure}, queue)
        (outcome,) = run(world, queue=queue)
        assert outcome.problem == ""
        ((name, records),) = world.functions.calls
        assert name == function
        assert records[0]["dynamodb"]["Keys"] == {"AssetId": {"S": "b"}}
        assert records[0]["eventSourceARN"] == world.table_stream_arn


def lost_call(function, payload):
    """What Lambda tells a destination of an asynchronous call that failed."""
    return {
        "version": "1.0",
        "requestContext": {
            "requestId": "r1",
            "functionArn": f"arn:aws:lambda:us-east-1:123456789012:function:{function}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": payload,
        "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
        "responsePayload": {"errorMessage": "broken"},
    }


def test_a_lost_call_reaches_the_function_that_failed_with_what_it_was_called(world):
    ended = {"source": "aws.states", "detail": {"status": "TIMED_OUT"}}
    fail(world, lost_call("mie-WorkflowErrorHandlerLambda", ended), DEAD)
    fail(world, lost_call("mie-WorkflowScheduler", {}), DEAD)
    outcomes = run(world, queue=DEAD)
    assert {(one.place, one.reason, one.problem) for one in outcomes} == {
        ("r1", "RetriesExhausted", "")
    }
    assert sorted(world.functions.payloads, key=str) == [
        ("mie-WorkflowErrorHandlerLambda", ended),
        ("mie-WorkflowScheduler", {}),
    ]
    assert waiting(world, DEAD) == []


@pytest.mark.parametrize(
    "message",
    [lost_call("some-other-function", {}), {"requestPayload": {}}, {"source": "aws.states"}],
)
def test_a_lost_call_of_no_function_of_ours_stays(world, message):
    fail(world, message, DEAD)
    (outcome,) = run(world, queue=DEAD)
    assert outcome.problem
    assert world.functions.payloads == []
    assert len(waiting(world, DEAD)) == 1


def test_what_a_queue_has_set_aside_goes_back_to_it(world):
    aside = Queue("Aside", back_to=UNTOLD.name)
    world.resources["Aside"] = world.sqs.create_queue(QueueName="Aside")["QueueUrl"]
    fail(world, '{"AssetId": "a"}', aside)
    (outcome,) = run(world, queue=aside)
    assert outcome.problem == ""
    assert (waiting(world, aside), waiting(world, UNTOLD)) == ([], ['{"AssetId": "a"}'])


def test_the_resources_of_nested_stacks_with_queues_are_known_behind_their_names():
    stacks = {
        "mie": {"Analytics": "mie-Analytics-1", "OperatorLibrary": "x", "DataplaneTable": "t"},
        "mie-Analytics-1": {"UnreadChangesQueue": "https://unread"},
    }

    def paginate(StackName):
        yield {
            "StackResourceSummaries": [
                {"LogicalResourceId": one, "PhysicalResourceId": other}
                for one, other in stacks[StackName].items()
            ]
        }

    cloudformation = SimpleNamespace(
        get_paginator=lambda operation: SimpleNamespace(paginate=paginate)
    )
    assert resources_of(cloudformation, "mie") == {
        **stacks["mie"],
        "Analytics.UnreadChangesQueue": "https://unread",
    }


def test_every_result_can_be_told_again(world):
    results = {"a": {"L": [{"M": POINTER}]}, "b": {"L": [{"M": POINTER}]}}
    for number in range(3):
        item = {"AssetId": {"S": str(number)}, "S3Key": {"S": "x"}, **results}
        world.dynamodb.put_item(TableName=TABLE, Item=item)
    assert tell_all(world.dynamodb, world.functions, TABLE, "publisher") == (3, 6)
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
        tell_all(world.dynamodb, world.functions, TABLE, "publisher")


def test_what_has_no_results_is_not_told(world):
    world.dynamodb.put_item(TableName=TABLE, Item={"AssetId": {"S": "a"}, "S3Key": {"S": "x"}})
    world.dynamodb.put_item(TableName=TABLE, Item={"AssetId": {"S": "!cursors"}})
    assert tell_all(world.dynamodb, world.functions, TABLE, "publisher") == (2, 0)
    assert world.functions.calls == []


def test_one_queue_and_all_results_do_not_go_together(monkeypatch, capsys):
    asked = ["replay", "--stack", "mie", "--queue", QUEUES[0].name, "--all-results"]
    monkeypatch.setattr("sys.argv", asked)
    with pytest.raises(SystemExit):
        main()
    assert "not allowed with argument" in capsys.readouterr().err

"""Changes of the data plane's table on their way into the stream, on moto."""

import importlib.util
import json
from pathlib import Path

import pytest
from moto import mock_aws
from tests.lib.mie.adapters.dataplane_on_moto import BUCKET, ENVIRONMENT, clients_of_their_own

from mie import aws, settings
from mie.adapters import change_stream, items
from mie.core import result_pages

SOURCE = Path(__file__).parents[2] / "source" / "dataplanestream" / "stream.py"
STREAM = "changes"
ASSET = {"AssetId": "a", "S3Bucket": "b", "S3Key": "k", "Created": "1"}


def pointer(workflow="w"):
    return {"workflow": workflow, "pointer": f"{workflow}.json", "version": "v"}


@pytest.fixture(scope="module")
def module():
    spec = importlib.util.spec_from_file_location("dataplanestream_stream", SOURCE)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture(scope="module", autouse=True)
def clients():
    with clients_of_their_own():
        yield


@pytest.fixture
def stream(monkeypatch, module):
    """The handler; reads what is in the stream with ``read``."""
    for name, value in {**ENVIRONMENT, "StreamName": STREAM}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(change_stream, "_wait_seconds", lambda attempt: 0)
    module._arrays.cache_clear()
    with mock_aws():
        queue_url = aws.client("sqs").create_queue(QueueName="unread")["QueueUrl"]
        monkeypatch.setenv("UNREAD_CHANGES_QUEUE_URL", queue_url)
        settings.forget()
        aws.client("kinesis").create_stream(StreamName=STREAM, ShardCount=1)
        aws.client("s3").create_bucket(Bucket=BUCKET)
        yield module.lambda_handler
    settings.forget()


def read():
    """(partition key, change) of each record in the stream."""
    kinesis = aws.client("kinesis")
    (shard,) = kinesis.list_shards(StreamName=STREAM)["Shards"]
    iterator = kinesis.get_shard_iterator(
        StreamName=STREAM, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records = kinesis.get_records(ShardIterator=iterator)["Records"]
    return [(one["PartitionKey"], json.loads(one["Data"])) for one in records]


def event(*changes):
    """A batch as Lambda sends it; changes: (item before, item after), None for none."""
    return {
        "Records": [
            {
                "eventID": str(number),
                "eventSource": "aws:dynamodb",
                "eventName": "MODIFY",
                "dynamodb": {
                    "SequenceNumber": str(number),
                    "Keys": items.to_item({"AssetId": (old or new)["AssetId"]}),
                    **({"OldImage": items.to_item(old)} if old else {}),
                    **({"NewImage": items.to_item(new)} if new else {}),
                },
            }
            for number, (old, new) in enumerate(changes, start=1)
        ]
    }


def paged(*results, generation=1):
    """The pointer to a result in pages, which are stored."""
    prefix = result_pages.generation_prefix("a", "w", "op", generation)
    keys = [result_pages.numbered_key(prefix, number) for number in range(len(results))]
    for key, result in zip(keys, results, strict=True):
        put(key, json.dumps(result).encode())
    manifest = result_pages.manifest_key(prefix)
    put(manifest, result_pages.to_manifest(keys))
    return result_pages.Pointer("w", manifest, "v", len(keys), generation).to_item()


def put(key, body):
    aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)


def stored(prefix=""):
    listed = aws.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)
    return [one["Key"] for one in listed.get("Contents", [])]


def test_the_pointer_of_a_result_in_pages_names_one_array(stream):
    result = paged({"p": 0}, {"p": 1}, {"p": 2})
    for _ in range(2):
        assert stream(event((ASSET, {**ASSET, "op": [result]})), {}) == {"batchItemFailures": []}
    (_, change), again = read()
    assert again == ("a", change)
    assert change["Manifest"] == result["pointer"]
    body = aws.client("s3").get_object(Bucket=BUCKET, Key=change["Pointer"])["Body"].read()
    assert json.loads(body) == [{"p": 0}, {"p": 1}, {"p": 2}]


@pytest.mark.parametrize("gone", ["manifest.json", "00000001.json"])
def test_a_result_that_is_deleted_before_it_is_told_holds_nothing_up(stream, gone):
    result = paged({"p": 0}, {"p": 1})
    prefix = result["pointer"].removesuffix("manifest.json")
    aws.client("s3").delete_object(Bucket=BUCKET, Key=prefix + gone)
    described = {**ASSET, "op": [result]}
    assert stream(event((ASSET, described), (described, None)), {}) == {"batchItemFailures": []}
    assert [one["Action"] for _, one in read()] == ["MODIFY", "REMOVE"]
    assert prefix + "pages.json" not in stored()


@pytest.mark.parametrize("after", [None, ASSET])
def test_an_array_that_was_made_during_a_deletion_goes_with_the_record_of_it(stream, after):
    """The deletion has listed the objects before the array was there."""
    described = {**ASSET, "op": [paged({"p": 0})]}
    stream(event((ASSET, described)), {})
    assert [key for key in stored() if key.endswith("pages.json")]
    stream(event((described, after)), {})
    assert not [key for key in stored() if key.endswith("pages.json")]


def test_a_manifest_that_cannot_be_read_is_kept_aside(stream):
    result = paged({"p": 0})
    put(result["pointer"], b"{")
    assert stream(event((ASSET, {**ASSET, "op": [result]})), {}) == {"batchItemFailures": []}
    assert "manifest" in failures()[0]["Reason"]


def test_a_bucket_that_does_not_answer_makes_lambda_send_the_record_again(
    stream, module, monkeypatch
):
    result = paged({"p": 0})
    monkeypatch.setenv("DATAPLANE_BUCKET", "no-such-bucket")
    settings.forget()
    module._arrays.cache_clear()
    answer = stream(event((ASSET, {**ASSET, "op": [result]})), {})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert read() == []


def test_each_change_becomes_its_records_in_order(stream):
    described = {**ASSET, "op": [pointer()], "op2": [pointer()]}
    answer = stream(event((None, ASSET), (ASSET, described), (described, ASSET), (ASSET, None)), {})
    assert answer == {"batchItemFailures": []}
    assert [key for key, _ in read()] == ["a"] * 6
    assert [(one["Action"], one.get("Operator")) for _, one in read()] == [
        ("INSERT", None),
        ("MODIFY", "op"),
        ("MODIFY", "op2"),
        ("REMOVE", "op"),
        ("REMOVE", "op2"),
        ("REMOVE", None),
    ]
    assert read()[1][1]["Pointer"] == "w.json"


def test_a_change_of_no_result_is_no_record(stream):
    assert stream(event((ASSET, {**ASSET, "Locked": "true"})), {}) == {"batchItemFailures": []}
    assert read() == []


def failures():
    url = settings.stream_settings().failure_queue_url
    answer = aws.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [json.loads(one["Body"]) for one in answer.get("Messages", [])]


@pytest.mark.parametrize(
    "broken",
    [
        {"NewImage": {"AssetId": {"Unknown": 1}}},
        {"NewImage": {"AssetId": "a"}},
        {"NewImage": {"AssetId": {"S": "a"}, "Created": {"N": "1E+400"}}},
        *(
            {"NewImage": items.to_item({**ASSET, "op": [{**pointer(), **wrong}]})}
            for wrong in (
                {"workflow": 1},
                {"pointer": ["k"]},
                {"pages": "many"},
                {"pages": 1, "generation": {}},
            )
        ),
        {"Keys": {}},
        {"Keys": {"AssetId": {"N": "1"}}},
    ],
)
def test_a_record_that_is_broken_is_kept_aside_and_does_not_hold_up_the_others(stream, broken):
    batch = event((None, ASSET), (None, ASSET), (None, {**ASSET, "AssetId": "b"}))
    batch["Records"][1]["dynamodb"].update(broken)
    batch["Records"][1]["eventSourceARN"] = "arn"
    assert stream(batch, {}) == {"batchItemFailures": []}
    assert [key for key, _ in read()] == ["a", "b"]
    (failure,) = failures()
    assert failure["Reason"]
    assert failure["DDBStreamBatchInfo"] == {
        "startSequenceNumber": "2",
        "endSequenceNumber": "2",
        "batchSize": 1,
        "streamArn": "arn",
    }


class Refusing:
    """Kinesis that refuses entries; refusals: for each request the positions that it refuses."""

    def __init__(self, *refusals):
        self.requests = []
        self._refusals = iter(refusals)

    def put_records(self, StreamName, Records):
        refused = next(self._refusals, ())
        self.requests.append([json.loads(one["Data"])["Operator"] for one in Records])
        return {
            "Records": [
                {"ErrorCode": "ProvisionedThroughputExceededException"}
                if position in refused
                else {"SequenceNumber": "1"}
                for position in range(len(Records))
            ]
        }


def answering(monkeypatch, kinesis):
    monkeypatch.setattr(aws, "client", lambda service: kinesis)
    return kinesis


THREE = ({**ASSET}, {**ASSET, "a1": [pointer()], "b1": [pointer()], "c1": [pointer()]})


def test_entries_are_sent_again_from_the_first_that_was_refused(stream, monkeypatch):
    kinesis = answering(monkeypatch, Refusing([1], [0]))
    assert stream(event(THREE), {}) == {"batchItemFailures": []}
    assert kinesis.requests == [["a1", "b1", "c1"], ["b1", "c1"], ["b1", "c1"]]


def test_no_request_has_more_entries_than_kinesis_takes(stream, monkeypatch):
    kinesis = answering(monkeypatch, Refusing([], [1]))
    operators = {f"op{number:04}": [pointer()] for number in range(1_001)}
    assert stream(event((ASSET, {**ASSET, **operators})), {}) == {"batchItemFailures": []}
    assert [len(one) for one in kinesis.requests] == [500, 500, 499, 1]
    assert kinesis.requests[2] == kinesis.requests[1][1:]


def test_a_change_that_the_stream_never_takes_is_reported(stream, monkeypatch):
    kinesis = answering(monkeypatch, Refusing(*([[2]] + [[0]] * 5)))
    batch = event(THREE, (ASSET, {**ASSET, "Locked": "true"}))
    assert stream(batch, {}) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert kinesis.requests == [["a1", "b1", "c1"]] + [["c1"]] * 5

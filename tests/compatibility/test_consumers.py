"""A consumer of the stream in the original's style, on the engine.

It takes the asset's id from the record's partition key, reads the object at Pointer, and knows two
forms of it: an object of JSON, and an array with one element a page.
"""

import importlib.util
import json
from pathlib import Path

import pytest
from tests.lib.mie.adapters.dataplane_on_moto import BUCKET, TABLE

from MediaInsightsEngineLambdaHelper import DataPlane
from mie import aws, settings

SOURCE = Path(__file__).parents[2] / "source" / "dataplanestream" / "stream.py"
STREAM = "changes"


@pytest.fixture(scope="module")
def publisher():
    spec = importlib.util.spec_from_file_location("compatibility_stream", SOURCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def follow(monkeypatch, functions, publisher):
    """Runs a step with an asset, and returns what a consumer finds of its changes."""
    monkeypatch.setenv("StreamName", STREAM)
    monkeypatch.setenv("UNREAD_CHANGES_QUEUE_URL", "https://unused.invalid")
    settings.forget()
    for made in (publisher._stream, publisher._arrays):
        made.cache_clear()
    aws.client("kinesis").create_stream(StreamName=STREAM, ShardCount=1)

    def follow(asset_id, step):
        before = _image(asset_id)
        step()
        images = {"OldImage": before, "NewImage": _image(asset_id)}
        change = {
            "eventID": "1",
            "eventName": "MODIFY",
            "eventSource": "aws:dynamodb",
            "dynamodb": {
                "SequenceNumber": "1",
                "Keys": {"AssetId": {"S": asset_id}},
                **{key: image for key, image in images.items() if image},
            },
        }
        answer = publisher.lambda_handler({"Records": [change]}, None)
        assert answer == {"batchItemFailures": []}
        return [*_consumed()]

    return follow


@pytest.fixture
def asset_id(functions, s3):
    s3.put_object(Bucket=BUCKET, Key="upload/v.mp4", Body=b"video")
    return DataPlane().create_asset(BUCKET, "upload/v.mp4")["AssetId"]


def _image(asset_id):
    answer = aws.client("dynamodb").get_item(TableName=TABLE, Key={"AssetId": {"S": asset_id}})
    return answer.get("Item")


def _consumed():
    """(action, operator, asset, labels) of each record in the stream, as the consumer has it."""
    kinesis = aws.client("kinesis")
    (shard,) = kinesis.list_shards(StreamName=STREAM)["Shards"]
    iterator = kinesis.get_shard_iterator(
        StreamName=STREAM, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    for record in kinesis.get_records(ShardIterator=iterator)["Records"]:
        payload = json.loads(record["Data"])
        labels = _labels(payload["Pointer"]) if "Pointer" in payload else None
        yield payload["Action"], payload.get("Operator"), record["PartitionKey"], labels


def _labels(pointer):
    body = aws.client("s3").get_object(Bucket=BUCKET, Key=pointer)["Body"].read()
    metadata = json.loads(body)
    if isinstance(metadata, list):
        return [label for page in metadata for label in page["Labels"]]
    return metadata["Labels"]


def store(asset_id, labels, **how):
    answer = DataPlane().store_asset_metadata(
        asset_id, "labelDetection", "w", {"Labels": labels}, **how
    )
    assert answer["Status"] == "Success"


def test_a_consumer_reads_a_result_that_was_stored_as_a_whole(follow, asset_id):
    found = follow(asset_id, lambda: store(asset_id, ["cat"]))
    assert found == [("MODIFY", "labelDetection", asset_id, ["cat"])]


@pytest.mark.parametrize("numbered", [False, True])
def test_a_consumer_reads_all_pages_of_a_result_at_its_pointer(follow, asset_id, numbered):
    """O3."""

    def three_pages():
        for number, label in enumerate(("cat", "dog", "hen")):
            page = {"page": number} if numbered else {}
            store(asset_id, [label], paginate=True, end=number == 2, **page)

    found = follow(asset_id, three_pages)
    assert found == [("MODIFY", "labelDetection", asset_id, ["cat", "dog", "hen"])]


def test_nothing_of_the_asset_stays_when_it_is_deleted(follow, asset_id, s3):
    follow(asset_id, lambda: store(asset_id, ["cat"], paginate=True, end=True))
    path, resource = f"/metadata/{asset_id}", "/metadata/{asset_id}"
    gone = DataPlane().call_dataplane(path, resource, "DELETE", None, {"asset_id": asset_id})
    assert gone["AssetId"] == asset_id
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET, Prefix=f"private/assets/{asset_id}/")


def test_nothing_of_an_operator_stays_when_it_is_deleted(follow, asset_id, s3):
    follow(asset_id, lambda: store(asset_id, ["cat"], paginate=True, end=True))
    gone = DataPlane().call_dataplane(
        f"/metadata/{asset_id}/labelDetection",
        "/metadata/{asset_id}/{operator_name}",
        "DELETE",
        None,
        {"asset_id": asset_id, "operator_name": "labelDetection"},
    )
    assert [one["Key"].rsplit("/", 1)[-1] for one in gone["Deleted"]][1:] == [
        "manifest.json",
        "pages.json",
    ]
    prefix = f"private/assets/{asset_id}/workflows/"
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)

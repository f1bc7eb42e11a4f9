"""The consumer, from the stream's records to the index."""

import base64
import json

import pytest
from tests.lib.mie.adapters.dataplane_on_moto import BUCKET, clients_of_their_own, dataplane


@pytest.fixture(scope="module", autouse=True)
def clients():
    with clients_of_their_own():
        yield


@pytest.fixture
def bucket(monkeypatch):
    with dataplane(monkeypatch) as s3:
        yield lambda key, body: s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(body))


@pytest.fixture
def handle(consumer, endpoint, bucket, monkeypatch):
    """Sends records to the handler; returns the positions of those that it reports."""
    monkeypatch.setenv("EsEndpoint", endpoint.url)
    monkeypatch.setenv("DataplaneBucket", BUCKET)
    monkeypatch.setattr(consumer.index, "_FIRST_WAIT_SECONDS", 0)
    consumer.handler.search_index.cache_clear()

    def send(*records):
        answer = consumer.handler.lambda_handler(event(*records), {})
        return [int(one["itemIdentifier"]) for one in answer["batchItemFailures"]]

    yield send
    consumer.handler.search_index.cache_clear()


def event(*records):
    """A batch as Lambda sends it; records: (asset id, change), whose change may be bytes."""
    return {
        "Records": [
            {
                "eventSource": "aws:kinesis",
                "eventID": f"shard:{number}",
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


def modify(asset="a", operator="labelDetection", workflow="w", pointer=None):
    key = f"private/assets/{asset}/workflows/{workflow}/{operator}.json"
    change = {"Action": "MODIFY", "Pointer": pointer or key, "Operator": operator}
    return asset, {**change, "Workflow": workflow, "AssetId": asset}


def store(bucket, *names, asset="a", operator="labelDetection", workflow="w"):
    key = f"private/assets/{asset}/workflows/{workflow}/{operator}.json"
    bucket(key, {"Labels": [{"Name": name, "Confidence": 99.5} for name in names]})


def names(endpoint):
    return sorted(one["Name"] for one in endpoint.search.of("mielabels"))


def test_a_result_is_indexed_and_delivered_twice_makes_no_difference(handle, bucket, endpoint):
    store(bucket, "cat", "dog")
    assert handle(modify()) == []
    assert handle(modify(), modify()) == []
    assert names(endpoint) == ["cat", "dog"]
    assert endpoint.search.of("mielabels")[0] == {
        "Name": "cat",
        "Confidence": 99.5,
        "AssetId": "a",
        "Operator": "label_detection",
        "Workflow": "w",
    }
    assert "mie" in endpoint.search.templates


def test_the_pages_of_a_result_are_indexed_together(handle, bucket, endpoint):
    prefix = "private/assets/a/workflows/w/labelDetection/000001/"
    for number in (0, 1):
        bucket(f"{prefix}{number:08d}.json", {"Labels": [{"Name": f"label {number}"}]})
    bucket(f"{prefix}manifest.json", {"Pages": [f"{prefix}{number:08d}.json" for number in (0, 1)]})
    assert handle(modify(pointer=f"{prefix}manifest.json")) == []
    assert names(endpoint) == ["label 0", "label 1"]


def test_removals_delete_an_operators_documents_or_all_of_an_asset(handle, bucket, endpoint):
    for asset in ("a", "b", "c"):
        store(bucket, asset, asset=asset)
    assert handle(modify("a"), modify("b"), modify("c")) == []
    assert handle(("a", {"Action": "REMOVE", "Operator": "labelDetection", "AssetId": "a"})) == []
    assert names(endpoint) == ["b", "c"]
    assert handle(("b", {"Action": "REMOVE", "AssetId": "b"})) == []
    assert names(endpoint) == ["c"]


@pytest.mark.parametrize(
    "record",
    [
        ("a", {"Action": "INSERT", "S3Bucket": "b", "S3Key": "k", "AssetId": "a"}),
        ("a", {"Action": "REMOVE", "Operator": "myOperator", "AssetId": "a"}),
        modify(operator="myOperator"),
        modify(workflow="deleted"),
    ],
)
def test_what_search_does_not_need_changes_nothing(handle, bucket, endpoint, record):
    store(bucket, "cat")
    handle(modify())
    assert handle(record) == []
    assert names(endpoint) == ["cat"]


@pytest.mark.parametrize("broken", [b"\xff", b"[]", b"{", {}, {"Action": "MODIFY"}])
def test_a_broken_record_is_reported_and_does_nothing_to_its_asset(
    handle, bucket, endpoint, broken
):
    """After a removal, too: nothing of one record is left for the next."""
    for asset in ("a", "b", "c"):
        store(bucket, asset, asset=asset)
    handle(modify("a"), modify("b"))
    removal = ("a", {"Action": "REMOVE", "AssetId": "a"})
    assert handle(removal, ("b", broken), modify("c")) == [1]
    assert names(endpoint) == ["b", "c"]


def test_a_pointer_out_of_the_asset_is_reported_and_not_followed(handle, bucket, endpoint):
    store(bucket, "secret", asset="b")
    elsewhere = "private/assets/b/workflows/w/labelDetection.json"
    # all records of a batch failing is an error of the batch, so one is good
    store(bucket, "cat", asset="c")
    assert handle(modify("a", pointer=elsewhere), modify("c")) == [0]
    assert names(endpoint) == ["cat"]


def test_a_document_that_the_endpoint_refuses_is_reported(handle, bucket, endpoint):
    endpoint.search.refusals["cat"] = [400]
    store(bucket, "cat", "dog")
    store(bucket, "cow", asset="c")
    assert handle(modify(), modify("c")) == [0]
    assert handle(modify()) == []
    assert names(endpoint) == ["cat", "cow", "dog"]

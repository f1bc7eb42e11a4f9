"""The way from the data plane to search, when something on it is broken or away."""

import json
import os
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import urllib3
from tests.deployed.local_stack import ROOT, SAMPLE, replay

from laptop import processes

# alone: it stops the search node and empties the failure queue
pytestmark = [pytest.mark.deployed, pytest.mark.alone]

# from the stream through the consumer to the next refresh, and through its attempts: seconds
_PATIENCE_SECONDS = 120


@pytest.fixture(scope="module", autouse=True)
def node(stack):
    if stack.facts["opensearch_url"] is None:
        pytest.skip("search is off on this stack")


@pytest.fixture(scope="module")
def pipeline(stack):
    """Queue of failures and stream of changes."""
    root = stack.facts["stack_name"]
    resources = stack.client("cloudformation").describe_stack_resources(StackName=root)
    (nested,) = [
        one["PhysicalResourceId"]
        for one in resources["StackResources"]
        if one["LogicalResourceId"] == "Analytics"
    ]
    outputs = stack.outputs(nested)
    return SimpleNamespace(
        queue_url=outputs["UnreadChangesQueueUrl"],
        stream=outputs["analyticsStreamArn"].rsplit("/", 1)[-1],
    )


def new_asset(stack):
    location = {"S3Bucket": stack.facts["dataplane_bucket"], "S3Key": stack.upload(SAMPLE)}
    answer = stack.dataplane.request("POST", "/create", {"Input": location})
    assert answer.status == 200, answer.json
    return answer.json["AssetId"]


def store(stack, asset_id, *names):
    """Posts labels; returns where they lie."""
    labels = [{"Timestamp": number, "Label": {"Name": name}} for number, name in enumerate(names)]
    body = {"OperatorName": "labelDetection", "WorkflowId": "w1", "Results": {"Labels": labels}}
    answer = stack.dataplane.request("POST", f"/metadata/{asset_id}", body)
    assert answer.status == 200, answer.json
    return answer.json["Key"]


def count(stack, asset_id):
    answer = stack.dataplane.request("GET", "/search", query={"asset_id": asset_id})
    return answer.json["total"] if answer.status == 200 else None


def wait_until(said, wanted):
    """What is said once it is what is wanted."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    now = said()
    while now != wanted and time.monotonic() < deadline:
        time.sleep(0.5)
        now = said()
    assert now == wanted
    return now


def tell(stack, pipeline, *changes):
    """Puts records into the stream in one request; changes: (asset id, data)."""
    stack.client("kinesis").put_records(
        StreamName=pipeline.stream,
        Records=[{"Data": data, "PartitionKey": asset_id} for asset_id, data in changes],
    )


def modified(asset_id):
    change = {"Action": "MODIFY", "Operator": "labelDetection", "Workflow": "w1", "Pointer": "k"}
    return asset_id, json.dumps({**change, "AssetId": asset_id}).encode()


def reasons(stack, pipeline):
    """Why messages lie in the queue; they stay there."""
    sqs = stack.client("sqs")
    answer = sqs.receive_message(
        QueueUrl=pipeline.queue_url, MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    return [json.loads(one["Body"]).get("Reason") for one in answer.get("Messages", [])]


def test_a_poison_record_harms_no_other_and_is_replayed_after_repair(stack, pipeline):
    stack.client("sqs").purge_queue(QueueUrl=pipeline.queue_url)
    assets = [new_asset(stack) for _ in range(3)]
    keys = [store(stack, one, "cat", "dog") for one in assets]
    for one in assets:
        wait_until(lambda one=one: count(stack, one), 2)
    # the one in the middle breaks, and all are told of once more
    s3, bucket = stack.client("s3"), stack.facts["dataplane_bucket"]
    good = s3.get_object(Bucket=bucket, Key=keys[1])["Body"].read()
    s3.put_object(Bucket=bucket, Key=keys[1], Body=b'{"Labels": [')
    first, middle, last = assets
    others = [store(stack, one, "cat", "dog", "hen") for one in (first, last)]
    assert len(others) == 2
    tell(stack, pipeline, modified(first), modified(middle), (middle, b"\xff"), modified(last))
    wait_until(lambda: (count(stack, first), count(stack, last)), (3, 3))
    wait_until(lambda: len(reasons(stack, pipeline)), 2)
    said = sorted(reasons(stack, pipeline))
    assert f"{keys[1]} is not JSON" in said[0]
    assert "the record is not JSON" in said[1]
    # what it had is still found
    assert count(stack, middle) == 2

    s3.put_object(Bucket=bucket, Key=keys[1], Body=good.replace(b"dog", b"owl"))
    done = replay(stack, "--queue", "Analytics.UnreadChangesQueue")
    assert "2 replayed, 0 stay in the queue." in done.stdout, done.stdout + done.stderr
    wait_until(
        lambda: [
            one["name"]
            for one in stack.dataplane.request("GET", "/search", query={"asset_id": middle}).json[
                "hits"
            ]
        ],
        ["cat", "owl"],
    )
    # what can never be read was kept aside again
    (reason,) = reasons(stack, pipeline)
    assert "the record is not JSON" in reason
    stack.client("sqs").purge_queue(QueueUrl=pipeline.queue_url)


def test_a_node_that_stops_during_indexing_loses_and_doubles_nothing(stack, pipeline):
    assets = [new_asset(stack) for _ in range(6)]
    names = [f"label {number}" for number in range(400)]
    local = Path(os.environ.get("MIE_STATE", ROOT / ".mie")) / "local.json"
    for one in assets[:2]:
        store(stack, one, *names)
    processes.stop(json.loads(local.read_text())["pids"]["opensearch"])
    try:
        for one in assets[2:]:
            store(stack, one, *names)
        assert count(stack, assets[5]) is None
    finally:
        up = subprocess.run(
            [ROOT / "deployment" / "run-local.sh", "up"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert up.returncode == 0, up.stdout + up.stderr
    for one in assets:
        wait_until(lambda one=one: count(stack, one), len(names))
    assert reasons(stack, pipeline) == []


def test_all_results_can_be_told_again_to_an_empty_index(stack):
    """As when search is deployed later, or lost its data."""
    asset_id = new_asset(stack)
    store(stack, asset_id, "cat", "dog")
    wait_until(lambda: count(stack, asset_id), 2)
    query = json.dumps({"query": {"term": {"AssetId": asset_id}}})
    answer = urllib3.request(
        "POST",
        f"{stack.facts['opensearch_url']}/mie*/_delete_by_query?refresh=true",
        body=query,
        headers={"Content-Type": "application/json"},
    )
    assert answer.json()["deleted"] == 2
    done = replay(stack, "--all-results")
    assert done.returncode == 0, done.stderr
    assert "The stream tells of" in done.stdout
    wait_until(lambda: count(stack, asset_id), 2)

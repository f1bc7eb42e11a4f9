"""The worker that copies large sources, on AWS in the process."""

import json
from types import SimpleNamespace

import copier
import pytest
from botocore.exceptions import ClientError
from tests.lib.mie.adapters.dataplane_on_moto import (
    ALLOWED_BUCKET,
    BUCKET,
    TABLE,
    clients_of_their_own,
    dataplane,
)

from mie import aws, settings
from mie.adapters.assets import AssetTable
from mie.core.copies import COPY, Copy

KEY = "private/assets/a/input/v.mp4"
SCHEDULER = "arn:aws:lambda:us-east-1:123456789012:function:scheduler"


@pytest.fixture(scope="module", autouse=True)
def clients():
    with clients_of_their_own():
        yield


@pytest.fixture
def told(monkeypatch):
    """The function's world, with an asset that is to be copied; what the scheduler was told."""
    with dataplane(monkeypatch) as s3:
        monkeypatch.setenv("WORKFLOW_SCHEDULER_LAMBDA_ARN", SCHEDULER)
        settings.forget()
        copier._ports.cache_clear()
        etag = s3.put_object(Bucket=ALLOWED_BUCKET, Key="v.mp4", Body=b"video")["ETag"]
        copy = Copy(ALLOWED_BUCKET, "v.mp4", etag, 5, 5 * 1024**2)
        described = {"AssetId": "a", "S3Bucket": BUCKET, "S3Key": KEY, "Created": "1.5"}
        AssetTable(TABLE).create({**described, "CursorSecret": "s", COPY: copy.to_item()})
        calls = []
        monkeypatch.setattr(aws.client("lambda"), "invoke", lambda **one: calls.append(one))
        yield calls
    copier._ports.cache_clear()


def event(received=1):
    body = json.dumps({"AssetId": "a", "AskedAt": 1.5})
    attributes = {"ApproximateReceiveCount": str(received)}
    return {"Records": [{"body": body, "attributes": attributes}]}


def run(received=1, seconds=900):
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: seconds * 1_000)
    copier.lambda_handler(event(received), context)


def state():
    return Copy.of_item(AssetTable(TABLE).get("a")).state


def waiting():
    queue = settings.copy_settings().queue_url
    answer = aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [json.loads(one["Body"]) for one in answer.get("Messages", [])]


def test_a_message_makes_the_object_and_wakes_the_scheduler(told):
    run()
    assert aws.client("s3").get_object(Bucket=BUCKET, Key=KEY)["Body"].read() == b"video"
    assert state() == "Ready"
    (call,) = told
    assert (call["FunctionName"], call["InvocationType"]) == (SCHEDULER, "Event")
    assert json.loads(call["Payload"]) == {"AssetId": "a"}
    assert waiting() == []


def test_a_worker_without_time_asks_for_the_rest(told):
    run(seconds=copier.SECONDS_TO_END)
    assert state() == "Copying"
    assert waiting() == [{"AssetId": "a", "AskedAt": 1.5}]
    assert told == []


def test_what_fails_comes_back_until_it_is_given_up(told, monkeypatch):
    def fail(**_):
        raise ClientError({"Error": {"Code": "InternalError", "Message": "oh"}}, "UploadPartCopy")

    monkeypatch.setattr(aws.client("s3"), "upload_part_copy", fail)
    with pytest.raises(ClientError):
        run(copier.ATTEMPTS - 1)
    assert state() == "Copying"
    run(copier.ATTEMPTS)
    copy = Copy.of_item(AssetTable(TABLE).get("a"))
    assert copy.state == "Failed"
    assert copy.reason.startswith("the copy failed 5 times, at last with: ")
    assert "InternalError" in copy.reason
    assert len(told) == 1
    assert "Uploads" not in aws.client("s3").list_multipart_uploads(Bucket=BUCKET)

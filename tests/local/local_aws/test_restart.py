"""The local AWS is killed, and what it has when it is started again."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest
import urllib3
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[3]
_PATIENCE_SECONDS = 60
ROLE = "arn:aws:iam::000000000000:role/any"
QUEUE = "queue"


class LocalAws:
    """The program itself, with a folder of its own."""

    def __init__(self, folder):
        self.folder, self.process = folder, None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    @property
    def state(self):
        return self.folder / "state"

    def start(self):
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT / "source" / "local"),
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self.state),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.folder / "s3"),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "TMPDIR": str(self.folder),
        }
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "local_aws"], env=environment, stdout=log, stderr=log
            )
        self._until(self._answers)

    def client(self, service):
        return boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}),
        )

    def wait_until_saved(self):
        """Until all that was written by now is in a save."""
        before = self.saves()
        self._until(lambda: self.saves() > before)

    def saves(self):
        return max((int(one.name[5:]) for one in self.state.glob("save-*")), default=0)

    def end(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        self.process.wait(timeout=_PATIENCE_SECONDS)

    def _answers(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()
        try:
            url = f"http://127.0.0.1:{self.port}/_ministack/health"
            return urllib3.request("GET", url, retries=False).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    @staticmethod
    def _until(true):
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not true():
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.fixture
def aws(tmp_path):
    made = LocalAws(tmp_path)
    made.start()
    yield made
    made.process.kill()
    made.process.wait()


def make_table(aws):
    aws.client("dynamodb").create_table(
        TableName="table",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def put(aws, *keys):
    for key in keys:
        aws.client("dynamodb").put_item(TableName="table", Item={"k": {"S": key}})


def items(aws):
    found = aws.client("dynamodb").scan(TableName="table")["Items"]
    return {one["k"]["S"] for one in found}


def test_what_was_saved_is_there_after_a_kill(aws):
    make_table(aws)
    put(aws, "a", "b")
    aws.wait_until_saved()
    aws.end()
    aws.start()
    assert items(aws) >= {"a", "b"}
    # and it is saved from there on
    put(aws, "c")
    aws.wait_until_saved()
    aws.end()
    aws.start()
    assert items(aws) >= {"a", "b", "c"}


def test_an_end_by_request_saves_all(aws):
    make_table(aws)
    put(aws, "a")
    aws.end(signal.SIGTERM)
    assert not (aws.state / "running").exists()
    aws.start()
    assert items(aws) == {"a"}
    assert not (aws.state / "restarted").exists()


def test_a_bucket_of_the_lost_seconds_is_gone_and_can_be_made_again(aws):
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="known")
    s3.put_object(Bucket="known", Key="k", Body=b"kept")
    aws.wait_until_saved()
    s3.create_bucket(Bucket="lost")
    s3.put_object(Bucket="lost", Key="k", Body=b"x")
    aws.end()
    aws.start()
    if (aws.folder / "s3" / "000000000000" / "lost").exists():
        pytest.skip("it was saved before the kill came")
    assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == ["known"]
    assert s3.get_object(Bucket="known", Key="k")["Body"].read() == b"kept"
    s3.create_bucket(Bucket="lost")
    assert "Contents" not in s3.list_objects_v2(Bucket="lost")


def test_without_any_save_it_begins_anew(aws):
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="lost")
    aws.process.send_signal(signal.SIGSTOP)
    assert aws.saves() == 0
    aws.end()
    aws.start()
    assert s3.list_buckets()["Buckets"] == []
    s3.create_bucket(Bucket="lost")
    report = json.loads((aws.state / "restarted").read_text())
    assert (report["saved"], report["lost"]) == (None, [])


def test_an_object_of_which_only_the_content_was_written_is_read_whole(aws):
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="k", Body=b"before")
    aws.wait_until_saved()
    aws.end()
    (path,) = (aws.folder / "s3").rglob("bucket/k")
    path.write_bytes(b"what came after")
    path.with_name("k.meta.json.tmp").write_text('{"si')
    aws.start()
    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"what came after"
    assert s3.head_object(Bucket="bucket", Key="k")["ContentLength"] == len(b"what came after")
    assert not list((aws.folder / "s3").rglob("*.tmp"))


def test_an_execution_goes_on_and_a_message_in_flight_comes_at_once(aws):
    url = aws.client("sqs").create_queue(QueueName=QUEUE, Attributes={"VisibilityTimeout": "3600"})[
        "QueueUrl"
    ]
    aws.client("sqs").send_message(QueueUrl=url, MessageBody="hello")
    assert aws.client("sqs").receive_message(QueueUrl=url)["Messages"]
    states = {
        "Wait": {"Type": "Wait", "Seconds": 5, "Next": "End"},
        "End": {"Type": "Pass", "Result": "ended", "End": True},
    }
    machines = aws.client("stepfunctions")
    machine = machines.create_state_machine(
        name="m", roleArn=ROLE, definition=json.dumps({"StartAt": "Wait", "States": states})
    )["stateMachineArn"]
    execution = machines.start_execution(stateMachineArn=machine)["executionArn"]
    aws.wait_until_saved()
    aws.end()
    aws.start()
    assert aws.client("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"] == "hello"
    described = {"status": "RUNNING"}
    while described["status"] == "RUNNING":
        described = machines.describe_execution(executionArn=execution)
        time.sleep(0.05)
    assert (described["status"], described["output"]) == ("SUCCEEDED", '"ended"')


def test_a_save_that_fails_is_tried_again(aws):
    make_table(aws)
    aws.wait_until_saved()
    in_the_way = aws.state / "unfinished"
    in_the_way.write_text("no folder")
    put(aws, "a")
    while "could not be saved" not in (aws.folder / "log").read_text():
        time.sleep(0.05)
    in_the_way.unlink()
    aws.wait_until_saved()
    aws.end()
    aws.start()
    assert items(aws) == {"a"}


def test_a_stack_that_is_half_made_does_not_come_back(aws):
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="known")
    aws.wait_until_saved()
    condition = {"Handle": {"Ref": "Handle"}, "Timeout": "3600"}
    resources = {
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "of-the-stack"}},
        "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        "Never": {
            "Type": "AWS::CloudFormation::WaitCondition",
            "DependsOn": ["Bucket"],
            "Properties": condition,
        },
    }
    stacks = aws.client("cloudformation")
    stacks.create_stack(StackName="half", TemplateBody=json.dumps({"Resources": resources}))
    while len(s3.list_buckets()["Buckets"]) == 1:
        time.sleep(0.05)
    aws.end(signal.SIGTERM)
    aws.start()
    assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == ["known"]
    assert stacks.describe_stacks()["Stacks"] == []

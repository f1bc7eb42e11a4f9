"""What operators have in common: their input, their folder, and what services answer."""

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ParamValidationError
from botocore.stub import Stubber
from moto import mock_aws

from MediaInsightsEngineLambdaHelper import (
    LARGEST_RESULT,
    MediaInsightsOperationHelper,
    OperatorError,
    OperatorInputError,
    ServiceIsFull,
    is_refused,
    job_or_wait,
    noted_job,
    read_object,
    request_token,
    request_tokens,
    started_job,
)
from mie import aws
from mie.core import assets

REQUEST = {"Video": "a.mp4", "Threshold": 80}


def operator(**changed):
    event = {
        "Name": "op",
        "AssetId": "asset",
        "WorkflowExecutionId": "workflow",
        "Input": {},
        "Configuration": {},
        "Status": "Started",
    }
    return MediaInsightsOperationHelper({**event, **changed})


def answered(code):
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Start")


def test_the_media_folder_is_where_the_data_plane_wants_what_was_derived():
    assert operator().media_folder() == "private/assets/asset/workflows/workflow/"
    assert operator().media_folder() == assets.workflow_prefix("asset", "workflow")


def test_the_first_medium_that_there_is_is_taken():
    here = {"S3Bucket": "b", "S3Key": "k"}
    media = {"ProxyEncode": {"S3Bucket": "b"}, "Video": here, "Image": None}
    assert operator(Input={"Media": media}).input_medium("ProxyEncode", "Image", "Video") == here
    for nothing in ({}, {"Media": None}, {"Media": {"Text": here}}):
        assert operator(Input=nothing).input_medium("Video") is None


def test_what_no_earlier_stage_said_is_none():
    assert operator(Input={"MetaData": {"a": "1"}}).input_metadata("a") == "1"
    assert operator(Input={"MetaData": None}).input_metadata("a") is None
    assert operator().input_metadata("a") is None


def test_an_operator_knows_its_attempt_and_hands_it_on_to_its_check():
    assert operator().attempt == 1
    assert "Attempt" not in operator().return_output_object()
    third = operator(Attempt=3)
    assert third.attempt == 3
    assert third.return_output_object()["Attempt"] == 3


def test_every_attempt_has_a_token_and_the_first_that_of_the_request():
    tokens = request_tokens(operator(Attempt=3), REQUEST)
    assert tokens[:2] == request_tokens(operator(Attempt=2), REQUEST)
    assert tokens[:1] == request_tokens(operator(), REQUEST) == [request_token(operator(), REQUEST)]
    assert len(set(tokens)) == 3
    assert all(len(token) == 64 for token in tokens)


@pytest.mark.parametrize(
    ("failed", "taken"),
    [("", "a"), ("a", "b"), ("ab", "c"), ("b", "a"), ("abc", "c")],
)
def test_a_job_that_has_not_failed_is_taken_over_and_that_of_the_attempt_as_it_is(failed, taken):
    started = []

    def start(token):
        started.append(token)
        return token

    assert started_job("abc", start, lambda job: job in failed) == taken
    # nothing is started beyond the job that is taken
    assert started[-1] == taken


@pytest.mark.parametrize(
    "code",
    [
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "ServiceQuotaExceededException",
        "ThrottlingException",
        "TooManyRequestsException",
    ],
)
def test_a_start_for_which_there_is_no_place_says_that_it_has_to_wait(code):
    def start(_token):
        raise answered(code)

    with pytest.raises(ServiceIsFull, match=code):
        started_job(["token"], start, lambda _job: False)


def test_any_other_refusal_of_a_start_is_as_the_service_said_it():
    def start():
        raise answered("InternalServerError")

    with pytest.raises(ClientError):
        job_or_wait(start)


@mock_aws
def test_a_job_that_was_noted_is_not_started_again(monkeypatch):
    monkeypatch.setenv("DATAPLANE_BUCKET", "bucket")
    aws.client("s3").create_bucket(Bucket="bucket")
    assert noted_job(operator(), "token", lambda: "job-1") == "job-1"
    assert noted_job(operator(), "token", lambda: "job-2") == "job-1"
    assert noted_job(operator(), "other", lambda: "job-3") == "job-3"
    assert noted_job(operator(AssetId="b"), "token", lambda: "job-4") == "job-4"


def test_whether_a_job_was_noted_has_to_be_known(monkeypatch):
    """Without an answer none is started."""
    monkeypatch.setenv("DATAPLANE_BUCKET", "bucket")
    client = aws.client("s3")
    with Stubber(client) as storage:
        storage.add_client_error("get_object", "SlowDown")
        with pytest.raises(ClientError, match="SlowDown"):
            noted_job(operator(), "token", lambda: "job-1")


def test_a_start_that_comes_again_has_the_same_token():
    assert request_token(operator(), REQUEST) == request_token(
        operator(Input={"MetaData": {"a": "1"}}), dict(reversed(REQUEST.items()))
    )
    assert len(request_token(operator(), REQUEST)) == 64


@pytest.mark.parametrize("key", ["Name", "AssetId", "WorkflowExecutionId"])
def test_another_operator_asset_or_execution_has_another_token(key):
    assert request_token(operator(**{key: "other"}), REQUEST) != request_token(operator(), REQUEST)


def test_another_request_has_another_token():
    assert request_token(operator(), {**REQUEST, "Threshold": 70}) != request_token(
        operator(), REQUEST
    )


@pytest.mark.parametrize(
    ("error", "refused"),
    [
        (answered("InvalidParameterException"), True),
        (answered("ThrottlingException"), False),
        (ParamValidationError(report="too long"), True),
        (ConnectTimeoutError(endpoint_url="https://a"), False),
    ],
)
def test_what_the_same_request_cannot_mend_is_refused(error, refused):
    assert is_refused(error, {"InvalidParameterException"}) == refused


@pytest.fixture
def bucket(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws.forget()
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="bucket")
        boto3.client("s3").put_object(Bucket="bucket", Key="a+b %20 ü.json", Body=b"twelve bytes")
        yield "bucket"
    aws.forget()


def test_an_object_is_read_by_its_very_key(bucket):
    assert read_object(bucket, "a+b %20 ü.json", "Unreadable:") == b"twelve bytes"


def test_an_object_that_is_not_there_is_an_error_that_may_pass(bucket):
    with pytest.raises(
        OperatorError, match=r"^Unreadable: s3://bucket/none does not exist$"
    ) as raised:
        read_object(bucket, "none", "Unreadable:")
    assert not isinstance(raised.value, OperatorInputError)


def test_an_object_that_memory_may_not_have_is_not_read(bucket):
    with pytest.raises(OperatorInputError, match="Unreadable: It has more than 11 bytes"):
        read_object(bucket, "a+b %20 ü.json", "Unreadable:", 11)
    assert LARGEST_RESULT == 32 * 1024**2

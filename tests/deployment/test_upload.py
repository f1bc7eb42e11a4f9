"""Uploads go to buckets of the account that deploys, and to no others."""

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from mie_build import upload

ACCOUNT = "123456789012"


@pytest.fixture
def s3(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield boto3.client("s3", region_name="eu-west-1")


def test_a_missing_bucket_is_made_and_the_files_lie_below_the_prefix(s3, tmp_path):
    (tmp_path / "a.template").write_text("{}")
    assert upload.upload(s3, tmp_path, "templates", "engine/v1", ACCOUNT, "eu-west-1") == 1
    assert s3.get_object(Bucket="templates", Key="engine/v1/a.template")["Body"].read() == b"{}"
    assert s3.get_bucket_location(Bucket="templates")["LocationConstraint"] == "eu-west-1"


def test_a_bucket_of_somebody_else_is_refused(tmp_path):
    s3 = boto3.client(
        "s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    with Stubber(s3) as stub:
        stub.add_client_error("head_bucket", "403", http_status_code=403)
        with pytest.raises(upload.UploadRefused, match="theirs"):
            upload.upload(s3, tmp_path, "theirs", "engine/v1", ACCOUNT, "us-east-1")

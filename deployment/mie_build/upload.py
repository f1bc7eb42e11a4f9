"""Puts templates and packages where CloudFormation and Lambda read them."""

from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError


class UploadRefused(RuntimeError):
    """A bucket is not ours, or AWS did not take the files."""


def upload(s3: Any, folder: Path, bucket: str, prefix: str, account: str, region: str) -> int:
    """Uploads the files of ``folder``; makes the bucket when there is none. Returns how many."""
    _own_bucket(s3, bucket, account, region)
    files = sorted(path for path in folder.iterdir() if path.is_file())
    for path in files:
        s3.put_object(
            Bucket=bucket,
            Key=f"{prefix}/{path.name}",
            Body=path.read_bytes(),
            ExpectedBucketOwner=account,
        )
    return len(files)


def _own_bucket(s3: Any, bucket: str, account: str, region: str) -> None:
    try:
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"404", "NoSuchBucket"}:
            # somebody who owns a bucket of that name would decide what our stack deploys
            raise UploadRefused(f"the bucket {bucket} is not one of account {account}") from error
        # us-east-1 is the one region that must not be named
        elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=bucket, **({} if region == "us-east-1" else elsewhere))

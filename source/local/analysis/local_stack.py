"""The local stack: its account and region, and clients of its own AWS services, S3 and SNS."""

from typing import Any

import boto3
from botocore.config import Config

ACCOUNT = "000000000000"
REGION = "us-east-1"
# waits double between them: some 15 seconds in all
_ATTEMPTS = 6


def client(service: str, endpoint: str) -> Any:
    """A client with the stack's fixed credentials; several threads may use it."""
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - the local stack's well-known key
        config=Config(
            connect_timeout=3,
            read_timeout=30,
            # the stack may be starting, as after a crash, while jobs that were left go on
            retries={"total_max_attempts": _ATTEMPTS},
            # the endpoint is on this machine, whatever proxy the environment names
            proxies={},
            s3={"addressing_style": "path"},
            # links are signed as those of the services are, not the old way
            **({"signature_version": "s3v4"} if service == "s3" else {}),
        ),
    )

"""Clients of AWS services, made on first use and kept for the life of the process."""

import os
from functools import cache
from typing import Any

from mie import settings

# As many threads may share the client of S3; with fewer connections they would wait for each other
# or open one for every request.
S3_CONNECTIONS = 32


@cache
def client(service: str) -> Any:
    """The client of a service, with the retries and the user agent of ``botoConfig``."""
    # boto3 costs 150 ms to import: modules that are only inspected must not pay for it
    import boto3
    from botocore.config import Config

    # boto3's stubs know a client by a literal name only
    make_client: Any = boto3.client
    return make_client(service, config=Config(**_config(service)))


def trace() -> None:
    """Records calls to AWS with X-Ray where Lambda traces the function; elsewhere nothing."""
    if os.environ.get("AWS_XRAY_DAEMON_ADDRESS") is None:
        return
    from aws_xray_sdk.core import patch_all

    patch_all()


def _config(service: str) -> dict[str, Any]:
    return {
        # standard retries back off with jitter and count their attempts, the legacy ones do not
        "retries": {"mode": "standard", "total_max_attempts": 4},
        **(_s3_config() if service == "s3" else {}),
        **settings.boto_config(),
    }


def _s3_config() -> dict[str, Any]:
    """Signed URLs that S3 takes in every region, also in the first hours of a bucket."""
    # at its defaults botocore signs URLs the old way, and for the host name without a region;
    # where names of buckets are no host names it has to be a path
    other_endpoint = {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"} & os.environ.keys()
    style = "path" if other_endpoint else "virtual"
    return {
        "signature_version": "s3v4",
        "s3": {"addressing_style": style},
        "max_pool_connections": S3_CONNECTIONS,
    }

"""Clients of AWS services, made on first use and kept for the life of the process."""

import os
from functools import cache
from typing import Any

from mie import settings


@cache
def client(service: str) -> Any:
    """The client of a service, with the retries and the user agent of ``botoConfig``."""
    # boto3 costs 150 ms to import: modules that are only inspected must not pay for it
    import boto3
    from botocore.config import Config

    return boto3.client(service, config=Config(**_config()))


def trace() -> None:
    """Records calls to AWS with X-Ray where Lambda traces the function; elsewhere nothing."""
    if os.environ.get("AWS_XRAY_DAEMON_ADDRESS") is None:
        return
    from aws_xray_sdk.core import patch_all

    patch_all()


def _config() -> dict[str, Any]:
    # standard retries back off with jitter and count their attempts, the legacy ones do not
    return {"retries": {"mode": "standard", "total_max_attempts": 4}, **settings.boto_config()}

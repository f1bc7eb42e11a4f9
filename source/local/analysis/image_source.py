"""The Image parameter of Rekognition's calls: bytes in the request or an object in S3."""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from analysis.faults import ServiceError

if TYPE_CHECKING:
    from botocore.client import BaseClient

LOG = logging.getLogger(__name__)

LARGEST_BYTES = 5 << 20
LARGEST_OBJECT = 15 << 20


class ObjectReader:
    """Reads objects from one S3 endpoint with the fixed credentials of the local stack."""

    def __init__(self, endpoint: str, region: str = "us-east-1") -> None:
        self._client: BaseClient = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 - the local stack's well-known key
            config=Config(
                connect_timeout=3,
                read_timeout=30,
                retries={"total_max_attempts": 2},
                # the endpoint is on this machine, whatever proxy the environment names
                proxies={},
                s3={"addressing_style": "path"},
            ),
        )

    def read(self, image: Mapping[str, Any]) -> bytes:
        """The bytes that an Image structure names.

        Raises ServiceError: InvalidParameterException when it names none or two places,
        ImageTooLargeException, InvalidS3ObjectException.
        """
        if ("Bytes" in image) == ("S3Object" in image):
            raise ServiceError(
                "InvalidParameterException", "Image must have either Bytes or S3Object"
            )
        if "Bytes" in image:
            return _bounded(image["Bytes"], LARGEST_BYTES)
        return self._read_object(image["S3Object"])

    def _read_object(self, place: Mapping[str, Any]) -> bytes:
        if "Bucket" not in place or "Name" not in place:
            raise ServiceError("InvalidParameterException", "S3Object must have Bucket and Name")
        wanted = {"Bucket": place["Bucket"], "Key": place["Name"]}
        if "Version" in place:
            wanted["VersionId"] = place["Version"]
        try:
            body = self._client.get_object(**wanted)["Body"]
            with body:
                # one byte more than is allowed tells that there are too many
                data: bytes = body.read(LARGEST_OBJECT + 1)
        except (ClientError, BotoCoreError) as error:
            LOG.info("object of bucket %s cannot be read: %s", place["Bucket"], error)
            raise ServiceError(
                "InvalidS3ObjectException",
                "Unable to get object metadata from S3. Check object key, region and/or access "
                "permissions.",
            ) from error
        return _bounded(data, LARGEST_OBJECT)


def _bounded(data: bytes, limit: int) -> bytes:
    if len(data) > limit:
        raise ServiceError("ImageTooLargeException", f"The image has more than {limit} bytes")
    return data

"""Objects in the local stack's S3: media that come in, results that go out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from analysis import local_stack

_CHUNK = 1 << 20
# `s3.us-east-1.amazonaws.com`, `s3-us-east-1.amazonaws.com`, `s3.amazonaws.com`
_SERVICE_HOST = re.compile(r"s3([.-][a-z0-9-]+)?\.amazonaws\.com(\.cn)?")
_BUCKET_HOST = re.compile(r"(?P<bucket>[a-z0-9][a-z0-9.-]+)\." + _SERVICE_HOST.pattern)
_LOOPBACK = ("127.0.0.1", "localhost")


class ObjectUnavailable(Exception):
    """There is no such object or bucket, or S3 does not answer; the text is for a person."""


class ObjectTooLarge(Exception):
    """The object has more bytes than the caller takes."""


@dataclass(frozen=True)
class Place:
    """Where an object is."""

    bucket: str
    key: str

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True)
class Listed:
    """One object of a listing; `size` in bytes."""

    key: str
    size: int


def parse_s3_uri(uri: str) -> Place:
    """The place that a URI names: `s3://bucket/key`, or an HTTP URL of S3 in either style.

    The key of an HTTP URL is percent-decoded, that of an `s3:` URI is taken as it stands; it may
    be empty or end in a slash, where a folder is meant. Raises ValueError for any other text.
    """
    if uri.startswith("s3://"):
        # keys may have ? and #, which urlsplit would take for something else
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return _place(bucket, key, uri)
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{uri} is not a URI of an object in S3")
    path = unquote(parts.path).removeprefix("/")
    named = _BUCKET_HOST.fullmatch(parts.hostname)
    if named is not None:
        return _place(named["bucket"], path, uri)
    if not _SERVICE_HOST.fullmatch(parts.hostname) and parts.hostname not in _LOOPBACK:
        raise ValueError(f"{uri} is not a URI of an object in S3")
    bucket, _, key = path.partition("/")
    return _place(bucket, key, uri)


def _place(bucket: str, key: str, uri: str) -> Place:
    if not bucket:
        raise ValueError(f"{uri} names no bucket")
    return Place(bucket, key)


class Objects:
    """Reads and writes objects of one S3 endpoint.

    Every method raises ObjectUnavailable when S3 refuses or does not answer.
    """

    def __init__(self, endpoint: str) -> None:
        self._client = local_stack.client("s3", endpoint)

    def read(self, bucket: str, key: str, limit: int, version: str | None = None) -> bytes:
        """The bytes of an object; raises ObjectTooLarge when there are more than `limit`."""
        return b"".join(self._chunks(bucket, key, limit, version))

    def size(self, bucket: str, key: str, version: str | None = None) -> int:
        """How many bytes an object has."""
        wanted = {"Bucket": bucket, "Key": key, **({"VersionId": version} if version else {})}
        try:
            return int(self._client.head_object(**wanted)["ContentLength"])
        except (ClientError, BotoCoreError) as error:
            raise _unavailable(bucket, key, error) from error

    def download(
        self, bucket: str, key: str, path: Path, limit: int, version: str | None = None
    ) -> int:
        """Copy an object into a file, piece by piece; returns how many bytes it has.

        Raises ObjectTooLarge when there are more than `limit`; the file is then not there.
        """
        size = 0
        try:
            with path.open("wb") as file:
                for chunk in self._chunks(bucket, key, limit, version):
                    size += file.write(chunk)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return size

    def put(
        self, bucket: str, key: str, content: bytes | Path, content_type: str | None = None
    ) -> None:
        """Write an object from bytes or from a file, which is sent piece by piece."""
        extra = {"ContentType": content_type} if content_type else {}
        try:
            if isinstance(content, Path):
                self._client.upload_file(str(content), bucket, key, ExtraArgs=extra)
            else:
                self._client.put_object(Bucket=bucket, Key=key, Body=content, **extra)
        except _refusals() as error:
            raise _unavailable(bucket, key, error) from error

    def list(self, bucket: str, prefix: str = "") -> list[Listed]:
        """All objects whose keys begin with `prefix`, in the order of their keys."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        try:
            return [
                Listed(one["Key"], one["Size"])
                for page in pages
                for one in page.get("Contents", ())
            ]
        except (ClientError, BotoCoreError) as error:
            raise _unavailable(bucket, prefix, error) from error

    def can_write_to(self, bucket: str) -> bool:
        """Whether the bucket is there."""
        try:
            self._client.head_bucket(Bucket=bucket)
        except (ClientError, BotoCoreError):
            return False
        return True

    def make_bucket(self, bucket: str) -> None:
        """Create a bucket, if it is not there."""
        if not self.can_write_to(bucket):
            try:
                self._client.create_bucket(Bucket=bucket)
            except (ClientError, BotoCoreError) as error:
                raise _unavailable(bucket, "", error) from error

    def url(self, bucket: str, key: str) -> str:
        """The URL of an object, for whoever may read it."""
        return f"{self._client.meta.endpoint_url}/{bucket}/{quote(key)}"

    def signed_url(self, bucket: str, key: str, seconds: int) -> str:
        """A URL with which anybody on this machine can read an object for a while."""
        url: str = self._client.generate_presigned_url(
            "get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=seconds
        )
        return url

    def _chunks(self, bucket: str, key: str, limit: int, version: str | None) -> Iterator[bytes]:
        wanted = {"Bucket": bucket, "Key": key, **({"VersionId": version} if version else {})}
        try:
            body = self._client.get_object(**wanted)["Body"]
            with body:
                size = 0
                while chunk := body.read(_CHUNK):
                    size += len(chunk)
                    # what is read, not what a header says, is held against the limit
                    if size > limit:
                        raise ObjectTooLarge(f"s3://{bucket}/{key} has more than {limit} bytes")
                    yield chunk
        except (ClientError, BotoCoreError) as error:
            raise _unavailable(bucket, key, error) from error


def _refusals() -> tuple[type[Exception], ...]:
    from boto3.exceptions import Boto3Error

    # a transfer of several parts wraps what the client raises
    return ClientError, BotoCoreError, Boto3Error


def _unavailable(bucket: str, key: str, error: Exception) -> ObjectUnavailable:
    return ObjectUnavailable(f"s3://{bucket}/{key} cannot be used: {error}")

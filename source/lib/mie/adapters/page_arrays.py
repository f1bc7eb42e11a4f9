"""Results in pages as one JSON array, for those who follow the stream of changes.

An array is made outside of requests, so that storing a page costs no more than its bytes. It lies
beside the manifest that it is made from, and goes with it.
"""

import io
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from mie import aws
from mie.adapters.objects import BucketObjects
from mie.adapters.service_errors import code
from mie.core import result_pages, transfers
from mie.core.errors import NotFound

# An object has up to 10,000 parts, so an array up to 160 GB; two of them are in memory at a time.
PART_BYTES = 16 * 1024**2
_READ_AT_ONCE = 1024**2
# The metadata that says which manifest an array was made from.
_VERSION = "manifest"


class PageArrays:
    def __init__(self, bucket: str, part_bytes: int = PART_BYTES) -> None:
        self._objects = BucketObjects(bucket)
        self._bucket = bucket
        self._part_bytes = part_bytes

    def write(self, manifest: str) -> bool:
        """Makes the array of a manifest's pages, unless it is there: whether it is there now.

        It is not where the result has been deleted meanwhile. Each page is read once, and never
        more than a part of the array is in memory. Raises Malformed.
        """
        stored = self._objects.get(manifest)
        if stored is None:
            return False
        key = result_pages.array_key(manifest)
        if self._version_of(key) == stored.version:
            return True
        keys = result_pages.from_manifest(stored.body)
        try:
            self._upload(key, _array(self._bytes_of(one) for one in keys), stored.version)
        except NotFound:
            return False
        return True

    def remove(self, prefix: str) -> None:
        """Deletes the arrays below a prefix, and nothing else."""
        self._objects.delete(
            key for key in self._objects.keys(prefix) if result_pages.is_array_key(key)
        )

    def _version_of(self, key: str) -> str | None:
        try:
            found = aws.client("s3").head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            # HEAD has no body that could name it
            if code(error) == "404":
                return None
            raise
        version: str | None = found["Metadata"].get(_VERSION)
        return version

    def _bytes_of(self, page: str) -> Iterator[bytes]:
        try:
            answer = aws.client("s3").get_object(Bucket=self._bucket, Key=page)
        except ClientError as error:
            if code(error) == "NoSuchKey":
                raise NotFound(f"{page} does not exist any more") from error
            raise
        yield from answer["Body"].iter_chunks(_READ_AT_ONCE)

    def _upload(self, key: str, array: Iterator[bytes], version: str) -> None:
        # only this call needs the machinery of parts that the module brings along
        from boto3.s3.transfer import TransferConfig

        aws.client("s3").upload_fileobj(
            io.BufferedReader(_Readable(array), self._part_bytes),
            self._bucket,
            key,
            ExtraArgs={"ContentType": transfers.JSON_TYPE, "Metadata": {_VERSION: version}},
            Config=TransferConfig(
                multipart_threshold=self._part_bytes,
                multipart_chunksize=self._part_bytes,
                use_threads=False,
            ),
        )


class _Readable(io.RawIOBase):
    """Chunks of bytes as a file that can be read once."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        target = memoryview(buffer)
        size = min(len(target), len(self._rest))
        target[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def _array(documents: Iterator[Iterator[bytes]]) -> Iterator[bytes]:
    """Documents of JSON as the elements of an array."""
    separator = b"["
    for document in documents:
        yield separator
        yield from document
        separator = b","
    yield b"]"

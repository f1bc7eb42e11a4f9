"""An S3 object as a file that can be read from any place."""

import io
from typing import Any

# One request costs about as much time as a megabyte takes to arrive.
_BLOCK_BYTES = 1024 * 1024


class RangedObject:
    """A binary file, read in blocks of a megabyte, of which it keeps one.

    Every read sees the version of the object that was there at first: an object that is replaced
    meanwhile is a ClientError (PreconditionFailed), as is one that is not there.
    """

    mode = "rb"

    def __init__(self, s3: Any, bucket: str, key: str) -> None:
        self._s3, self._bucket, self._key = s3, bucket, key
        head = s3.head_object(Bucket=bucket, Key=key)
        self._size: int = head["ContentLength"]
        self._version: str = head["ETag"]
        self._position = 0
        self._block_start, self._block = 0, b""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def read(self, most: int) -> bytes:
        """At most ``most`` bytes from here on; none at the end of the object."""
        if self._position >= self._size:
            return b""
        if not self._block_start <= self._position < self._block_start + len(self._block):
            self._block_start, self._block = self._position, self._fetch(self._position)
        start = self._position - self._block_start
        read = self._block[start : start + most]
        self._position += len(read)
        return read

    def _fetch(self, start: int) -> bytes:
        end = min(start + _BLOCK_BYTES, self._size) - 1
        answer = self._s3.get_object(
            Bucket=self._bucket,
            Key=self._key,
            Range=f"bytes={start}-{end}",
            IfMatch=self._version,
        )
        body: bytes = answer["Body"].read()
        return body

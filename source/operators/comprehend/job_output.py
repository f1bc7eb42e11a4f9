"""The archive into which Amazon Comprehend writes what a job has found.

It is read as a stream and with limits, for nobody has looked at what lies in the bucket.
"""

import gzip
import tarfile
import zlib
from typing import IO, Any

from botocore.exceptions import BotoCoreError, ClientError

from MediaInsightsEngineLambdaHelper import LARGEST_RESULT, OperatorError, aws_client

# a job has one document, and writes one file about it
_MOST_MEMBERS = 100


def read(uri: str) -> list[str]:
    """The texts of the files in the archive at an s3:// URI. Raises OperatorError."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    try:
        answer = aws_client("s3").get_object(Bucket=bucket, Key=key)
        return _texts(answer["Body"])
    except (
        ClientError,
        BotoCoreError,
        OSError,
        EOFError,
        tarfile.TarError,
        zlib.error,
        UnicodeDecodeError,
        _TooLarge,
    ) as error:
        raise OperatorError(f"could not retrieve output from s3: {error}") from error


class _TooLarge(Exception):
    """The archive holds more than a result may."""


class _Limited:
    """What a small file unpacks to, up to the limit."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._left = file, LARGEST_RESULT

    def read(self, size: int) -> bytes:
        part = self._file.read(size)
        self._left -= len(part)
        if self._left < 0:
            raise _TooLarge(f"the archive has more than {LARGEST_RESULT} bytes")
        return part


def _texts(body: Any) -> list[str]:
    texts = []
    with (
        gzip.GzipFile(fileobj=body) as unpacked,
        tarfile.open(fileobj=_Limited(unpacked), mode="r|") as archive,
    ):
        for number, member in enumerate(archive, start=1):
            if number > _MOST_MEMBERS:
                raise _TooLarge(f"the archive has more than {_MOST_MEMBERS} files")
            # links and folders have no text; nothing is written to the disk
            file = archive.extractfile(member) if member.isreg() else None
            if file is not None:
                texts.append(file.read().decode())
    return texts

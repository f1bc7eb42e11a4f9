"""Objects that are copied part by part, by multipart uploads of S3."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from mie import aws
from mie.adapters.objects import source_errors
from mie.adapters.service_errors import code
from mie.core.copies import Copy, Part, UploadGone
from mie.core.documents import SourceObject


class ObjectParts:
    """bucket: of the copies."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def begin(self, source: SourceObject, target: str) -> str:
        answer = aws.client("s3").create_multipart_upload(
            Bucket=self._bucket, Key=target, **source.described
        )
        return str(answer["UploadId"])

    def present(self, upload: str, target: str) -> Mapping[int, str]:
        pages = aws.client("s3").get_paginator("list_parts")
        with _upload_errors(upload):
            return {
                part["PartNumber"]: part["ETag"]
                for page in pages.paginate(Bucket=self._bucket, Key=target, UploadId=upload)
                for part in page.get("Parts", [])
            }

    def copy(
        self,
        copy: Copy,
        upload: str,
        target: str,
        parts: Iterable[Part],
        may_begin: Callable[[], bool],
    ) -> Mapping[int, str]:
        # made before threads share it
        s3 = aws.client("s3")

        def copied(part: Part) -> tuple[int, str] | None:
            if not may_begin():
                return None
            answer = s3.upload_part_copy(
                Bucket=self._bucket,
                Key=target,
                UploadId=upload,
                PartNumber=part.number,
                CopySource={"Bucket": copy.bucket, "Key": copy.key},
                CopySourceIfMatch=copy.etag,
                # S3 takes a range of sources of more than 5 MiB alone
                **({} if part.size == copy.size else {"CopySourceRange": part.range}),
            )
            return part.number, str(answer["CopyPartResult"]["ETag"])

        with source_errors(copy.bucket, copy.key), _upload_errors(upload):
            found = _side_by_side(partial(copied, part) for part in parts)
        return dict(one for one in found if one is not None)

    def complete(self, upload: str, target: str, parts: Mapping[int, str]) -> None:
        listed = [{"PartNumber": number, "ETag": parts[number]} for number in sorted(parts)]
        with _upload_errors(upload):
            aws.client("s3").complete_multipart_upload(
                Bucket=self._bucket,
                Key=target,
                UploadId=upload,
                MultipartUpload={"Parts": listed},
            )

    def abort(self, upload: str, target: str) -> None:
        try:
            aws.client("s3").abort_multipart_upload(
                Bucket=self._bucket, Key=target, UploadId=upload
            )
        except ClientError as error:
            if code(error) != "NoSuchUpload":
                raise


def _side_by_side(calls: Iterable[Callable[[], Any]]) -> Iterator[Any]:
    """What the calls return, made by as many threads as there are connections.

    The first error ends it: what has not begun is not begun.
    """
    with ThreadPoolExecutor(aws.S3_CONNECTIONS) as pool:
        futures = [pool.submit(call) for call in calls]
        wait(futures, return_when=FIRST_EXCEPTION)
        pool.shutdown(cancel_futures=True)
    # the error comes before a future that was cancelled because of it
    failed = (one.exception() for one in futures if not one.cancelled())
    error = next((one for one in failed if one is not None), None)
    if error is not None:
        raise error
    return (one.result() for one in futures)


@contextmanager
def _upload_errors(upload: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if code(error) != "NoSuchUpload":
            raise
        raise UploadGone(upload) from error

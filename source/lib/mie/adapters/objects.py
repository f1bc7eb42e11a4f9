"""The objects of a bucket in S3."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice

from botocore.exceptions import ClientError

from mie import aws
from mie.adapters.service_errors import code
from mie.core.documents import Json, SourceObject, StoredObject
from mie.core.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    Malformed,
    MieError,
    NotFound,
    TooLarge,
    TooManyRequests,
)

# S3's limit for one request that deletes.
_DELETED_AT_ONCE = 1_000
# One request copies up to 5 GiB; parts of this size are copied side by side, which is faster.
COPIED_IN_ONE_PIECE = 256 * 1024**2
# What S3 says of a source -> what it means; HEAD has no body, so its codes are numbers.
_MISSING = (NotFound, "does not exist")
_REFUSED = (Forbidden, "is not there, or must not be read")
_WRONG = (BadRequest, "cannot exist: S3 does not take this key")
_CHANGED = (Conflict, "was replaced while it was copied; try again")
_SOURCE_ERRORS: Mapping[str, tuple[type[MieError], str]] = {
    "404": _MISSING,
    "NoSuchKey": _MISSING,
    "NoSuchBucket": _MISSING,
    # what a delete marker answers
    "405": _MISSING,
    "MethodNotAllowed": _MISSING,
    "403": _REFUSED,
    "AccessDenied": _REFUSED,
    "AllAccessDisabled": _REFUSED,
    "InvalidObjectState": (Forbidden, "is archived and must be restored first"),
    "ObjectNotInActiveTierError": (Forbidden, "is archived and must be restored first"),
    "KMS.DisabledException": (Forbidden, "is encrypted with a key that is disabled"),
    "KMS.KMSInvalidStateException": (Forbidden, "is encrypted with a key that cannot be used"),
    "KMS.NotFoundException": (Forbidden, "is encrypted with a key that is gone"),
    "400": _WRONG,
    "KeyTooLongError": _WRONG,
    "InvalidBucketName": (BadRequest, "cannot exist: S3 does not take this name of a bucket"),
    "409": _CHANGED,
    "412": _CHANGED,
    "PreconditionFailed": _CHANGED,
    "503": (TooManyRequests, "cannot be read now: S3 asks for fewer requests; try again"),
    "SlowDown": (TooManyRequests, "cannot be read now: S3 asks for fewer requests; try again"),
}
# What S3 keeps with an object, and CopyObject with the copy: a copy in parts is told it anew.
# Tags would need two permissions more of callers.
_DESCRIBED = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Metadata",
)
_BUSY = ("SlowDown", "InternalError", "ServiceUnavailable")


class BucketObjects:
    def __init__(self, bucket: str, copied_in_one_piece: int = COPIED_IN_ONE_PIECE) -> None:
        self.bucket = bucket
        self._copied_in_one_piece = copied_in_one_piece

    def put(self, key: str, body: bytes) -> str:
        answer = aws.client("s3").put_object(
            Bucket=self.bucket, Key=key, Body=body, ContentType="application/json"
        )
        return _version(answer["ETag"])

    def get(self, key: str, most: int | None = None) -> StoredObject | None:
        try:
            answer = aws.client("s3").get_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if code(error) == "NoSuchKey":
                return None
            raise
        if most is not None and answer["ContentLength"] > most:
            answer["Body"].close()
            raise TooLarge(f"{key} has {answer['ContentLength']} bytes, more than {most}")
        return StoredObject(answer["Body"].read(), _version(answer["ETag"]))

    def keys(self, prefix: str) -> Iterator[str]:
        pages = aws.client("s3").get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.bucket, Prefix=prefix):
            yield from (one["Key"] for one in page.get("Contents", []))

    def first_key(self, prefix: str) -> str | None:
        found = aws.client("s3").list_objects_v2(Bucket=self.bucket, Prefix=prefix, MaxKeys=1)
        return next((one["Key"] for one in found.get("Contents", [])), None)

    def source(self, bucket: str, key: str) -> SourceObject:
        with source_errors(bucket, key):
            found = aws.client("s3").head_object(Bucket=bucket, Key=key)
        described = {name: found[name] for name in _DESCRIBED if name in found}
        return SourceObject(bucket, key, found["ETag"], found["ContentLength"], described)

    def copy_from(self, source: SourceObject, target: str) -> None:
        with source_errors(source.bucket, source.key):
            self._copy(source, target)

    def delete(self, keys: Iterable[str]) -> int:
        remaining, number = iter(keys), 0
        while some := list(islice(remaining, _DELETED_AT_ONCE)):
            self._delete_some(some)
            number += len(some)
        return number

    def presign_post(self, key: str, content_type: str, largest: int, seconds: int) -> Json:
        form: Json = aws.client("s3").generate_presigned_post(
            Bucket=self.bucket,
            Key=key,
            Fields={"Content-Type": content_type},
            Conditions=[
                {"Content-Type": content_type},
                ["content-length-range", 0, largest],
            ],
            ExpiresIn=seconds,
        )
        return form

    def presign_get(self, key: str, seconds: int) -> str:
        url: str = aws.client("s3").generate_presigned_url(
            "get_object", Params={"Bucket": self.bucket, "Key": key}, ExpiresIn=seconds
        )
        return url

    def _copy(self, source: SourceObject, target: str) -> None:
        # only this call needs the machinery of threads that the module brings along
        from boto3.s3.transfer import TransferConfig

        aws.client("s3").copy(
            {"Bucket": source.bucket, "Key": source.key},
            self.bucket,
            target,
            ExtraArgs={
                # a source that is replaced meanwhile is not copied in halves
                "CopySourceIfMatch": source.etag,
                # a copy in parts takes these from here, a plain one from the source
                **source.described,
                "TaggingDirective": "REPLACE",
            },
            Config=TransferConfig(
                multipart_threshold=self._copied_in_one_piece,
                multipart_chunksize=self._copied_in_one_piece,
                max_concurrency=aws.S3_CONNECTIONS,
            ),
        )

    def _delete_some(self, keys: Sequence[str]) -> None:
        answer = aws.client("s3").delete_objects(
            Bucket=self.bucket,
            Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True},
        )
        failed = answer.get("Errors", [])
        if not failed:
            return
        first = failed[0]
        kind = TooManyRequests if first["Code"] in _BUSY else Malformed
        raise kind(f"{len(failed)} objects could not be deleted, {first['Key']}: {first['Code']}")


@contextmanager
def source_errors(bucket: str, key: str) -> Iterator[None]:
    """Says in our words why a source cannot be had."""
    try:
        yield
    except ClientError as error:
        if code(error) not in _SOURCE_ERRORS:
            raise
        kind, situation = _SOURCE_ERRORS[code(error)]
        raise kind(f"the object s3://{bucket}/{key} {situation}") from error


def _version(etag: str) -> str:
    return etag.strip('"')

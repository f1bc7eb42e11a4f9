"""S3 refuses keys, parts and copies that are beyond its limits, and parts that nobody sent.

MiniStack 1.5.33 takes keys of any length and puts parts of any size together in any order.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from itertools import pairwise
from typing import Any

from ministack.services import s3

Answer = tuple[int, Mapping[str, str], Any]
Write = Callable[..., Answer]

_LONGEST_KEY = 1_024
_METADATA, _LARGEST_METADATA = "x-amz-meta-", 2_048
_LARGEST_COPY = 5 * 1024**3
_SMALLEST_PART = 5 * 1024**2
_PARTS = 10_000
_MOST_DELETED = 1_000
_TOO_SMALL = "Your proposed upload is smaller than the minimum allowed size"
_NO_PART = (
    "One or more of the specified parts could not be found.  The part may not have been uploaded, "
    "or the specified entity tag may not match the part's entity tag."
)
_NO_UPLOAD = (
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have "
    "been aborted or completed."
)
_ONTO_ITSELF = (
    "This copy request is illegal because it is trying to copy an object to itself without "
    "changing the object's metadata, storage class, website redirect location or encryption "
    "attributes."
)
# what a copy of an object onto itself may change
_CHANGES = (
    "x-amz-storage-class",
    "x-amz-website-redirect-location",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-checksum-algorithm",
)


def enforce() -> None:
    s3.handle_request = _limiting_keys(s3.handle_request)
    s3._copy_object = _limiting_copies(s3._copy_object)
    s3._upload_part = _limiting_parts(s3._upload_part)
    s3._upload_part_copy = _limiting_parts(_limiting_copies(s3._upload_part_copy))
    s3._complete_multipart_upload = _checking_parts(s3._complete_multipart_upload)
    s3._delete_objects = _limiting_deletions(s3._delete_objects)


def _limiting_keys(handle: Callable[..., Awaitable[Answer]]) -> Callable[..., Awaitable[Answer]]:
    """And the metadata of what is written under them."""

    async def handled(
        method: str, path: str, headers: Mapping[str, str], *more: Any, **options: Any
    ) -> Answer:
        _, key = s3._parse_bucket_key(path, headers)
        if len((key or "").encode()) > _LONGEST_KEY:
            return _refused("KeyTooLongError", "Your key is too long")
        size = sum(
            len(f"{name.removeprefix(_METADATA)}{value}".encode())
            for name, value in headers.items()
            if name.startswith(_METADATA)
        )
        if size > _LARGEST_METADATA:
            return _refused(
                "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size"
            )
        return await handle(method, path, headers, *more, **options)

    return handled


def _limiting_copies(copy: Write) -> Write:
    """Of whole objects and of parts; the headers are the last argument."""

    def copied(bucket: str, key: str, *more: Any) -> Answer:
        headers: Mapping[str, str] = more[-1]
        source = s3.url_unquote(headers.get("x-amz-copy-source", "").partition("?")[0]).lstrip("/")
        of_a_part = len(more) > 1
        if source == f"{bucket}/{key}" and not of_a_part and not _changes(headers):
            return _refused("InvalidRequest", _ONTO_ITSELF)
        range_ = headers.get("x-amz-copy-source-range", "")
        # what is not there, or not within the source, is refused by the copy itself
        if 0 < _size(source, range_) <= _size(source, "") <= _SMALLEST_PART and range_:
            return _refused(
                "InvalidRequest",
                "The specified copy source is not supported as a byte-range copy source",
            )
        if _size(source, range_) > _LARGEST_COPY:
            return _refused(
                "InvalidRequest",
                "The specified copy source is larger than the maximum allowable size for a copy "
                f"source: {_LARGEST_COPY}",
            )
        return copy(bucket, key, *more)

    return copied


def _changes(headers: Mapping[str, str]) -> bool:
    directive = headers.get("x-amz-metadata-directive", "COPY").upper()
    return directive == "REPLACE" or any(name in headers for name in _CHANGES)


def _size(source: str, range_: str) -> int:
    """Of what is copied; 0 when it is not there."""
    found = re.fullmatch(r"bytes=(\d+)-(\d+)", range_)
    if found:
        return int(found[2]) - int(found[1]) + 1
    bucket, _, key = source.partition("/")
    objects = (s3._buckets.get(bucket) or {}).get("objects", {})
    return int(objects[key]["size"]) if key in objects else 0


def _limiting_parts(upload: Write) -> Write:
    """Headers and query are the last arguments, in either order."""

    def uploaded(bucket: str, key: str, *more: Any) -> Answer:
        query: Mapping[str, Any] = next(one for one in more if _names_a_part(one))
        number = s3._qp(query, "partNumber")
        if not (number.isascii() and number.isdigit() and 1 <= int(number) <= _PARTS):
            return _refused(
                "InvalidArgument",
                f"Part number must be an integer between 1 and {_PARTS}, inclusive",
            )
        present = s3._multipart_uploads.get(s3._qp(query, "uploadId"))
        if present is not None and (present["bucket"], present["key"]) != (bucket, key):
            return _refused("NoSuchUpload", _NO_UPLOAD, 404)
        return upload(bucket, key, *more)

    return uploaded


def _names_a_part(argument: Any) -> bool:
    return isinstance(argument, Mapping) and "partNumber" in argument


def _checking_parts(complete: Write) -> Write:
    def completed(
        bucket: str, key: str, body: bytes, query: Mapping[str, Any], headers: Any = None
    ) -> Answer:
        upload = s3._multipart_uploads.get(s3._qp(query, "uploadId"))
        if upload is None or s3._qp(query, "uploadId") in s3._completed_multipart_uploads:
            return complete(bucket, key, body, query, headers)
        refused = _refused_parts(_named_parts(body), upload["parts"])
        return refused or complete(bucket, key, body, query, headers)

    return completed


def _named_parts(body: bytes) -> list[tuple[int, str]] | None:
    """Numbers and entity tags in the order of the request; None when it is no XML of parts."""
    try:
        found = s3.fromstring(body).findall("{*}Part")
        return [
            (int(part.findtext("{*}PartNumber", "")), part.findtext("{*}ETag", "").strip('"'))
            for part in found
        ]
    except (s3.ParseError, ValueError):
        return None


def _refused_parts(
    named: list[tuple[int, str]] | None, present: Mapping[int, Mapping[str, Any]]
) -> Answer | None:
    if not named:
        return _refused(
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published "
            "schema",
        )
    numbers = [number for number, _ in named]
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        return _refused(
            "InvalidPartOrder",
            "The list of parts was not in ascending order. Parts must be ordered by part number.",
        )
    for number, tag in named:
        if number not in present or present[number]["etag"].strip('"') != tag:
            return _refused("InvalidPart", _NO_PART)
    if any(present[number]["size"] < _SMALLEST_PART for number in numbers[:-1]):
        return _refused("EntityTooSmall", _TOO_SMALL)
    return None


def _limiting_deletions(delete: Write) -> Write:
    def deleted(bucket: str, body: bytes, *more: Any) -> Answer:
        if body.count(b"<Key>") > _MOST_DELETED:
            return _refused(
                "MalformedXML",
                "The XML you provided was not well-formed or did not validate against our "
                "published schema",
            )
        return delete(bucket, body, *more)

    return deleted


def _refused(code: str, message: str, status: int = 400) -> Answer:
    answer: Answer = s3._error(code, message, status)
    return answer

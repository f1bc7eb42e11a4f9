"""Copies of sources that take longer than a request.

The asset's item says how its copy stands; the copy itself is a multipart upload of S3, which keeps
the parts that are there. A part is a range of the source, of which every one is copied on the
condition that the source is still the one that was looked at.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mie.core.documents import Json, SourceObject
from mie.core.errors import MieError, TooLarge

# The attribute of an asset's item; no operator's name has an exclamation mark.
COPY = "!copy"

COPYING = "Copying"
READY = "Ready"
FAILED = "Failed"

# S3's limits of an upload in parts; only the last part may be smaller.
SMALLEST_PART, LARGEST_PART = 5 * 1024**2, 5 * 1024**3
MOST_PARTS = 10_000
# One part is copied in some seconds, so that little is done twice when a worker is killed.
_PART = 256 * 1024**2
_MIB = 1024**2


class UploadGone(MieError):
    """An upload in parts was completed or given up, by whomever."""

    def __init__(self, upload: str) -> None:
        super().__init__("the upload was completed or given up meanwhile")
        self.upload = upload


@dataclass(frozen=True)
class CopyRequest:
    """That somebody should go on with the copy of an asset. asked_at: Unix time in seconds."""

    asset_id: str
    asked_at: float


@dataclass(frozen=True)
class Part:
    """A range of the source; first and last byte are both of it."""

    number: int
    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    @property
    def range(self) -> str:
        """As S3 takes it."""
        return f"bytes={self.first}-{self.last}"


@dataclass(frozen=True)
class Copy:
    """How the copy of one asset's source stands.

    part_size: of all parts but the last, kept so that a later release goes on as this one began.
    upload: S3's id of the upload in parts; None until there is one. reason: why it failed.
    """

    bucket: str
    key: str
    etag: str
    size: int
    part_size: int
    state: str = COPYING
    upload: str | None = None
    reason: str | None = None

    @staticmethod
    def of_source(source: SourceObject) -> "Copy":
        """A copy that has not begun. Raises TooLarge."""
        size = part_size(source.size)
        return Copy(source.bucket, source.key, source.etag, source.size, size)

    @staticmethod
    def of_item(item: Mapping[str, Any]) -> "Copy | None":
        """None for an asset that was whole as soon as it was there."""
        stored = item.get(COPY)
        if stored is None:
            return None
        return Copy(
            stored["S3Bucket"],
            stored["S3Key"],
            stored["ETag"],
            int(stored["Size"]),
            int(stored["PartSize"]),
            stored["State"],
            stored.get("Upload"),
            stored.get("Reason"),
        )

    def to_item(self) -> Json:
        return {
            "S3Bucket": self.bucket,
            "S3Key": self.key,
            "ETag": self.etag,
            "Size": self.size,
            "PartSize": self.part_size,
            "State": self.state,
            **({} if self.upload is None else {"Upload": self.upload}),
            **({} if self.reason is None else {"Reason": self.reason}),
        }

    def parts(self) -> Iterator[Part]:
        for number, first in enumerate(range(0, self.size, self.part_size), start=1):
            yield Part(number, first, min(first + self.part_size, self.size) - 1)


def part_size(size: int) -> int:
    """How large the parts of a copy of so many bytes are. Raises TooLarge."""
    if size > MOST_PARTS * LARGEST_PART:
        raise TooLarge(
            f"Input.S3Key: the object has {size} bytes; S3 copies up to {MOST_PARTS * LARGEST_PART}"
        )
    needed = -(-size // MOST_PARTS)
    return max(_PART, -(-needed // _MIB) * _MIB)


def shown(item: Mapping[str, Any]) -> Json:
    """{"State", "Message"?} of an asset that was copied behind its request; of others nothing."""
    copy = Copy.of_item(item)
    if copy is None:
        return {}
    if copy.state == READY:
        return {"State": READY}
    return {"State": copy.state, "Message": copy.reason or _doing(copy)}


def is_whole(item: Mapping[str, Any]) -> bool:
    """Whether the asset's object is there."""
    copy = Copy.of_item(item)
    return copy is None or copy.state == READY


def _doing(copy: Copy) -> str:
    unit, name = (10**9, "GB") if copy.size >= 10**9 else (10**6, "MB")
    return f"copying s3://{copy.bucket}/{copy.key} ({copy.size / unit:.1f} {name})"

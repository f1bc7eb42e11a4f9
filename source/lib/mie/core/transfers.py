"""Which objects of the data plane's bucket a signed URL may open to a caller."""

import mimetypes
import re

from mie.core.assets import check_key
from mie.core.errors import BadRequest, Forbidden

UPLOADED_TO = ("upload/", "public/")
DOWNLOADED_FROM = (*UPLOADED_TO, "private/assets/")
# S3 takes up to 5 GiB in one upload.
LARGEST_UPLOAD = 5 * 1024**3
# Long enough to begin a transfer; one that has begun may take longer.
URL_SECONDS = 900

# A result that does not fit into a request: the data plane reads it as a whole, in its memory.
LARGEST_RESULT = 32 * 1024**2
JSON_TYPE = "application/json"
_UNKNOWN_TYPE = "application/octet-stream"

_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}")
# The engine's own objects: pages of a result and the list of them.
_PAGES = re.compile(r"private/assets/[^/]+/workflows/[^/]+/[^/]+/\d{6}/.*", re.DOTALL)


def check_upload(bucket: str, key: str, own_bucket: str) -> None:
    """Raises BadRequest for what is no key, Forbidden for a place that is not for uploads."""
    _check_place(bucket, key, own_bucket, UPLOADED_TO, "uploads go")


def check_download(bucket: str, key: str, own_bucket: str) -> None:
    """Raises BadRequest for what is no key, Forbidden for an object that is not for callers."""
    _check_place(bucket, key, own_bucket, DOWNLOADED_FROM, "downloads come from")
    if _PAGES.fullmatch(key):
        raise Forbidden("S3Key: results that were stored in pages are read with GET /metadata")


def content_type(key: str, wanted: str | None) -> str:
    """The type that an upload is bound to: the caller's, or the one that the key's end tells.

    Raises BadRequest for what is no type.
    """
    if wanted is None:
        # a table of its own, which does not depend on the machine's
        return mimetypes.MimeTypes().guess_type(key)[0] or _UNKNOWN_TYPE
    if not _TYPE.fullmatch(wanted):
        raise BadRequest(
            f"ContentType: a type such as video/mp4, in small letters, not {wanted[:80]!r}"
        )
    return wanted


def _check_place(
    bucket: str, key: str, own_bucket: str, prefixes: tuple[str, ...], what: str
) -> None:
    if bucket != own_bucket:
        raise Forbidden(f"S3Bucket: only the data plane's bucket {own_bucket} can be used")
    check_key(key, "S3Key")
    # programs that follow a URL resolve such segments and ask for another object
    if {".", ".."} & set(key.split("/")):
        raise BadRequest("S3Key: '.' and '..' cannot stand between the slashes of a key")
    if not any(key.startswith(prefix) and key != prefix for prefix in prefixes):
        raise Forbidden(f"S3Key: {what} below {', '.join(prefixes)} only, not {key!r}")

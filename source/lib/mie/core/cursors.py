"""Opaque positions in an asset's metadata.

A cursor holds no storage key, only an operator, a version of its result and a page, and it is
signed with the asset's own secret: one that was made up, or that belongs to another asset, is
refused.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass

from mie.core.errors import BadRequest

_SIGNATURE_BYTES = 16


@dataclass(frozen=True)
class Cursor:
    """The page to read next.

    single: True when only this operator is being read, not all of the asset's.
    """

    operator: str
    version: str
    page: int
    single: bool


def encode(cursor: Cursor, asset_id: str, secret: str) -> str:
    """A token of URL-safe characters."""
    body = json.dumps(asdict(cursor), separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_sign(body, asset_id, secret) + body).decode().rstrip("=")


def decode(token: str, asset_id: str, secret: str) -> Cursor:
    """The cursor in a token. Raises BadRequest when this asset did not issue it."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest("cursor: this is not a cursor") from error
    signature, body = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _sign(body, asset_id, secret)):
        raise BadRequest("cursor: this cursor was not issued for this asset")
    try:
        return Cursor(**json.loads(body))
    except (ValueError, TypeError) as error:
        # signed by an earlier release whose cursors held something else
        raise BadRequest("cursor: this cursor is out of date, begin again without one") from error


def _sign(body: bytes, asset_id: str, secret: str) -> bytes:
    key = f"{asset_id}/{secret}".encode()
    return hmac.new(key, body, hashlib.sha256).digest()[:_SIGNATURE_BYTES]

"""Opaque positions in an asset's metadata and in lists of executions.

A cursor holds no storage key: of an asset's metadata an operator, one of its results and a page,
of a list the last item that was shown. It is signed with a secret, the asset's own or the
deployment's: one that was made up, or that belongs to something else, is refused.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from typing import Any

from mie.core.errors import BadRequest

_SIGNATURE_BYTES = 16
# Signed by an earlier release, whose cursors held something else.
_OUT_OF_DATE = "cursor: this cursor is out of date, begin again without one"


@dataclass(frozen=True)
class Cursor:
    """The page to read next.

    single: True when only this operator is being read, not all of the asset's. runs: which results
    are being read, "" for the newest of each operator, "*" for all of them, else the id of one
    workflow execution. workflow: the execution of the result at which the cursor stands, "" for
    the newest of those.
    """

    operator: str
    version: str
    page: int
    single: bool
    runs: str = ""
    workflow: str = ""


def encode(cursor: Cursor, asset_id: str, secret: str) -> str:
    """A token of URL-safe characters."""
    return seal(asdict(cursor), asset_id, secret)


def decode(token: str, asset_id: str, secret: str) -> Cursor:
    """The cursor in a token. Raises BadRequest when this asset did not issue it."""
    body = unseal(token, asset_id, secret, issuer="asset")
    try:
        return Cursor(**body)
    except TypeError as error:
        raise BadRequest(_OUT_OF_DATE) from error


def seal(body: Any, bound_to: str, secret: str) -> str:
    """A JSON value as a token of URL-safe characters that only this secret can make."""
    text = json.dumps(body, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_sign(text, bound_to, secret) + text).decode().rstrip("=")


def unseal(token: str, bound_to: str, secret: str, *, issuer: str) -> Any:
    """What was sealed; issuer: what ``bound_to`` is, in the refusal. Raises BadRequest."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest("cursor: this is not a cursor") from error
    signature, text = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _sign(text, bound_to, secret)):
        raise BadRequest(f"cursor: this cursor was not issued for this {issuer}")
    try:
        return json.loads(text)
    except ValueError as error:
        raise BadRequest(_OUT_OF_DATE) from error


def _sign(body: bytes, bound_to: str, secret: str) -> bytes:
    key = f"{bound_to}/{secret}".encode()
    return hmac.new(key, body, hashlib.sha256).digest()[:_SIGNATURE_BYTES]

"""Where an asset's objects lie in the data plane's bucket, and what its item holds.

- ``private/assets/<asset>/input/<key of the source>``
- ``private/assets/<asset>/workflows/<workflow execution>/<operator>.json``
- ``private/assets/<asset>/workflows/<workflow execution>/<operator>/<generation>/…`` (paged)
- ``private/assets/<asset>/workflows/<workflow execution>/!results/<SHA-256>.json``, what is too
  large for the record of the execution; no operator's name has an exclamation mark
- ``private/assets/<asset>/workflows/<workflow execution>/!uploads/<operator>/<upload>.json``, what
  is too large for a request, until it has become a result
"""

import re
from collections.abc import Mapping
from typing import Any

from mie.core import copies
from mie.core.documents import Json
from mie.core.errors import BadRequest

# S3 allows 1,024 bytes for a key.
_LONGEST_KEY = 1_024
# Of texts that callers choose freely, such as who holds a lock; all share an item of 400 KB.
_LONGEST_TEXT = 256

# Attributes of an asset's item that describe the asset; every other one is an operator's.
LOCATION = ("S3Key", "S3Bucket", "Created", "MediaType")
LOCK = ("Locked", "LockedBy", "LockedAt")
# Signs the cursors of one asset; never leaves the data plane.
CURSOR_SECRET = "CursorSecret"  # noqa: S105 - the attribute's name, not a secret
# Set while an asset's objects are being deleted, so that nothing is added to them meanwhile.
DELETING = "Deleting"
RESERVED = frozenset({"AssetId", *LOCATION, *LOCK, CURSOR_SECRET, DELETING, copies.COPY})

# The item that keeps the secret of the cursors of lists; no asset's id has an exclamation mark.
LIST_SECRET_ID = "!cursors"  # noqa: S105 - the item's key, not a secret

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")


def prefix(asset_id: str) -> str:
    """Everything that belongs to an asset."""
    return f"private/assets/{asset_id}/"


def input_key(asset_id: str, source_key: str) -> str:
    """Where the copy of the asset's source lies."""
    key = f"{prefix(asset_id)}input/{source_key}"
    if check_key(source_key, "Input.S3Key") + len(key) - len(source_key) > _LONGEST_KEY:
        raise BadRequest(f"Input.S3Key: the key is too long to be kept below {prefix(asset_id)}")
    return key


def check_key(key: str, field: str) -> int:
    """How many bytes a key has. Raises BadRequest with the field for what S3 has no object of."""
    try:
        size = len(key.encode())
    except UnicodeEncodeError as error:
        # JSON can spell half a surrogate pair, UTF-8 cannot
        raise BadRequest(f"{field}: the key is not valid Unicode text") from error
    if size > _LONGEST_KEY:
        raise BadRequest(f"{field}: a key may have {_LONGEST_KEY} bytes, this one has {size}")
    return size


def workflow_prefix(asset_id: str, workflow_id: str) -> str:
    """Where operators of one workflow execution put what they derive."""
    return f"{prefix(asset_id)}workflows/{workflow_id}/"


def result_key(asset_id: str, workflow_id: str, operator: str) -> str:
    """The document of a result that was stored as a whole."""
    return f"{workflow_prefix(asset_id, workflow_id)}{operator}.json"


def engine_results_prefix(asset_id: str, workflow_id: str) -> str:
    """Where the engine keeps what operators returned and no record has room for."""
    return f"{workflow_prefix(asset_id, workflow_id)}!results/"


def uploads_prefix(asset_id: str, workflow_id: str, operator: str) -> str:
    """Where results wait that were too large for a request."""
    return f"{workflow_prefix(asset_id, workflow_id)}!uploads/{operator}/"


def upload_key(asset_id: str, workflow_id: str, operator: str, upload: str) -> str:
    return f"{uploads_prefix(asset_id, workflow_id, operator)}{upload}.json"


def check_id(value: object, field: str) -> str:
    """An asset or workflow id, or an operator's name: one path segment, nothing else."""
    if not isinstance(value, str) or not _NAME.fullmatch(value) or set(value) == {"."}:
        raise BadRequest(
            f"{field}: up to 128 letters, digits, '-', '_' and '.' are allowed, got {value!r}"
        )
    return value


def check_operator_name(value: object, field: str = "OperatorName") -> str:
    name = check_id(value, field)
    if name in RESERVED:
        raise BadRequest(f"{field}: '{name}' is the name of an asset's own attribute")
    return name


def check_text(value: str, field: str) -> str:
    """A text that is kept and shown as it is. Raises BadRequest."""
    if not 0 < len(value) <= _LONGEST_TEXT:
        raise BadRequest(f"{field}: 1 to {_LONGEST_TEXT} characters are allowed")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise BadRequest(f"{field}: the text is not valid Unicode") from error
    return value


def location_of(item: Mapping[str, Any]) -> Json:
    """The asset's own attributes, as readers see them."""
    return {key: item[key] for key in LOCATION if key in item}


def operators_of(item: Mapping[str, Any]) -> list[str]:
    """The operators that have stored results, in the order in which readers get them."""
    return sorted(key for key, value in item.items() if key not in RESERVED and value)

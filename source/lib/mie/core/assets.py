"""Where an asset's objects lie in the data plane's bucket, and what its item holds.

- ``private/assets/<asset>/input/<key of the source>``
- ``private/assets/<asset>/workflows/<workflow execution>/<operator>.json``
- ``private/assets/<asset>/workflows/<workflow execution>/<operator>/<generation>/…`` (paged)
- ``private/assets/<asset>/workflows/<workflow execution>/!results/<SHA-256>.json``, what is too
  large for the record of the execution; no operator's name has an exclamation mark
"""

import re
from collections.abc import Mapping
from typing import Any

from mie.core.documents import Json
from mie.core.errors import BadRequest

# S3 allows 1,024 bytes for a key.
_LONGEST_KEY = 1_024

# Attributes of an asset's item that describe the asset; every other one is an operator's.
LOCATION = ("S3Key", "S3Bucket", "Created", "MediaType")
LOCK = ("Locked", "LockedBy", "LockedAt")
# Signs the cursors of one asset; never leaves the data plane.
CURSOR_SECRET = "CursorSecret"  # noqa: S105 - the attribute's name, not a secret
# Set while an asset's objects are being deleted, so that nothing is added to them meanwhile.
DELETING = "Deleting"
RESERVED = frozenset({"AssetId", *LOCATION, *LOCK, CURSOR_SECRET, DELETING})

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")


def prefix(asset_id: str) -> str:
    """Everything that belongs to an asset."""
    return f"private/assets/{asset_id}/"


def input_key(asset_id: str, source_key: str) -> str:
    """Where the copy of the asset's source lies."""
    key = f"{prefix(asset_id)}input/{source_key}"
    try:
        size = len(key.encode())
    except UnicodeEncodeError as error:
        # JSON can spell half a surrogate pair, UTF-8 cannot
        raise BadRequest("Input.S3Key: the key is not valid Unicode text") from error
    if size > _LONGEST_KEY:
        raise BadRequest(f"Input.S3Key: the key is too long to be kept below {prefix(asset_id)}")
    return key


def workflow_prefix(asset_id: str, workflow_id: str) -> str:
    """Where operators of one workflow execution put what they derive."""
    return f"{prefix(asset_id)}workflows/{workflow_id}/"


def result_key(asset_id: str, workflow_id: str, operator: str) -> str:
    """The document of a result that was stored as a whole."""
    return f"{workflow_prefix(asset_id, workflow_id)}{operator}.json"


def engine_results_prefix(asset_id: str, workflow_id: str) -> str:
    """Where the engine keeps what operators returned and no record has room for."""
    return f"{workflow_prefix(asset_id, workflow_id)}!results/"


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


def location_of(item: Mapping[str, Any]) -> Json:
    """The asset's own attributes, as readers see them."""
    return {key: item[key] for key in LOCATION if key in item}


def operators_of(item: Mapping[str, Any]) -> list[str]:
    """The operators that have stored results, in the order in which readers get them."""
    return sorted(key for key, value in item.items() if key not in RESERVED and value)

"""Files on disk: a reader of a document sees the old one or the new one, never half of one."""

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any


def write_json(path: Path, document: Any) -> None:
    """Write a JSON document; what was there is replaced in one step, and survives a crash."""
    write_bytes(path, json.dumps(document, separators=(",", ":")).encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file; what was there is replaced in one step, and survives a crash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def read_json(path: Path) -> Any:
    """The document of a file; raises OSError without one, ValueError when it is not JSON."""
    return json.loads(path.read_text(encoding="utf-8"))


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Zip files whose bytes depend on nothing but their contents."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

# The earliest time that the format can express.
_TIME = (1980, 1, 1, 0, 0, 0)
_FILE, _PROGRAM = 0o100644 << 16, 0o100755 << 16
_UNIX = 3


def write(target: Path, files: Mapping[str, Path]) -> None:
    """Writes an archive; files: name in the archive -> file on disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system = _UNIX
            entry.compress_type = zipfile.ZIP_DEFLATED
            executable = files[name].stat().st_mode & 0o100
            entry.external_attr = _PROGRAM if executable else _FILE
            archive.writestr(entry, files[name].read_bytes())


def tree(root: Path, prefix: str = "", pattern: str = "*") -> dict[str, Path]:
    """The files below ``root`` by their name in an archive, without what Python leaves behind."""
    return {
        f"{prefix}{path.relative_to(root).as_posix()}": path
        for path in sorted(root.rglob(pattern))
        if path.is_file() and "__pycache__" not in path.parts
    }

"""How much room there is for a stack."""

import shutil
from pathlib import Path

# with less, nothing can be relied on
LEAST_FREE = 100_000_000


def free_bytes(folder: Path) -> int:
    """Of the disk that has the folder, or will have it."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    return shutil.disk_usage(there).free


def is_full(folder: Path) -> bool:
    return free_bytes(folder) < LEAST_FREE

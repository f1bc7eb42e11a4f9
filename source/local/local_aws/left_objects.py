"""Objects on disk after an end that nobody expected.

The local S3 writes objects at once, and is then ahead of the save that everything else comes from:
a bucket that the save does not know is gone for everybody, and whoever makes it again would be
refused. An object and what is told of it are two files, of which the second may be missing.
"""

import hashlib
import json
import shutil
from collections.abc import Collection
from pathlib import Path

from ministack.services import s3

_TOLD = ".meta.json"
_HALF_WRITTEN = ".tmp"
Owned = tuple[str, str]


def remove_unknown_buckets(known: Collection[Owned]) -> list[Owned]:
    """Removes the buckets, each of an account, that are not among those; returns them."""
    removed = [one for one in s3._buckets._data if one not in known]
    for account, bucket in removed:
        del s3._buckets._data[account, bucket]
        for store in (s3._object_versions, s3._object_tags, s3._object_acl, s3._object_annotations):
            for key in [one for one in store._data if one[0] == account and one[1][0] == bucket]:
                del store._data[key]
    for folder in _bucket_folders(Path(s3.DATA_DIR)):
        if (folder.parent.name, folder.name) not in known:
            shutil.rmtree(folder)
    return removed


def mend_half_written(folder: Path) -> int:
    """Lets what is told of objects agree with them; returns of how many it did not.

    The object is written first, so it is right, and what is told of it may be of the one before.
    """
    for path in folder.rglob(f"*{_HALF_WRITTEN}"):
        path.unlink()
    present = [
        path
        for path in folder.rglob("*")
        # earlier versions are told of with the present one
        if path.is_file() and not path.name.endswith(_TOLD) and s3._VERSIONS_DIR not in path.parts
    ]
    return sum(_mend(path) for path in present)


def read_again() -> None:
    """The local S3 has read what is on disk before anybody could mend it."""
    for store in (s3._buckets, s3._object_versions, s3._object_tags, s3._object_acl):
        store.clear()
    s3._object_annotations.clear()
    s3._load_persisted_data()


def _mend(path: Path) -> bool:
    told = path.with_name(f"{path.name}{_TOLD}")
    try:
        known = json.loads(told.read_text())
        if told.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            return False
    except (OSError, ValueError):
        known = {}
    content = path.read_bytes()
    etag = hashlib.md5(content, usedforsecurity=False).hexdigest()
    half_written = told.with_name(f"{told.name}{_HALF_WRITTEN}")
    half_written.write_text(
        json.dumps({**known, "size": len(content), "etag": f'"{etag}"', "checksums": {}})
    )
    half_written.replace(told)
    return True


def _bucket_folders(root: Path) -> list[Path]:
    """Those of objects and those of their earlier versions."""
    versions = root / s3._VERSIONS_DIR
    accounts = [one for base in (root, versions) if base.is_dir() for one in base.iterdir()]
    return [
        bucket
        for account in accounts
        if account.is_dir() and account != versions
        for bucket in account.iterdir()
        if bucket.is_dir()
    ]

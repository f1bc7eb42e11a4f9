"""The saves of the local AWS on disk, of which the newest whole one counts.

A save is a folder with a number. It is written under another name, brought to the disk, and then
renamed, which happens or does not: whatever moment the machine stops at, a folder with a number is
whole, and the one before it is kept until then. A file that is as it was is a hard link to that of
the save before. Large contents, the packages of functions above all, lie beside the saves under
their digest, once for all of them.
"""

import fcntl
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

LOG = logging.getLogger(__name__)

_MANIFEST = "manifest.json"
_UNFINISHED = "unfinished"
_PREFIX = "save-"
# the newest, and the one that a start falls back to when a disk has lost a part of it
_KEPT = 2


@dataclass(frozen=True)
class Manifest:
    """What a save consists of.

    saved: Unix time in seconds. files: name -> SHA-256. contents: SHA-256 of the large contents.
    """

    number: int
    saved: float
    files: Mapping[str, str]
    contents: tuple[str, ...]


class Saves:
    """All saves below one folder. One process at a time writes into it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._contents = folder / "contents"

    def lock(self, wait: bool) -> int | None:
        """A handle that has the folder to itself until it, and its copies, are closed.

        A copy of a process that was killed may still be writing. None, where nobody waits for it.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return handle

    def newest(self) -> Manifest | None:
        """The newest whole save; None without any."""
        for number in self._numbers():
            manifest = self._whole(number)
            if manifest is not None:
                return manifest
            LOG.error("the save %s is damaged; the one before it is taken", self._place(number))
        return None

    def read(self, manifest: Manifest, name: str) -> bytes | None:
        """A file of a save; None when it has none of that name."""
        if name not in manifest.files:
            return None
        return (self._place(manifest.number) / name).read_bytes()

    def content(self, digest: str) -> bytes:
        return (self._contents / digest).read_bytes()

    def keep_content(self, content: bytes) -> str:
        """The digest under which a content lies beside the saves."""
        digest = hashlib.sha256(content).hexdigest()
        place = self._contents / digest
        if not place.exists():
            self._contents.mkdir(parents=True, exist_ok=True)
            unfinished = place.with_suffix(".unfinished")
            _write(unfinished, content)
            unfinished.rename(place)
            _sync_folder(self._contents)
        return digest

    def write(
        self,
        number: int,
        files: Iterable[tuple[str, bytes]],
        contents: Iterable[str],
        now: float,
    ) -> Manifest:
        """Writes a save whole, after which those before the last are removed.

        contents: of what lies beside it, known once all files are made.
        """
        unfinished = self._folder / _UNFINISHED
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        before = self.newest()
        digests = {name: self._place_file(unfinished / name, made, before) for name, made in files}
        manifest = Manifest(number, now, digests, tuple(sorted(set(contents))))
        _write(unfinished / _MANIFEST, json.dumps(asdict(manifest)).encode())
        _sync_folder(unfinished)
        unfinished.rename(self._place(number))
        _sync_folder(self._folder)
        self._remove_old()
        return manifest

    def next_number(self) -> int:
        return next(self._numbers(), 0) + 1

    def _place_file(self, path: Path, made: bytes, before: Manifest | None) -> str:
        digest = hashlib.sha256(made).hexdigest()
        same = before is not None and before.files.get(path.name) == digest
        if before is None or not same or not _link(self._place(before.number) / path.name, path):
            _write(path, made)
        return digest

    def _whole(self, number: int) -> Manifest | None:
        manifest = self._manifest(number)
        if manifest is None:
            return None
        place = self._place(number)
        files = all(_has(place / name, digest) for name, digest in manifest.files.items())
        contents = all((self._contents / one).exists() for one in manifest.contents)
        return manifest if files and contents else None

    def _manifest(self, number: int) -> Manifest | None:
        try:
            found = json.loads((self._place(number) / _MANIFEST).read_bytes())
            return replace(Manifest(**found), contents=tuple(found["contents"]))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def _remove_old(self) -> None:
        numbers = list(self._numbers())
        for number in numbers[_KEPT:]:
            shutil.rmtree(self._place(number), ignore_errors=True)
        manifests = [self._manifest(number) for number in numbers[:_KEPT]]
        known = {one for manifest in manifests if manifest for one in manifest.contents}
        for path in self._contents.iterdir() if self._contents.exists() else ():
            if path.name not in known:
                path.unlink(missing_ok=True)
        # MiniStack's own, of a release that saved at its end only
        for path in self._folder.glob("*.json"):
            path.unlink()
        shutil.rmtree(self._folder / "lambda-blobs", ignore_errors=True)

    def _numbers(self) -> Iterator[int]:
        """Those of all saves, the newest first."""
        found = [path.name.removeprefix(_PREFIX) for path in self._folder.glob(f"{_PREFIX}*")]
        return iter(sorted((int(one) for one in found if one.isdigit()), reverse=True))

    def _place(self, number: int) -> Path:
        return self._folder / f"{_PREFIX}{number}"


def _has(path: Path, digest: str) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == digest
    except OSError:
        return False


def _link(known: Path, path: Path) -> bool:
    """False on a file system without hard links."""
    try:
        os.link(known, path)
    except OSError:
        return False
    return True


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Names of files are on the disk once their folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""What a video job finds, on disk as it is found: an hour of findings never lies in memory.

A job has a file of JSON lines, one for each item of its answers, in the order of time. Where a
line begins, its time and what else its answers can be sorted by are kept in the job's result.
"""

import json
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

Item = Mapping[str, Any]


@dataclass
class Findings:
    """Writes the items of one job, and remembers where they are."""

    file: IO[bytes]
    key: Callable[[Item], str | int]
    offsets: "array[int]" = field(default_factory=lambda: array("q"))
    keys: list[str | int] = field(default_factory=list)

    def add(self, items: Sequence[Item]) -> None:
        for item in items:
            self.offsets.append(self.file.tell())
            self.keys.append(self.key(item))
            self.file.write(json.dumps(item, separators=(",", ":")).encode() + b"\n")

    def index(self) -> dict[str, Any]:
        """What the job's result has to hold."""
        return {"Offsets": list(self.offsets), "Keys": self.keys}


class FindingsStore:
    """The folder of these files; a name is a job's id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def writing(self, job_id: str, key: Callable[[Item], str | int]) -> Iterator[Findings]:
        """Begin the file of a job anew; it stays only when the `with` ends well."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(job_id)
        try:
            with path.open("wb") as file:
                yield Findings(file, key)
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def read(self, job_id: str, offsets: Sequence[int]) -> list[Item]:
        """The items that begin at these places."""
        if not offsets:
            return []
        with self._path(job_id).open("rb") as file:
            return [_read(file, offset) for offset in offsets]

    def keep_only(self, is_known: Callable[[str], bool]) -> None:
        """Remove the files of jobs that are gone."""
        for path in self._folder.glob("*.jsonl"):
            if not is_known(path.stem):
                path.unlink(missing_ok=True)

    def _path(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.jsonl"


def _read(file: IO[bytes], offset: int) -> Item:
    file.seek(offset)
    item: Item = json.loads(file.readline())
    return item

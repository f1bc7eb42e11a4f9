"""The jobs on disk: a folder each, with the job as it stands and its result once there is one."""

import logging
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analysis.files import read_json, write_json

LOG = logging.getLogger(__name__)

UNFINISHED = ("SUBMITTED", "IN_PROGRESS")
_SAFE = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True)
class Job:
    """One job. Times are seconds since 1970; `message` says why it failed.

    `status` is SUBMITTED, IN_PROGRESS, SUCCEEDED, FAILED or STOPPED.
    """

    id: str
    kind: str
    status: str
    request: Mapping[str, Any]
    name: str
    created: float
    started: float | None = None
    ended: float | None = None
    message: str = ""

    @property
    def is_unfinished(self) -> bool:
        return self.status in UNFINISHED


@dataclass(frozen=True)
class Record:
    """A job and what only its keeper needs to know.

    `attempts` counts how often it was begun, `announced` is whether those who wait were told.
    """

    job: Job
    token: str | None = None
    attempts: int = 0
    announced: bool = False


class JobStore:
    """Reads and writes records; nothing else may write into the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self) -> Iterator[Record]:
        """All records; a damaged one is logged and left where it is."""
        for path in sorted(self._folder.glob("*/*/job.json")):
            try:
                document = read_json(path)
                yield Record(**{**document, "job": Job(**document["job"])})
            except (OSError, ValueError, TypeError, KeyError) as error:
                LOG.warning("%s cannot be read: %s", path, error)

    def save(self, record: Record) -> None:
        write_json(self._place(record.job) / "job.json", asdict(record))

    def save_result(self, job: Job, result: Mapping[str, Any]) -> None:
        write_json(self._place(job) / "result.json", result)

    def result(self, job: Job) -> Mapping[str, Any]:
        """What the work of a job returned; raises FileNotFoundError as long as there is nothing."""
        document: Mapping[str, Any] = read_json(self._place(job) / "result.json")
        return document

    def remove(self, job: Job) -> None:
        # without its record it is gone, whatever happens next
        (self._place(job) / "job.json").unlink(missing_ok=True)
        shutil.rmtree(self._place(job), ignore_errors=True)

    def _place(self, job: Job) -> Path:
        for part in (job.kind, job.id):
            if not _SAFE.fullmatch(part):
                raise ValueError(f"{part!r} cannot be the name of a folder")
        return self._folder / job.kind / job.id

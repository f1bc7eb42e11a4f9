"""Jobs: started by one call, done in the background, asked for by later ones.

They are files below the state folder, so that a job and its result outlive the server: what was
not finished when it ended is done again when it starts. A bounded number of threads do the work.
"""

import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from analysis import cores, memory
from analysis.faults import ServiceError
from analysis.job_store import Job, JobStore, Record

__all__ = ["Job", "JobFailed", "JobStopped", "Jobs"]

LOG = logging.getLogger(__name__)

Work = Callable[[Job], Mapping[str, Any]]
Announce = Callable[[Job], None]

# a job that ends the server each time it is begun is not begun for ever
_MOST_ATTEMPTS = 3
# the longest that a service knows a job that has ended
_LASTS_SECONDS = 90 * 24 * 3_600
# a job that has not ended by then is done again next time
_CLOSE_SECONDS = 2
_BROKE = "An internal error occurred; the log of the analysis server says why"


class JobFailed(Exception):
    """The work cannot be done; the text becomes the job's failure message."""


class JobStopped(Exception):
    """Somebody stopped the job, or the server ends: the work ends without a result."""


@dataclass(frozen=True)
class _Kind:
    work: Work
    announce: Announce | None
    lasts: float


class Jobs:
    """The jobs of all services. Every method may be called by any thread."""

    def __init__(
        self, folder: Path, workers: int | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = JobStore(folder)
        self._clock = clock
        self._kinds: dict[str, _Kind] = {}
        self._lock = threading.RLock()
        self._queue: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._records = {record.job.id: record for record in self._store.load()}
        # job -> how much of it is done, of those that are at work and know it
        self._shares: dict[str, float] = {}
        self._ending = threading.Event()
        # a job waits for programs and for S3 as well; what computes queues for the cores besides
        count = workers or max(2, cores.available())
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(count)]

    def register(
        self,
        kind: str,
        work: Work,
        announce: Announce | None = None,
        lasts: float = _LASTS_SECONDS,
    ) -> None:
        """Say how jobs of a kind are done.

        work: returns the result, which can be written as JSON; raises JobFailed when it cannot be
        done. It may run more than once. announce: called with the job once it has ended. lasts: for
        how many seconds after its end the job is known.
        """
        self._kinds[kind] = _Kind(work, announce, lasts)

    def resume(self) -> None:
        """Begin to work, with the jobs that were left; all kinds must be registered."""
        self._forget_old_ones()
        with self._lock:
            left = sorted(self._records.values(), key=lambda record: record.job.created)
            for record in left:
                kind = self._kinds.get(record.job.kind)
                if kind is not None and (record.job.is_unfinished or not record.announced):
                    self._queue.put(record.job.id)
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """End the threads; work that asks `go_on` ends early and is done again next time."""
        self._ending.set()
        for _ in self._threads:
            self._queue.put(None)
        deadline = time.monotonic() + _CLOSE_SECONDS
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=max(deadline - time.monotonic(), 0))
        with self._lock:
            begun = [r for r in self._records.values() if r.job.status == "IN_PROGRESS"]
            for record in begun:
                # it was not the job that ended the server
                job = replace(record.job, status="SUBMITTED", started=None)
                self._keep(replace(record, job=job, attempts=0))

    def start(
        self,
        kind: str,
        request: Mapping[str, Any],
        *,
        token: str | None = None,
        name: str | None = None,
        at_once: int | None = None,
        too_many: ServiceError | None = None,
        among: Sequence[str] = (),
        mismatch: str = "IdempotentParameterMismatchException",
    ) -> Job:
        """Put a job into the queue, or find the one that this token has started already.

        at_once, among: how many unfinished jobs of this kind, and of the kinds in `among`, there
        may be; `too_many` is raised past it. mismatch: the code of the ServiceError that is raised
        when the token has started a job with another request.
        """
        if kind not in self._kinds:
            raise ValueError(f"nobody does jobs of kind {kind}")
        with self._lock:
            before = self._started_by(kind, token)
            if before is not None:
                if before.request != request:
                    raise ServiceError(mismatch, "This token was used for another request")
                return before
            if at_once is not None and self._count({kind, *among}) >= at_once:
                raise too_many or ServiceError("LimitExceededException", "Too many open jobs")
            identity = secrets.token_hex(16)
            job = Job(identity, kind, "SUBMITTED", request, name or identity, self._clock())
            self._keep(Record(job, token))
            self._queue.put(job.id)
        return job

    def get(self, kind: str, job_id: str) -> Job | None:
        """The job as it stands now; None when there is none of that kind."""
        with self._lock:
            record = self._records.get(job_id)
            if record is None or record.job.kind != kind or self._is_forgotten(record.job):
                return None
            return record.job

    def find(self, kind: str, name: str) -> Job | None:
        """The newest job of that name."""
        return next((job for job in self.list(kind) if job.name == name), None)

    def list(self, kind: str) -> list[Job]:
        """All jobs of a kind, the newest first."""
        with self._lock:
            known = [record.job for record in self._records.values() if record.job.kind == kind]
            jobs = [job for job in known if not self._is_forgotten(job)]
        # of two in one moment the later one is the newer
        jobs.reverse()
        return sorted(jobs, key=lambda job: -job.created)

    def result(self, job: Job) -> Mapping[str, Any]:
        """What the work of a job that SUCCEEDED returned."""
        return self._store.result(job)

    def stop(self, kind: str, job_id: str) -> Job | None:
        """End a job without a result; one that has ended stays as it is, None stands for none."""
        with self._lock:
            job = self.get(kind, job_id)
            if job is None or not job.is_unfinished:
                return job
            return self._end(job.id, "STOPPED", "")

    def remove(self, kind: str, job_id: str) -> None:
        """Forget a job and its result; work that goes on ends at its next `go_on`."""
        with self._lock:
            job = self.get(kind, job_id)
            if job is not None:
                del self._records[job_id]
                self._store.remove(job)

    def go_on(self, job: Job) -> None:
        """To be called by work now and then: raises JobStopped when it should end."""
        with self._lock:
            record = self._records.get(job.id)
        if self._ending.is_set() or record is None or not record.job.is_unfinished:
            raise JobStopped(job.id)

    def advance(self, job: Job, share: float) -> None:
        """As `go_on`, by work that knows how much of it is done, from 0 to 1."""
        self.go_on(job)
        self._shares[job.id] = min(max(share, 0.0), 1.0)

    def at_work(self) -> Sequence[Mapping[str, Any]]:
        """The jobs that are being done: kind, request, and percent where it is known."""
        with self._lock:
            jobs = [one.job for one in self._records.values() if one.job.status == "IN_PROGRESS"]
        shares = {job.id: self._shares.get(job.id) for job in jobs}
        return [
            {
                "kind": job.kind,
                "request": job.request,
                **({} if (share := shares[job.id]) is None else {"percent": int(share * 100)}),
            }
            for job in jobs
        ]

    def _started_by(self, kind: str, token: str | None) -> Job | None:
        if token is None:
            return None
        started = (
            record.job
            for record in self._records.values()
            if record.token == token and record.job.kind == kind
        )
        return next((job for job in started if not self._is_forgotten(job)), None)

    def _count(self, kinds: set[str]) -> int:
        jobs = (record.job for record in self._records.values())
        return sum(job.is_unfinished and job.kind in kinds for job in jobs)

    def _keep(self, record: Record) -> None:
        self._store.save(record)
        self._records[record.job.id] = record

    def _serve(self) -> None:
        while (job_id := self._queue.get()) is not None:
            if self._ending.is_set():
                return
            try:
                self._attend(job_id)
            # a disk that is full, for example: this job is done again at the next start, and the
            # thread has others to do
            except Exception:
                LOG.exception("job %s was left", job_id)

    def _attend(self, job_id: str) -> None:
        with self._lock:
            record = self._records.get(job_id)
            if record is None:
                return
            begin = record.job.is_unfinished
            if begin:
                record = self._begin(record)
        kind = self._kinds[record.job.kind]
        if begin and record.job.is_unfinished:
            self._work(kind, record.job)
            # pictures and sound of a whole video went through
            memory.give_back()
        self._announce(kind, job_id)

    def _begin(self, record: Record) -> Record:
        if record.attempts >= _MOST_ATTEMPTS:
            reason = f"The analysis server ended {_MOST_ATTEMPTS} times while it worked on this"
            self._end(record.job.id, "FAILED", reason)
            return self._records[record.job.id]
        job = replace(record.job, status="IN_PROGRESS", started=self._clock())
        begun = replace(record, job=job, attempts=record.attempts + 1)
        self._keep(begun)
        return begun

    def _work(self, kind: _Kind, job: Job) -> None:
        LOG.info("%s %s begins", job.kind, job.id)
        try:
            result = self._worked(kind, job)
        except JobStopped:
            return
        except JobFailed as error:
            self._settle(job, "FAILED", str(error))
        except ServiceError as error:
            self._settle(job, "FAILED", error.message)
        # whatever breaks in a model or a library ends this job only; the log keeps the traceback
        except Exception:
            LOG.exception("%s %s broke", job.kind, job.id)
            self._settle(job, "FAILED", _BROKE)
        else:
            self._settle(job, "SUCCEEDED", "", result)

    def _worked(self, kind: _Kind, job: Job) -> Mapping[str, Any]:
        try:
            return kind.work(job)
        finally:
            # one that is done again begins anew
            self._shares.pop(job.id, None)

    def _settle(
        self, job: Job, status: str, message: str, result: Mapping[str, Any] | None = None
    ) -> None:
        with self._lock:
            record = self._records.get(job.id)
            if record is None or not record.job.is_unfinished:
                # stopped or removed while the work went on
                return
            if result is not None:
                self._store.save_result(job, result)
            self._end(job.id, status, message)

    def _end(self, job_id: str, status: str, message: str) -> Job:
        record = self._records[job_id]
        job = replace(record.job, status=status, message=message, ended=self._clock())
        self._keep(replace(record, job=job))
        LOG.info("%s %s: %s %s", job.kind, job.id, status, message)
        return job

    def _announce(self, kind: _Kind, job_id: str) -> None:
        with self._lock:
            record = self._records.get(job_id)
        if record is None or record.announced or record.job.is_unfinished:
            return
        if kind.announce is not None:
            kind.announce(record.job)
        with self._lock:
            if job_id in self._records:
                self._keep(replace(self._records[job_id], announced=True))

    def _is_forgotten(self, job: Job) -> bool:
        """Whether it has ended so long ago that its service knows it no more."""
        kind = self._kinds.get(job.kind)
        lasts = kind.lasts if kind is not None else _LASTS_SECONDS
        return job.ended is not None and job.ended + lasts <= self._clock()

    def _forget_old_ones(self) -> None:
        with self._lock:
            jobs = [record.job for record in self._records.values()]
            for job in filter(self._is_forgotten, jobs):
                del self._records[job.id]
                self._store.remove(job)

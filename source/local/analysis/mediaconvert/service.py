"""MediaConvert's row in the table of services: jobs that ffmpeg does, and one queue for them."""

import re
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.aws_json import Request, Service
from analysis.context import Context
from analysis.faults import ServiceError
from analysis.jobs import Job
from analysis.local_stack import ACCOUNT, REGION
from analysis.mediaconvert.known_settings import DONE, NO_EFFECT, group, one_of
from analysis.mediaconvert.plan import read_job
from analysis.mediaconvert.work import Progress, convert
from analysis.pages import page

_KIND = "mediaconvert"
_ARN = f"arn:aws:mediaconvert:{REGION}:{ACCOUNT}:"
_QUEUE = f"{_ARN}queues/Default"
_STATUSES = {
    "SUBMITTED": "SUBMITTED",
    "IN_PROGRESS": "PROGRESSING",
    "SUCCEEDED": "COMPLETE",
    "FAILED": "ERROR",
    "STOPPED": "CANCELED",
}
# the service answers with the first job when its token comes again so soon
_TOKEN_SECONDS = 60
_PAGE = 20
_CODE = re.compile(r"(\d{4}) (.*)", re.DOTALL)

_check_request = group(
    {
        "Role": NO_EFFECT,
        "Settings": DONE,
        "Queue": DONE,
        "UserMetadata": DONE,
        "ClientRequestToken": DONE,
        "Tags": NO_EFFECT,
        "BillingTagsSource": NO_EFFECT,
        "StatusUpdateInterval": NO_EFFECT,
        "Priority": one_of(0),
        "HopDestinations": one_of([]),
        "SimulateReservedQueue": one_of("DISABLED"),
        "AccelerationSettings": group({"Mode": one_of("DISABLED", "PREFERRED")}),
    }
)


def mediaconvert(context: Context) -> Service:
    """The service; its functions may be called by several threads."""
    jobs = MediaConvertJobs(context)
    return Service(
        "mediaconvert",
        {
            "CreateJob": jobs.create,
            "GetJob": jobs.get,
            "ListJobs": jobs.list,
            "CancelJob": jobs.cancel,
            "DescribeEndpoints": jobs.endpoints,
            "ListQueues": jobs.queues,
            "GetQueue": jobs.queue,
        },
    )


class MediaConvertJobs:
    """The operations, over the jobs of the server."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._folder: Path = context.state / "mediaconvert"
        self._lock = threading.Lock()
        # of jobs that are being done; a job that is done again begins anew
        self._progress: dict[str, Progress] = {}
        context.jobs.register(_KIND, self._work)

    def create(self, request: Request) -> Mapping[str, Any]:
        _check_request("", request)
        _find_queue(request.get("Queue", _QUEUE))
        read_job(request["Settings"])
        # two calls at a time with one token are one job
        with self._lock:
            job = self._started_by(request.get("ClientRequestToken"))
            if job is None:
                job = self._context.jobs.start(_KIND, request)
        return {"Job": self._document(job)}

    def get(self, request: Request) -> Mapping[str, Any]:
        return {"Job": self._document(self._find(request["Id"]))}

    def list(self, request: Request) -> Mapping[str, Any]:
        if "Queue" in request:
            _find_queue(request["Queue"])
        jobs = self._context.jobs.list(_KIND)
        if request.get("Order") == "ASCENDING":
            jobs.reverse()
        wanted = request.get("Status")
        chosen = [job for job in jobs if wanted in (None, _STATUSES[job.status])]
        belongs_to = f"jobs {request.get('Order')} {wanted}"
        invalid = ServiceError("BadRequestException", "The nextToken is not valid")
        size = request.get("MaxResults", _PAGE)
        found, token = page(chosen, size, request.get("NextToken"), belongs_to, invalid)
        more = {"NextToken": token} if token else {}
        return {"Jobs": [self._document(job) for job in found], **more}

    def cancel(self, request: Request) -> Mapping[str, Any]:
        job = self._find(request["Id"])
        if not job.is_unfinished:
            status = _STATUSES[job.status]
            raise ServiceError("ConflictException", f"The job {job.id} has ended: {status}")
        self._context.jobs.stop(_KIND, job.id)
        return {}

    def endpoints(self, _request: Request) -> Mapping[str, Any]:
        return {"Endpoints": [{"Url": self._context.address()}]}

    def queues(self, _request: Request) -> Mapping[str, Any]:
        return {"Queues": [self._queue()]}

    def queue(self, request: Request) -> Mapping[str, Any]:
        _find_queue(request["Name"])
        return {"Queue": self._queue()}

    def _work(self, job: Job) -> Mapping[str, Any]:
        def tell(progress: Progress) -> None:
            self._progress[job.id] = progress
            self._context.jobs.advance(job, progress.percent / 100)

        try:
            return convert(
                self._context,
                read_job(job.request["Settings"]),
                self._folder / job.id,
                go_on=lambda: self._context.jobs.go_on(job),
                tell=tell,
            )
        finally:
            self._progress.pop(job.id, None)

    def _started_by(self, token: str | None) -> Job | None:
        if token is None:
            return None
        recent = time.time() - _TOKEN_SECONDS
        return next(
            (
                job
                for job in self._context.jobs.list(_KIND)
                if job.request.get("ClientRequestToken") == token and job.created >= recent
            ),
            None,
        )

    def _find(self, job_id: str) -> Job:
        job = self._context.jobs.get(_KIND, job_id)
        if job is None:
            raise ServiceError("NotFoundException", f"There is no job {job_id}")
        return job

    def _document(self, job: Job) -> dict[str, Any]:
        """A job as the service writes it."""
        request = job.request
        given = ("UserMetadata", "ClientRequestToken", "BillingTagsSource", "StatusUpdateInterval")
        return {
            "Id": job.id,
            "Arn": f"{_ARN}jobs/{job.id}",
            "Status": _STATUSES[job.status],
            "CreatedAt": job.created,
            "Queue": _QUEUE,
            "Priority": 0,
            "Role": request["Role"],
            "Settings": request["Settings"],
            "Timing": _timing(job),
            "AccelerationStatus": "NOT_APPLICABLE",
            **{name: request[name] for name in given if name in request},
            **self._state(job),
        }

    def _state(self, job: Job) -> dict[str, Any]:
        if job.status == "IN_PROGRESS":
            progress = self._progress.get(job.id, Progress("PROBING", 0))
            return {"CurrentPhase": progress.phase, "JobPercentComplete": progress.percent}
        if job.status == "FAILED":
            coded = _CODE.fullmatch(job.message)
            if coded is None:
                return {"ErrorMessage": job.message}
            return {"ErrorCode": int(coded[1]), "ErrorMessage": coded[2]}
        if job.status != "SUCCEEDED":
            return {}
        result = self._context.jobs.result(job)
        return {
            "JobPercentComplete": 100,
            "OutputGroupDetails": result["OutputGroupDetails"],
            "Messages": {"Info": [], "Warning": result["Warnings"]},
        }

    def _queue(self) -> dict[str, Any]:
        statuses = [job.status for job in self._context.jobs.list(_KIND)]
        return {
            "Name": "Default",
            "Arn": _QUEUE,
            "Type": "SYSTEM",
            "Status": "ACTIVE",
            "PricingPlan": "ON_DEMAND",
            "SubmittedJobsCount": statuses.count("SUBMITTED"),
            "ProgressingJobsCount": statuses.count("IN_PROGRESS"),
        }


def _find_queue(name: str) -> None:
    """There is one queue, by its name or ARN."""
    if name.rpartition("/")[2] != "Default":
        raise ServiceError("NotFoundException", f"There is no queue {name}, only Default")


def _timing(job: Job) -> dict[str, float]:
    times = {"SubmitTime": job.created, "StartTime": job.started, "FinishTime": job.ended}
    return {name: at for name, at in times.items() if at is not None}

"""What the jobs of Comprehend and Translate have in common: lists, stops, and where results go."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from analysis.faults import ServiceError
from analysis.jobs import Job, Jobs
from analysis.objects import Place, parse_s3_uri
from analysis.pages import page

_PAGE = 100

Describe = Callable[[Job], Mapping[str, Any]]


def list_jobs(
    jobs: Jobs,
    kind: str,
    request: Mapping[str, Any],
    describe: Describe,
    times: tuple[str, str],
) -> tuple[Sequence[Mapping[str, Any]], dict[str, str]]:
    """The descriptions of one page, and NextToken when there are more.

    times: what the service calls the filters for jobs submitted after and before a moment.
    Raises InvalidFilterException for more than one filter, as the services do.
    """
    wanted = request.get("Filter", {})
    after, before = times
    given = [name for name in ("JobName", "JobStatus") if name in wanted]
    if len(given) + any(name in wanted for name in times) > 1:
        raise ServiceError("InvalidFilterException", "Only one filter can be set at a time")
    described = [
        describe(job)
        for job in jobs.list(kind)
        if wanted.get("JobName", job.name) == job.name
        and wanted.get(after, 0) <= job.created
        and (before not in wanted or job.created <= wanted[before])
    ]
    status = wanted.get("JobStatus")
    found = [one for one in described if status in (None, one["JobStatus"])]
    invalid = ServiceError("InvalidRequestException", "NextToken is not valid for this list")
    shown, token = page(
        found,
        request.get("MaxResults", _PAGE),
        request.get("NextToken"),
        f"{kind} {sorted(wanted.items(), key=str)}",
        invalid,
    )
    return shown, {"NextToken": token} if token else {}


def status_of_stop(before: Job, after: Job, status: str) -> str:
    """What Stop… answers: a job that was at work is only asked to stop; others are as `status`."""
    asked = before.status == "IN_PROGRESS" and after.status == "STOPPED"
    return "STOP_REQUESTED" if asked else status


def output_folder(job: Job, label: str) -> Place:
    """The job's own folder, `<account>-<label>-<job>/`, below the one that was asked for.

    The service puts one slash between them, and keeps those that are there.
    """
    place = parse_s3_uri(job.request["OutputDataConfig"]["S3Uri"])
    prefix = f"{place.key}/" if place.key and not place.key.endswith("/") else place.key
    account = job.request["DataAccessRoleArn"].split(":")[4]
    return Place(place.bucket, f"{prefix}{account}-{label}-{job.id}/")

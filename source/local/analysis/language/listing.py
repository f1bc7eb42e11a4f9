"""Lists of jobs as Comprehend and Translate give them: filtered, newest first, in pages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from analysis.faults import ServiceError
from analysis.jobs import Job, Jobs
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

"""The video jobs of Rekognition: one function starts them all, and one answers for them."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.aws_json import Function, Reply, Request
from analysis.context import Context
from analysis.faults import ServiceError
from analysis.jobs import Job
from analysis.local_stack import ACCOUNT
from analysis.pages import page
from analysis.rekognition import limits
from analysis.rekognition.video_kinds import KINDS, Kind
from analysis.rekognition.video_source import (
    audio_metadata,
    check_source,
    fetched,
    video_metadata,
)
from analysis.rekognition.video_store import FindingsStore, Item

_STATUS = {"SUBMITTED": "IN_PROGRESS", "STOPPED": "FAILED"}
_RETIRED = "StartPersonTracking", "GetPersonTracking"


def video_operations(context: Context, kinds: Sequence[Kind] = KINDS) -> dict[str, Function]:
    """The functions of all video jobs by their operation; their work is made known to the jobs."""
    folder = context.state / "rekognition"
    store, working = FindingsStore(folder / "video"), folder / "working"
    # what a server that was killed left there
    shutil.rmtree(working, ignore_errors=True)
    known = [kind.job for kind in kinds]
    store.keep_only(lambda job_id: any(context.jobs.get(kind, job_id) for kind in known))
    operations: dict[str, Function] = dict.fromkeys(_RETIRED, _refuse_tracking)
    for kind in kinds:
        context.jobs.register(
            kind.job,
            _work(context, kind, store, working),
            _announce(context, kind),
            limits.JOB_LASTS,
        )
        operations[kind.start] = _start(context, kind, known)
        operations[kind.get] = _get(context, kind, store)
    return operations


def _refuse_tracking(_request: Request) -> Mapping[str, Any]:
    # the service ended on 31 October 2025; accounts are refused in this way since
    text = "Amazon Rekognition People Pathing is no longer available"
    raise ServiceError("AccessDeniedException", text)


def _start(context: Context, kind: Kind, among: Sequence[str]) -> Function:
    def start(request: Request) -> Mapping[str, Any]:
        context.models.require(kind.family)
        check_source(context.objects, request["Video"])
        kind.check(context, request)
        wanted = {name: value for name, value in request.items() if name != "ClientRequestToken"}
        job = context.jobs.start(
            kind.job,
            wanted,
            token=request.get("ClientRequestToken"),
            at_once=limits.MOST_JOBS,
            among=among,
            too_many=_too_many(),
        )
        return {"JobId": job.id}

    return start


def _too_many() -> ServiceError:
    text = f"{limits.MOST_JOBS}  open Jobs for User {ACCOUNT}. Maximum limit: {limits.MOST_JOBS}"
    return ServiceError("LimitExceededException", text)


def _work(
    context: Context, kind: Kind, store: FindingsStore, working: Path
) -> Callable[[Job], Mapping[str, Any]]:
    def work(job: Job) -> Mapping[str, Any]:
        def go_on() -> None:
            context.jobs.go_on(job)

        place = job.request["Video"]
        video = fetched(
            context.objects,
            place,
            working,
            go_on,
            listens=kind.listens,
            advance=lambda share: context.jobs.advance(job, share),
        )
        with video as source, store.writing(job.id, _sorting(kind)) as findings:
            kind.work(context, job.request, source, findings.add)
            return {
                "Video": video_metadata(source.facts),
                "Audio": audio_metadata(source.facts),
                **findings.index(),
            }

    return work


def _sorting(kind: Kind) -> Callable[[Item], str | int]:
    """What an item is sorted by when it is not by time; a kind has one such order or none."""
    return next(iter(kind.sorts.values()), lambda _item: 0)


def _get(context: Context, kind: Kind, store: FindingsStore) -> Function:
    def get(request: Request) -> Mapping[str, Any] | Reply:
        job = context.jobs.get(kind.job, request["JobId"])
        if job is None:
            raise ServiceError("ResourceNotFoundException", "Could not find JobId")
        _check_form(request)
        status = _STATUS.get(job.status, job.status)
        answer = {
            "JobId": job.id,
            "JobStatus": status,
            "Video": job.request["Video"],
            **_given("JobTag", job.request),
        }
        if status == "SUCCEEDED":
            found = _findings(context, kind, store, job, request)
            return Reply({**answer, **found}, kind.headers())
        return {**answer, **({"StatusMessage": job.message} if status == "FAILED" else {})}

    return get


def _check_form(request: Request) -> None:
    if request.get("AggregateBy", "TIMESTAMPS") != "TIMESTAMPS":
        text = "AggregateBy SEGMENTS is not part of the local analysis"
        raise ServiceError("InvalidParameterException", text)


def _given(name: str, request: Mapping[str, Any]) -> dict[str, Any]:
    return {name: request[name]} if name in request else {}


def _findings(
    context: Context, kind: Kind, store: FindingsStore, job: Job, request: Request
) -> dict[str, Any]:
    result = context.jobs.result(job)
    offsets, by = result["Offsets"], request.get("SortBy", "TIMESTAMP")
    # sorting is stable: what is equal stays in the order of time
    order = (
        sorted(range(len(offsets)), key=result["Keys"].__getitem__) if by in kind.sorts else None
    )
    chosen, token = page(
        order if order is not None else range(len(offsets)),
        min(request.get("MaxResults", limits.LARGEST_PAGE), limits.LARGEST_PAGE),
        request.get("NextToken"),
        f"{job.id} {by}",
        ServiceError("InvalidPaginationTokenException", "Invalid pagination token"),
        lasts=limits.PAGE_TOKEN_LASTS,
    )
    # of segments alone there may be several videos, and sound
    many = kind.operation == "SegmentDetection"
    return {
        kind.items: store.read(job.id, [offsets[index] for index in chosen]),
        "VideoMetadata": [result["Video"]] if many else result["Video"],
        **({"AudioMetadata": result["Audio"]} if many else {}),
        **kind.answer(job.request),
        **_echo(kind, request),
        **({"NextToken": token} if token else {}),
    }


def _echo(kind: Kind, request: Request) -> dict[str, Any]:
    if not kind.echo:
        return {}
    defaults = {"SortBy": "TIMESTAMP", "AggregateBy": "TIMESTAMPS"}
    return {"GetRequestMetadata": {name: request.get(name, defaults[name]) for name in kind.echo}}


def _announce(context: Context, kind: Kind) -> Callable[[Job], None]:
    def announce(job: Job) -> None:
        channel = job.request.get("NotificationChannel")
        if channel is None:
            return
        place = job.request["Video"]["S3Object"]
        message = {
            "JobId": job.id,
            "Status": _STATUS.get(job.status, job.status),
            "API": kind.start,
            **_given("JobTag", job.request),
            "Timestamp": round((job.ended or job.created) * 1_000),
            "Video": {"S3ObjectName": place["Name"], "S3Bucket": place["Bucket"]},
        }
        context.notifications.publish(channel["SNSTopicArn"], message)

    return announce

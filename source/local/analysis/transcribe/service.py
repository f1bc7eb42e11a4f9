"""Transcribe's row in the table of services."""

import threading
from collections.abc import Mapping
from typing import Any

import botocore.session

from analysis.aws_json import Request, Service
from analysis.context import Context
from analysis.faults import ServiceError
from analysis.jobs import Job
from analysis.objects import ObjectUnavailable
from analysis.pages import page
from analysis.speech.loading import whisper
from analysis.transcribe import limits
from analysis.transcribe.job_request import bad_request, check
from analysis.transcribe.job_work import JobWork
from analysis.transcribe.vocabularies import Vocabularies

KIND = "transcribe-transcription"
_STATUS = {"SUBMITTED": "QUEUED", "IN_PROGRESS": "IN_PROGRESS", "SUCCEEDED": "COMPLETED"}
_LINK_SECONDS = 15 * 60
_PAGE = 5
_ECHOED = (
    "LanguageCode", "MediaFormat", "MediaSampleRateHertz", "Media", "Settings", "ModelSettings",
    "JobExecutionSettings", "IdentifyLanguage", "LanguageOptions", "Tags",
)  # fmt: skip
_FOUND = ("LanguageCode", "MediaFormat", "MediaSampleRateHertz", "IdentifiedLanguageScore")
_IN_SUMMARIES = (
    "TranscriptionJobName", "CreationTime", "StartTime", "CompletionTime", "LanguageCode",
    "TranscriptionJobStatus", "FailureReason", "IdentifyLanguage", "IdentifiedLanguageScore",
    "LanguageCodes", "ModelSettings",
)  # fmt: skip


def transcribe(context: Context) -> Service:
    """The service; its functions may be called by several threads."""
    model = botocore.session.Session().get_service_model("transcribe")
    codes: tuple[str, ...] = tuple(model.shape_for("LanguageCode").metadata["enum"])
    context.jobs.register(KIND, JobWork(context, codes).do)
    calls = _Jobs(context)
    vocabularies = Vocabularies(context)

    def start(request: Request) -> Mapping[str, Any]:
        vocabularies.check_use(request)
        return calls.start(request)

    return Service(
        "transcribe",
        {
            "StartTranscriptionJob": start,
            "GetTranscriptionJob": calls.get,
            "ListTranscriptionJobs": calls.list,
            "DeleteTranscriptionJob": calls.delete,
            "CreateVocabulary": vocabularies.create,
            "GetVocabulary": vocabularies.get,
            "ListVocabularies": vocabularies.list,
            "UpdateVocabulary": vocabularies.update,
            "DeleteVocabulary": vocabularies.delete,
            "ListLanguageModels": _list_language_models,
            "DescribeLanguageModel": _describe_language_model,
        },
    )


def _list_language_models(request: Request) -> Mapping[str, Any]:
    """None can be made here, so that there are none."""
    if "NextToken" in request:
        raise bad_request("NextToken is not valid")
    return {"Models": []}


def _describe_language_model(request: Request) -> Mapping[str, Any]:
    name = request["ModelName"]
    raise ServiceError("NotFoundException", f"The requested language model {name} doesn't exist.")


class _Jobs:
    """The calls that are about jobs."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._names = threading.Lock()

    def start(self, request: Request) -> Mapping[str, Any]:
        models, objects = self._context.models, self._context.objects
        # before anything else: whoever lacks the family learns how to install it
        with models.use(whisper(models)) as model:
            languages = model.languages
        place = check(request, languages)
        try:
            objects.size(place.bucket, place.key)
        except ObjectUnavailable as error:
            raise bad_request(
                "The specified S3 URI can't be accessed. Make sure that you have read permission "
                "and try your request again."
            ) from error
        bucket = request.get("OutputBucketName")
        if bucket is not None and not objects.can_write_to(bucket):
            raise bad_request(f"The S3 bucket {bucket} can't be accessed.")
        name = request["TranscriptionJobName"]
        with self._names:
            if self._context.jobs.find(KIND, name) is not None:
                raise ServiceError(
                    "ConflictException",
                    "The requested job name already exists. Use a different job name.",
                )
            job = self._context.jobs.start(
                KIND, dict(request), name=name, at_once=_most_jobs(request), too_many=_too_many()
            )
        return {"TranscriptionJob": self._describe(job)}

    def get(self, request: Request) -> Mapping[str, Any]:
        return {"TranscriptionJob": self._describe(self._find(request["TranscriptionJobName"]))}

    def list(self, request: Request) -> Mapping[str, Any]:
        part, status = request.get("JobNameContains", "").lower(), request.get("Status")
        chosen = [
            job
            for job in self._context.jobs.list(KIND)
            if part in job.name.lower() and status in (None, _status(job))
        ]
        invalid = bad_request("NextToken is not valid")
        size, token = request.get("MaxResults", _PAGE), request.get("NextToken")
        some, following = page(chosen, size, token, f"{KIND} {part} {status}", invalid)
        return {
            "TranscriptionJobSummaries": [self._summary(job) for job in some],
            **({"Status": status} if status else {}),
            **({"NextToken": following} if following else {}),
        }

    def delete(self, request: Request) -> Mapping[str, Any]:
        # a job that is not there is as good as deleted, says the service's page of this call
        job = self._context.jobs.find(KIND, request["TranscriptionJobName"])
        if job is not None:
            self._context.jobs.remove(KIND, job.id)
        return {}

    def _find(self, name: str) -> Job:
        job = self._context.jobs.find(KIND, name)
        if job is None:
            raise ServiceError(
                "NotFoundException", "The requested job couldn't be found. Check the job name."
            )
        return job

    def _summary(self, job: Job) -> dict[str, Any]:
        described = self._describe(job)
        place = "CUSTOMER_BUCKET" if "OutputBucketName" in job.request else "SERVICE_BUCKET"
        known = {key: described[key] for key in _IN_SUMMARIES if key in described}
        return {**known, "OutputLocationType": place}

    def _describe(self, job: Job) -> dict[str, Any]:
        request = job.request
        described = {
            "TranscriptionJobName": job.name,
            "TranscriptionJobStatus": _status(job),
            **{key: request[key] for key in _ECHOED if key in request},
            "CreationTime": job.created,
            **({"StartTime": job.started} if job.started is not None else {}),
            **({"CompletionTime": job.ended} if job.ended is not None else {}),
            **({"FailureReason": job.message} if job.status == "FAILED" else {}),
        }
        found = self._context.jobs.result(job) if job.status == "SUCCEEDED" else {}
        described |= {key: found[key] for key in _FOUND if key in found}
        urls = [self._url(found["Bucket"], key, request) for key in found.get("Keys", ())]
        if urls:
            described["Transcript"] = {"TranscriptFileUri": urls[0]}
        if "Subtitles" in request:
            files = {"SubtitleFileUris": urls[1:]} if urls else {}
            described["Subtitles"] = {**request["Subtitles"], **files}
        return described

    def _url(self, bucket: str, key: str, request: Mapping[str, Any]) -> str:
        """Signed for what lies in the service's bucket, as it is for one of the caller's own."""
        if "OutputBucketName" in request:
            return self._context.objects.url(bucket, key)
        return self._context.objects.signed_url(bucket, key, _LINK_SECONDS)


def _most_jobs(request: Request) -> int:
    """How many jobs may be unfinished already."""
    may_wait = request.get("JobExecutionSettings", {}).get("AllowDeferredExecution", False)
    return limits.MOST_JOBS + (limits.MOST_DEFERRED if may_wait else 0)


def _too_many() -> ServiceError:
    text = "You have too many jobs running at the same time. Try your request again later."
    return ServiceError("LimitExceededException", text)


def _status(job: Job) -> str:
    return _STATUS.get(job.status, "FAILED")

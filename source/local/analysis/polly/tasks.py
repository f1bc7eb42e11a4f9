"""Speech as a task: written into a bucket, asked for by its id, and announced to a topic."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis import media
from analysis.context import Context
from analysis.faults import ServiceError
from analysis.jobs import Job, JobFailed
from analysis.objects import ObjectUnavailable
from analysis.pages import page
from analysis.polly import limits
from analysis.polly.speech_request import Request, check
from analysis.polly.synthesis import FORMATS, synthesise
from analysis.speech.phonemes import Unspeakable

KIND = "polly-speech"
_STATUS = {"SUBMITTED": "scheduled", "IN_PROGRESS": "inProgress", "SUCCEEDED": "completed"}
_ENDINGS = {"mp3": "mp3", "ogg_vorbis": "ogg", "pcm": "pcm"}
_PAGE = 100
_ECHOED = ("SnsTopicArn", "OutputFormat", "TextType", "VoiceId", "LanguageCode", "SampleRate")


class Tasks:
    """The calls that are about tasks, and their work."""

    def __init__(self, context: Context) -> None:
        self._context = context
        context.jobs.register(KIND, self._work, self._announce, limits.TASK_LASTS)

    def start(self, request: Request) -> Mapping[str, Any]:
        wanted = check(request, limits.LONGEST_TASK)
        self._context.models.require("voice")
        if not self._context.objects.can_write_to(request["OutputS3BucketName"]):
            raise ServiceError(
                "InvalidS3BucketException",
                f"The bucket {request['OutputS3BucketName']} does not exist, or is not yours",
            )
        kept = {**request, "Engine": wanted.engine, "SampleRate": str(wanted.rate)}
        return {"SynthesisTask": self._describe(self._context.jobs.start(KIND, kept))}

    def get(self, request: Request) -> Mapping[str, Any]:
        job = self._context.jobs.get(KIND, request["TaskId"])
        if job is None:
            raise ServiceError(
                "SynthesisTaskNotFoundException", f"There is no task {request['TaskId']}"
            )
        return {"SynthesisTask": self._describe(job)}

    def list(self, request: Request) -> Mapping[str, Any]:
        status = request.get("Status")
        chosen = [j for j in self._context.jobs.list(KIND) if status in (None, _status(j))]
        invalid = ServiceError("InvalidNextTokenException", "The NextToken is not valid")
        size, token = request.get("MaxResults", _PAGE), request.get("NextToken")
        some, following = page(chosen, size, token, f"{KIND} {status}", invalid)
        return {
            "SynthesisTasks": [self._describe(job) for job in some],
            **({"NextToken": following} if following else {}),
        }

    def _work(self, job: Job) -> Mapping[str, Any]:
        wanted = check(job.request, limits.LONGEST_TASK)
        _, kind = FORMATS[wanted.format]
        bucket, key = job.request["OutputS3BucketName"], _key(job)
        with tempfile.TemporaryDirectory(prefix="mie-polly-") as scratch:
            path = Path(scratch) / "speech"
            output = wanted.format, wanted.rate
            try:
                synthesise(
                    self._context.models,
                    wanted.voice,
                    wanted.text,
                    output,
                    path,
                    lambda: self._context.jobs.go_on(job),
                )
                self._context.objects.put(bucket, key, path, kind)
            except (Unspeakable, media.MediaRefused) as error:
                raise JobFailed(str(error)) from error
            except ObjectUnavailable as error:
                raise JobFailed(f"The bucket {bucket} cannot be written to: {error}") from error
        return {}

    def _announce(self, job: Job) -> None:
        topic = job.request.get("SnsTopicArn")
        if not topic:
            return
        task = {**self._describe(job), "CreationTime": int(job.created * 1_000)}
        lower = {f"{name[0].lower()}{name[1:]}": value for name, value in task.items()}
        self._context.notifications.publish(topic, lower)

    def _describe(self, job: Job) -> dict[str, Any]:
        request = job.request
        return {
            "TaskId": job.id,
            "TaskStatus": _status(job),
            **({"TaskStatusReason": job.message} if job.message else {}),
            # as the service writes it; the operators read bucket and key out of it
            "OutputUri": "https://s3.us-east-1.amazonaws.com/"
            f"{request['OutputS3BucketName']}/{_key(job)}",
            "CreationTime": job.created,
            "RequestCharacters": len(request["Text"]),
            "Engine": request["Engine"],
            **{key: request[key] for key in _ECHOED if key in request},
        }


def _key(job: Job) -> str:
    prefix = job.request.get("OutputS3KeyPrefix", "")
    start = f"{prefix}." if prefix else ""
    return f"{start}{job.id}.{_ENDINGS[job.request['OutputFormat']]}"


def _status(job: Job) -> str:
    return _STATUS.get(job.status, "failed")

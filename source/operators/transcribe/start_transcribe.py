"""TranscribeAudio and TranscribeVideo: starts the job that writes down what is said.

Amazon Transcribe reads the object itself, up to 2 GB of it, and hears its first audio track. Where
a video is larger, or another track is wanted, the audio that Mediaconvert or Thumbnail have
extracted from it in an earlier stage is taken.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import transcription_request
from botocore.exceptions import BotoCoreError, ClientError

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    OperatorError,
    OperatorInputError,
    OperatorSkipped,
    Status,
    aws_client,
    is_refused,
    object_size,
    operator_handler,
    started_job,
)

_FORMATS = frozenset({"mp3", "mp4", "wav", "flac", "m4a", "ogg", "amr", "webm"})
# "Maximum audio file size" of the service's quotas
_LARGEST_MEDIUM = 2 * 1024**3
_AUDIO_FIRST = ("Audio", "ProxyEncode", "Video")
_VIDEO_FIRST = ("ProxyEncode", "Video", "Audio")
# what Mediaconvert and Thumbnail make of a track, and where they say which
_EXTRACTED = ("Audio", "ProxyEncode")
_EXTRACTED_TRACK = "MediaconvertAudioTrack"
# COMPLETE is what earlier versions looked for
_ACCEPTED = frozenset({"QUEUED", "IN_PROGRESS", "COMPLETED", "COMPLETE"})
_REFUSALS = frozenset({"BadRequestException"})
_LONGEST_TEXT = 2_000
# how Amazon Transcribe says that it cannot identify the language
_TOO_LITTLE_SPEECH = "long enough in duration to perform automatic language identification"
# what TranscribeSilence is where Mediainfo has looked
NO_TRACK = "The video has no audio track"


def begin(operator: MediaInsightsOperationHelper) -> None:
    """Starts the job, once; of a video that is known to be silent none."""
    if is_silent(operator):
        operator.add_workflow_metadata(TranscribeSilence=NO_TRACK)
        operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)
        return
    bucket, key = medium(operator)
    asked = transcription_request.request(operator.configuration, bucket, key, media_format(key))
    job = start(operator, names(operator, asked), asked)
    name = job["TranscriptionJobName"]
    operator.add_workflow_metadata(TranscribeJobId=name, **operator.workflow_info())
    if has_failed(job):
        # the job of that name stays as it is, however often it is started
        raise failure(operator, job)
    if job["TranscriptionJobStatus"] not in _ACCEPTED:
        raise OperatorError(
            f"Unhandled error for this job: {name} is {job['TranscriptionJobStatus']}"
        )
    operator.update_workflow_status(Status.OPERATION_STATUS_EXECUTING)


lambda_handler = operator_handler("TranscribeError")(begin)


def is_silent(operator: MediaInsightsOperationHelper) -> bool:
    """Whether Mediainfo has looked and has found no audio; without it nobody knows."""
    return operator.input_metadata("Mediainfo_num_audio_tracks") == "0"


def medium(operator: MediaInsightsOperationHelper) -> tuple[str, str]:
    """Bucket and key of the first medium that the service can take. Raises OperatorInputError."""
    places = [
        (place["S3Bucket"], place["S3Key"])
        for one in _order(operator)
        if (place := operator.input_medium(one)) is not None
    ]
    if not places:
        raise OperatorInputError("No valid inputs")
    refusals = []
    for bucket, key in places:
        reason = refusal(bucket, key)
        if reason is None:
            return bucket, key
        refusals.append(reason)
    raise OperatorInputError(refusals[0])


def _order(operator: MediaInsightsOperationHelper) -> tuple[str, ...]:
    """In which order media are taken; what was extracted of a chosen track goes first."""
    wanted = operator.configuration.get("MediaType", operator.name.removeprefix("Transcribe"))
    order = _AUDIO_FIRST if wanted == "Audio" else _VIDEO_FIRST
    track = operator.configuration.get("AudioTrack")
    extracted = operator.input_metadata(_EXTRACTED_TRACK)
    if track not in (None, "") and str(track).strip() != (extracted or "1"):
        raise OperatorInputError(
            f"AudioTrack is {track}, and Amazon Transcribe hears the first track of a medium, here "
            f"track {extracted or 1}: set AudioTrack of Mediaconvert or Thumbnail in an earlier "
            "stage, and the sound that they extract is taken"
        )
    return order if extracted in (None, "1") else tuple(dict.fromkeys((*_EXTRACTED, *order)))


def heard_track(operator: MediaInsightsOperationHelper) -> str:
    """Which track of the video is transcribed, as people count: "audio track 1 of 2"."""
    tracks = operator.input_metadata("Mediainfo_num_audio_tracks")
    of_all = f" of {tracks}" if tracks else ""
    return f"audio track {operator.input_metadata(_EXTRACTED_TRACK) or 1}{of_all}"


def refusal(bucket: str, key: str) -> str | None:
    """Why the service would not take the object; None when it would. Raises OperatorError."""
    if media_format(key) not in _FORMATS:
        return "Not a valid file type"
    place = f"s3://{bucket}/{key}"
    size = object_size(bucket, key)
    if size == 0:
        return f"{place} is empty"
    if size > _LARGEST_MEDIUM:
        return (
            f"{place} has {size} bytes, of which Amazon Transcribe takes {_LARGEST_MEDIUM}: enable "
            "Mediaconvert or Thumbnail in an earlier stage, and their audio is taken instead"
        )
    return None


def media_format(key: str) -> str:
    return key.rpartition(".")[2].lower()


def names(operator: MediaInsightsOperationHelper, asked: Mapping[str, Any]) -> list[str]:
    """What the job is called in each attempt of the execution up to this one."""
    return [
        transcription_request.job_name(
            operator.workflow_execution_id, operator.name, asked, attempt
        )
        for attempt in range(1, operator.attempt + 1)
    ]


def failure(
    operator: MediaInsightsOperationHelper, job: Mapping[str, Any]
) -> OperatorInputError | OperatorSkipped:
    """What is raised for a failed job, which stays failed.

    A job that had to identify the language, and heard too little to do so, found nothing to write
    down.
    """
    reason = str(job.get("FailureReason") or "The transcription job failed")
    if _TOO_LITTLE_SPEECH in reason:
        return OperatorSkipped(
            f"Too little is said in {heard_track(operator)} to tell the language; "
            "TranscribeLanguage can name it"
        )
    return OperatorInputError(reason)


def has_failed(job: Mapping[str, Any]) -> bool:
    return bool(job["TranscriptionJobStatus"] == "FAILED")


def start(
    operator: MediaInsightsOperationHelper, called: Sequence[str], asked: Mapping[str, Any]
) -> dict[str, Any]:
    """The job, also where an earlier invocation or attempt has started it.

    Raises OperatorError; ServiceIsFull, as long as the account has as many jobs as it may.
    """
    try:
        return started_job(called, lambda name: _start_or_find(name, asked), has_failed)
    except (ClientError, BotoCoreError) as error:
        # the key that clients of earlier versions read
        operator.add_workflow_metadata(transcribe_error=str(error)[:_LONGEST_TEXT])
        kind = OperatorInputError if is_refused(error, _REFUSALS) else OperatorError
        raise kind(str(error)) from error


def _start_or_find(name: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    client = aws_client("transcribe")
    try:
        answer = client.start_transcription_job(TranscriptionJobName=name, **asked)
    except client.exceptions.ConflictException:
        answer = client.get_transcription_job(TranscriptionJobName=name)
    return {**answer["TranscriptionJob"], "TranscriptionJobName": name}

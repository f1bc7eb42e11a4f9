"""TranscribeAudio and TranscribeVideo: asks for the job, and stores what was said."""

from collections.abc import Mapping
from typing import Any

import transcript_file
from start_transcribe import NO_TRACK, begin, failure, heard_track, is_silent

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    OperatorError,
    OperatorInputError,
    Status,
    aws_client,
    monitor_handler,
    put_text,
    store_results,
)

# Two operators of one execution write their texts into one folder; clients know this name.
_TEXT_FILES: Mapping[str, str] = {"TranscribeVideo": "transcript.txt"}


@monitor_handler("TranscribeError", begin)
def lambda_handler(operator: MediaInsightsOperationHelper) -> None:
    """Leaves the operator Executing, or Complete with the medium Text, of a silent video none."""
    if is_silent(operator):
        operator.add_workflow_metadata(TranscribeSilence=NO_TRACK)
        operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)
        return
    name = operator.metadata.get("TranscribeJobId")
    if not name:
        raise OperatorInputError("Missing a required metadata key 'TranscribeJobId'")
    answer = aws_client("transcribe").get_transcription_job(TranscriptionJobName=name)
    job = answer["TranscriptionJob"]
    status = job["TranscriptionJobStatus"]
    if status in ("QUEUED", "IN_PROGRESS"):
        operator.update_workflow_status(Status.OPERATION_STATUS_EXECUTING)
        return
    if status == "FAILED":
        raise failure(operator, job)
    if status != "COMPLETED":
        raise OperatorError(f"Unable to determine status: the job {name} is {status}")
    keep(operator, job)
    operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)


def keep(operator: MediaInsightsOperationHelper, job: Mapping[str, Any]) -> None:
    """Stores the transcript of a job, once as text and once as the service gives it."""
    transcript = transcript_file.fetch(location(job))
    name = _TEXT_FILES.get(operator.name, f"transcript_{operator.name}.txt")
    said = transcript_file.text_of(transcript)
    text = put_text(operator, name, said)
    if not said.strip():
        # nobody speaks, or somebody does in another track
        operator.add_workflow_metadata(
            TranscribeSilence=f"Nothing was heard in {heard_track(operator)}"
        )
    stored = store_results(operator, operator.name, {**transcript, "TextTranscriptUri": text})
    operator.add_media_object("Text", stored["Bucket"], stored["Key"])
    if language := spoken_language(job):
        operator.add_workflow_metadata(TranscribeSourceLanguage=language)


def location(job: Mapping[str, Any]) -> str:
    """The URL of the transcript, of the redacted one where there is no other."""
    files = job.get("Transcript") or {}
    url = files.get("TranscriptFileUri") or files.get("RedactedTranscriptFileUri")
    if not url:
        raise OperatorError("Unable to read the transcript: the job has none")
    return str(url)


def spoken_language(job: Mapping[str, Any]) -> str | None:
    """Such as en-US; of several languages the one that is spoken most."""
    if job.get("LanguageCode"):
        return str(job["LanguageCode"])
    spoken = job.get("LanguageCodes") or []
    longest = max(spoken, key=lambda one: one.get("DurationInSeconds", 0), default={})
    return longest.get("LanguageCode")

"""Mediaconvert: the sound of a video as a file of its own."""

from conversion import Folders, audio_track, is_silent, start_job, video_of
from job_settings import audio_job

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    Status,
    operator_handler,
)


def begin(operator: MediaInsightsOperationHelper) -> None:
    """Starts the job; a video that is known to be silent needs none."""
    bucket, key = video_of(operator)
    if is_silent(operator):
        operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)
        return
    folders, track = Folders.of(operator), audio_track(operator)
    settings = audio_job(f"s3://{bucket}/{key}", folders.uri(folders.workflow), track)
    start_job(operator, settings, key, track)


lambda_handler = operator_handler("MediaconvertError")(begin)

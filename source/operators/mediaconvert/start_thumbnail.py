"""Thumbnail: pictures of a video, its sound, and a copy that browsers can play."""

from conversion import (
    Folders,
    audio_track,
    is_silent,
    is_sound_only,
    skip_without,
    start_job,
    video_of,
)
from job_settings import thumbnail_job

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    OperatorInputError,
    operator_handler,
)

_DEFAULT_POSITION = 7
# of FramerateDenominator
_LAST_POSITION = 2_147_483_647


def begin(operator: MediaInsightsOperationHelper) -> None:
    """Starts the job, without sound for a video that is known to be silent.

    Of sound that is known to have no picture, nothing is made: Mediaconvert takes sound out.
    """
    bucket, key = video_of(operator)
    if is_sound_only(operator):
        skip_without(operator, "video")
        return
    position = read_position(operator.configuration.get("ThumbnailPosition", _DEFAULT_POSITION))
    folders, silent = Folders.of(operator), is_silent(operator)
    track = None if silent else audio_track(operator)
    source = f"s3://{bucket}/{key}"
    settings = thumbnail_job(
        source,
        folders.uri(folders.asset),
        folders.uri(folders.workflow),
        position,
        with_audio=not silent,
        track=track,
    )
    start_job(operator, settings, source, track)


lambda_handler = operator_handler("ThumbnailError")(begin)


def read_position(value: object) -> int:
    """The second of the picture, from a whole number or its text. Raises OperatorInputError."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    # ten digits have the largest number, and more may be more than int() takes
    digits = text.strip().lstrip("0")
    if digits.isascii() and digits.isdecimal() and len(digits) <= 10:
        position = int(digits)
        if position <= _LAST_POSITION:
            return position
    raise OperatorInputError(
        f"ThumbnailPosition must be a whole number of seconds, 1 or more, and is {text[:40]!r}"
    )

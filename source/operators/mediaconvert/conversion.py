"""The start and the check that Mediaconvert and Thumbnail share, and where their files lie."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from job_settings import AUDIO_MODIFIER, PROXY_MODIFIER, THUMBNAIL_MODIFIER

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    OperatorInputError,
    Status,
    aws_client,
    noted_job,
    request_tokens,
    started_job,
)

_STILL_WORKING = frozenset({"SUBMITTED", "PROGRESSING"})
_ENDED_BADLY = frozenset({"ERROR", "CANCELED"})
# how a job ends whose input has nothing of what it makes
_NOTHING_THERE = re.compile(r"input has no (video|audio)\b", re.IGNORECASE)
_REASONS = {
    "video": "The file has no video track, so that there is no picture to convert",
    "audio": "The file has no audio track, so that there is no sound to take out",
}
# of AudioSelectors.Tracks
_LAST_TRACK = 2_147_483_647


@dataclass(frozen=True)
class Folders:
    """Where the files of an asset and of one of its executions lie in the data plane's bucket."""

    bucket: str
    asset: str
    workflow: str

    @classmethod
    def of(cls, operator: MediaInsightsOperationHelper) -> "Folders":
        asset = f"private/assets/{operator.asset_id}/"
        return cls(os.environ["DATAPLANE_BUCKET"], asset, operator.media_folder())

    def uri(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"


def video_of(operator: MediaInsightsOperationHelper) -> tuple[str, str]:
    """Bucket and key of the video. Raises OperatorInputError when there is none."""
    location = operator.input_medium("Video")
    if location is None:
        # what callers have always been told, though it is a medium that they did not give
        raise OperatorInputError("Missing a required metadata key: Video")
    return location["S3Bucket"], location["S3Key"]


def is_silent(operator: MediaInsightsOperationHelper) -> bool:
    """Whether an earlier stage has found no sound; without Mediainfo nobody knows."""
    return operator.input_metadata("Mediainfo_num_audio_tracks") == "0"


def is_sound_only(operator: MediaInsightsOperationHelper) -> bool:
    """Whether an earlier stage has found no picture."""
    return operator.input_metadata("Mediainfo_num_video_tracks") == "0"


def skip_without(operator: MediaInsightsOperationHelper, kind: str) -> None:
    """Leaves the operator Skipped; kind: video or audio."""
    operator.skip(_REASONS[kind])


def audio_track(operator: MediaInsightsOperationHelper) -> int | None:
    """The setting AudioTrack, from 1; None without it. Raises OperatorInputError."""
    value = operator.configuration.get("AudioTrack")
    if value is None or value == "":
        return None
    text = str(value).strip()
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:11]) <= _LAST_TRACK):
        raise OperatorInputError(f"AudioTrack must be a whole number, 1 or more, and is {text!r}")
    tracks = operator.input_metadata("Mediainfo_num_audio_tracks")
    if tracks and int(tracks) < int(text):
        raise OperatorInputError(f"AudioTrack is {text}, and the video has {tracks} audio tracks")
    return int(text)


def start_job(
    operator: MediaInsightsOperationHelper,
    settings: Mapping[str, Any],
    input_file: str,
    track: int | None,
) -> None:
    """Starts a job, once; its id and the name of its input are what the check goes by.

    track: which audio track the job takes, where the configuration says so.
    """
    job = started_job(
        request_tokens(operator, settings),
        lambda token: noted_job(operator, token, partial(_create_job, settings, token)),
        _has_failed,
    )
    operator.update_workflow_status(Status.OPERATION_STATUS_EXECUTING)
    if track is not None or operator.input_metadata("MediaconvertAudioTrack"):
        # what is transcribed later is this track, whatever an earlier stage has extracted
        operator.add_workflow_metadata(MediaconvertAudioTrack=str(track or 1))
    operator.add_workflow_metadata(
        MediaconvertJobId=job,
        MediaconvertInputFile=input_file,
        **operator.workflow_info(),
    )


def _create_job(settings: Mapping[str, Any], token: str) -> str:
    """The id; the service remembers the token for a minute."""
    answer = aws_client("mediaconvert").create_job(
        Role=os.environ["mediaconvertRole"],  # noqa: SIM112 - its name on the wire
        ClientRequestToken=token,
        Settings=settings,
    )
    return str(answer["Job"]["Id"])


def _has_failed(job_id: str) -> bool:
    """Also of a job that was made so long ago that the service has forgotten it."""
    client = aws_client("mediaconvert")
    try:
        status = client.get_job(Id=job_id)["Job"]["Status"]
    except client.exceptions.NotFoundException:
        return True
    return status in _ENDED_BADLY


def has_finished(operator: MediaInsightsOperationHelper) -> bool:
    """Asks for the job; while it works the operator executes. Raises OperatorInputError.

    Where the input has nothing of what the job makes, the operator is Skipped.
    """
    job = aws_client("mediaconvert").get_job(Id=_metadata(operator, "MediaconvertJobId"))["Job"]
    if job["Status"] in _STILL_WORKING:
        operator.update_workflow_status(Status.OPERATION_STATUS_EXECUTING)
        return False
    if job["Status"] != "COMPLETE":
        nothing = _NOTHING_THERE.search(job.get("ErrorMessage") or "")
        if nothing is not None:
            skip_without(operator, nothing[1].lower())
            return False
        # a job that has ended does not change, however often one asks
        raise OperatorInputError(
            "Unhandled exception, unable to get status from mediaconvert: "
            f"job {job['Id']} has ended with {_reason(job)}"
        )
    operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)
    return True


def add_audio(operator: MediaInsightsOperationHelper, folders: Folders) -> None:
    """Adds the sound, unless the video has none."""
    _add_if_there(
        operator, folders, "Audio", f"{folders.workflow}{_stem(operator)}{AUDIO_MODIFIER}.mp4"
    )


def add_proxy(operator: MediaInsightsOperationHelper, folders: Folders) -> None:
    """Adds the copy that browsers can play."""
    _add_if_there(
        operator, folders, "ProxyEncode", f"{folders.asset}{_stem(operator)}{PROXY_MODIFIER}.mp4"
    )


def add_thumbnail(operator: MediaInsightsOperationHelper, folders: Folders) -> None:
    """Adds the picture at the position, or of a shorter video its first one in that name.

    Clients make the name of the picture at the position themselves, so there has to be one.
    """
    first, at_position = (
        f"{folders.asset}{_stem(operator)}{THUMBNAIL_MODIFIER}.{number:07}.jpg" for number in (0, 1)
    )
    if not _is_there(folders.bucket, at_position) and _is_there(folders.bucket, first):
        aws_client("s3").copy_object(
            Bucket=folders.bucket,
            Key=at_position,
            CopySource={"Bucket": folders.bucket, "Key": first},
        )
    _add_if_there(operator, folders, "Thumbnail", at_position)


def _add_if_there(
    operator: MediaInsightsOperationHelper, folders: Folders, media_type: str, key: str
) -> None:
    if _is_there(folders.bucket, key):
        operator.add_media_object(media_type, folders.bucket, key)


def _is_there(bucket: str, key: str) -> bool:
    # a key is the first of those that begin with it
    listed = aws_client("s3").list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)
    return any(one["Key"] == key for one in listed.get("Contents", ()))


def _stem(operator: MediaInsightsOperationHelper) -> str:
    """The input's name without folders and last extension: MediaConvert's names begin with it."""
    name = _metadata(operator, "MediaconvertInputFile").rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _metadata(operator: MediaInsightsOperationHelper, key: str) -> str:
    if not operator.metadata.get(key):
        raise OperatorInputError(f"Missing a required metadata key: {key}")
    return str(operator.metadata[key])


def _reason(job: Mapping[str, Any]) -> str:
    """ "ERROR 1404: …", as far as the service says so."""
    status = " ".join(str(part) for part in (job["Status"], job.get("ErrorCode")) if part)
    message = job.get("ErrorMessage")
    return f"{status}: {message}" if message else status

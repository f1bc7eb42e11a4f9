"""Mediainfo: container, tracks, codecs and durations of a media file, with libmediainfo.

The library reads through ranged requests, so that neither memory nor disk has to hold a video:
of most formats it wants the beginning and the end.
"""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pymediainfo import MediaInfo
from ranged_object import RangedObject

from MediaInsightsEngineLambdaHelper import (
    DataPlane,
    DataPlaneError,
    MasExecutionError,
    MediaInsightsOperationHelper,
    Status,
    aws_client,
)

_CONTENTS = frozenset({"Video", "Audio", "Image", "Text"})
_NO_CONTENT = "File does not contain valid video, audio, image, or text content"


class MediainfoFailed(Exception):
    """There are no facts about this file; the text says why."""


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """The output of Mediainfo or MediainfoImage. Raises MasExecutionError."""
    operator = MediaInsightsOperationHelper(event)
    try:
        tracks = read_tracks(*medium(operator.input))
        store(operator, {"tracks": tracks})
    except MediainfoFailed as error:
        operator.update_workflow_status(Status.OPERATION_STATUS_ERROR)
        operator.add_workflow_metadata(MediainfoError=str(error))
        raise MasExecutionError(operator.return_output_object()) from error
    audio_tracks = sum(track["track_type"] == "Audio" for track in tracks)
    operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)
    operator.add_workflow_metadata(
        # text, as all metadata; the transcription reads it to know a silent video
        Mediainfo_num_audio_tracks=str(audio_tracks),
        **operator.workflow_info(),
    )
    return operator.return_output_object()


def medium(operator_input: dict[str, Any]) -> tuple[str, str]:
    """Bucket and key of the video, or else of the picture."""
    media = operator_input.get("Media", {})
    location = media.get("Video") or media.get("Image") or {}
    if not location.get("S3Bucket") or not location.get("S3Key"):
        raise MediainfoFailed("No valid inputs")
    return location["S3Bucket"], location["S3Key"]


def read_tracks(bucket: str, key: str) -> list[dict[str, Any]]:
    """The file's tracks, numbers as numbers; "track_type" is General, Video, Audio, Image, …"""
    try:
        parsed = MediaInfo.parse(RangedObject(aws_client("s3"), bucket, key))
    except (ClientError, BotoCoreError, OSError) as error:
        raise MediainfoFailed(f"Unable to get Mediainfo results. {error}") from error
    except RuntimeError as error:
        raise MediainfoFailed(_NO_CONTENT) from error
    tracks: list[dict[str, Any]] = json.loads(parsed.to_json())["tracks"]
    if not any(track["track_type"] in _CONTENTS for track in tracks):
        raise MediainfoFailed(_NO_CONTENT)
    return tracks


def store(operator: MediaInsightsOperationHelper, results: dict[str, Any]) -> None:
    """Stores the tracks as the operator's result for this asset."""
    refused = f"Unable to upload metadata for {operator.asset_id}"
    try:
        answer = DataPlane().store_asset_metadata(
            operator.asset_id, operator.name, operator.workflow_execution_id, results
        )
    except DataPlaneError as error:
        raise MediainfoFailed(f"{refused}: {error}") from error
    if answer.get("Status") != "Success":
        raise MediainfoFailed(f"{refused}: {answer.get('Message')}")

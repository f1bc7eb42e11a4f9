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
    MediaInsightsOperationHelper,
    OperatorError,
    OperatorInputError,
    Status,
    aws_client,
    operator_handler,
    store_results,
)

_CONTENTS = frozenset({"Video", "Audio", "Image", "Text"})
_NO_CONTENT = "File does not contain valid video, audio, image, or text content"


@operator_handler("MediainfoError")
def lambda_handler(operator: MediaInsightsOperationHelper) -> None:
    """Stores the tracks of the operator's medium, and counts those with sound and pictures."""
    medium, video = operator.input_medium("Video", "Image"), operator.input_medium("Video")
    if medium is None:
        raise OperatorInputError("No valid inputs")
    tracks = read_tracks(medium["S3Bucket"], medium["S3Key"])
    store_results(operator, operator.name, {"tracks": tracks})
    if video is not None:
        # what works on pictures leaves a video without any out
        operator.add_workflow_metadata(Mediainfo_num_video_tracks=_count(tracks, "Video"))
    operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)
    operator.add_workflow_metadata(
        # text, as all metadata; the transcription reads it to know a silent video
        Mediainfo_num_audio_tracks=_count(tracks, "Audio"),
        **operator.workflow_info(),
    )


def _count(tracks: list[dict[str, Any]], kind: str) -> str:
    return str(sum(track["track_type"] == kind for track in tracks))


def read_tracks(bucket: str, key: str) -> list[dict[str, Any]]:
    """The file's tracks, numbers as numbers; "track_type" is General, Video, Audio, Image, …

    Raises OperatorError when S3 does not give the file, OperatorInputError when it is no media.
    """
    try:
        parsed = MediaInfo.parse(RangedObject(aws_client("s3"), bucket, key))
    except (ClientError, BotoCoreError, OSError) as error:
        raise OperatorError(f"Unable to get Mediainfo results. {error}") from error
    except RuntimeError as error:
        raise OperatorInputError(_NO_CONTENT) from error
    tracks: list[dict[str, Any]] = json.loads(parsed.to_json())["tracks"]
    if not any(track["track_type"] in _CONTENTS for track in tracks):
        raise OperatorInputError(_NO_CONTENT)
    return tracks

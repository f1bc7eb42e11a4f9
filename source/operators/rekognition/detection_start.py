"""The start of a detection: a picture is looked at now, for a video a job begins."""

import os
from collections.abc import Mapping
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from detection_settings import request_of
from detections import Call, Detection
from rekognition_calls import ask, store_key, to_store

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    OperatorInputError,
    Status,
    aws_client,
    request_tokens,
    started_job,
    store_results,
)

_PICTURES = frozenset({".png", ".jpg", ".jpeg"})
_VIDEOS = frozenset({".avi", ".mp4", ".mov"})
# in order of preference; a proxy is in a format that Rekognition reads
_VIDEO_MEDIA = ("ProxyEncode", "Video")
# what to do where Rekognition reads the format of a video or its codecs not
PROXY_HELPS = (
    "Rekognition reads H.264, with AAC, in MP4 and MOV: enable Thumbnail in an earlier stage, and "
    "the proxy that it makes is taken instead"
)
# what Mediainfo says of a video, where an earlier stage has it
_VIDEO_TRACKS = "Mediainfo_num_video_tracks"


def start(detection: Detection, operator: MediaInsightsOperationHelper) -> None:
    """Leaves the operator Complete with the results stored, or Executing with JobId in MetaData.

    Of a video that is known to have no picture it leaves the operator Skipped. Raises
    OperatorError, ClientError, BotoCoreError.
    """
    media = chosen_media(detection, operator)
    suffix = PurePosixPath(media["Name"]).suffix.lower()
    if detection.picture is not None and suffix in _PICTURES:
        answer = _look(detection.picture, operator.configuration, media)
        store_results(operator, store_key(), to_store(answer, detection.picture.lists))
        operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)
    elif not _only_pictures(operator) and operator.input_metadata(_VIDEO_TRACKS) == "0":
        operator.skip("The file has no video track, so that there is nothing to see in it")
    elif suffix in _VIDEOS and not _only_pictures(operator):
        _start_job(detection, operator, media)
        operator.update_workflow_status(Status.OPERATION_STATUS_EXECUTING)
    elif _only_pictures(operator):
        raise OperatorInputError("Not a valid file type")
    else:
        raise OperatorInputError(f"Not a valid file type: {PROXY_HELPS}")
    operator.add_workflow_metadata_json(operator.workflow_info())


def chosen_media(detection: Detection, operator: MediaInsightsOperationHelper) -> dict[str, str]:
    """Rekognition's S3Object of the first media there is. The key is used as it stands."""
    if _only_pictures(operator):
        wanted: tuple[str, ...] = ("Image",)
    elif detection.picture is None:
        wanted = _VIDEO_MEDIA
    else:
        wanted = (*_VIDEO_MEDIA, "Image")
    location = operator.input_medium(*wanted)
    if location is None:
        raise OperatorInputError("No valid inputs")
    return {"Bucket": location["S3Bucket"], "Name": location["S3Key"]}


def _only_pictures(operator: MediaInsightsOperationHelper) -> bool:
    """Whether this is a picture's operator, which has no check that could wait for a job."""
    return operator.configuration.get("MediaType") == "Image"


def _look(call: Call, configuration: Mapping[str, Any], media: dict[str, str]) -> dict[str, Any]:
    request = request_of(call.settings, configuration)
    try:
        return ask(call.method, Image={"S3Object": media}, **request)
    except OperatorInputError as error:
        if call.nothing and call.nothing in str(error):
            return {}
        raise


def _start_job(
    detection: Detection, operator: MediaInsightsOperationHelper, media: dict[str, str]
) -> None:
    call = detection.video
    request = {
        "Video": {"S3Object": media},
        **_notification(),
        **({"SegmentTypes": [call.segments]} if call.segments else {}),
        **request_of(call.settings, operator.configuration),
    }
    if "CollectionId" in request:
        # says whether there is such a collection before anything is paid
        ask("describe_collection", CollectionId=request["CollectionId"])

    def begin(token: str) -> str:
        return str(ask(call.method, ClientRequestToken=token, **request)["JobId"])

    # an account runs 20 jobs at a time, and one video with all detections takes eight of them
    tokens = request_tokens(operator, call.method, request)
    job = started_job(tokens, begin, partial(_has_failed, detection))
    operator.add_workflow_metadata(JobId=job)


def _has_failed(detection: Detection, job_id: str) -> bool:
    """Also of a job whose result the service has forgotten, as it does after a week."""
    client = aws_client("rekognition")
    try:
        answer = getattr(client, detection.get)(JobId=job_id, MaxResults=1)
    except client.exceptions.ResourceNotFoundException:
        return True
    return bool(answer["JobStatus"] == "FAILED")


def _notification() -> dict[str, Any]:
    """Where Rekognition announces the job's end, if the environment names a place."""
    topic = os.environ.get("REKOGNITION_SNS_TOPIC_ARN")
    role = os.environ.get("REKOGNITION_ROLE_ARN")
    if not topic or not role:
        return {}
    return {"NotificationChannel": {"SNSTopicArn": topic, "RoleArn": role}}

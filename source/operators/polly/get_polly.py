"""Asks Amazon Polly whether a translation is spoken, and returns the sound (specification 12)."""

import json
import os
from urllib.parse import unquote, urlsplit

from botocore.exceptions import ClientError
from start_polly import begin

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    OperatorError,
    OperatorInputError,
    Status,
    aws_client,
    monitor_handler,
)

_WORKING = ("scheduled", "inProgress")


@monitor_handler("PollyError", begin)
def lambda_handler(operator: MediaInsightsOperationHelper) -> None:
    """Leaves Executing while a part is worked on, else Complete with the media Audio."""
    bucket = os.environ["DATAPLANE_BUCKET"]
    keys = [_key_of_sound(operator, bucket, task) for task in _tasks(operator)]
    done = [key for key in keys if key is not None]
    if len(done) < len(keys):
        operator.update_workflow_status(Status.OPERATION_STATUS_EXECUTING)
        return
    sound = done[0] if len(done) == 1 else _joined(bucket, done, f"{_prefix(operator)}.mp3")
    operator.add_media_object("Audio", bucket, sound)
    operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)


def _tasks(operator: MediaInsightsOperationHelper) -> list[str]:
    """The ids of the parts' tasks, in order."""
    several = operator.metadata.get("PollyJobIds")
    if several:
        return list(json.loads(several) if isinstance(several, str) else several)
    if not operator.metadata.get("PollyJobId"):
        raise OperatorInputError("Missing a required metadata key 'PollyJobId'")
    return [operator.metadata["PollyJobId"]]


def _key_of_sound(operator: MediaInsightsOperationHelper, bucket: str, task_id: str) -> str | None:
    """None while Polly works on it. Raises OperatorError."""
    task = aws_client("polly").get_speech_synthesis_task(TaskId=task_id)["SynthesisTask"]
    status = task.get("TaskStatus")
    if status in _WORKING:
        return None
    if status != "completed":
        reason = task.get("TaskStatusReason") or "without a reason"
        kind = OperatorInputError if status == "failed" else OperatorError
        raise kind(f"Polly returned as {status}: {reason}")
    key = _key_in(task["OutputUri"], bucket)
    if not key.startswith(_prefix(operator)):
        raise OperatorError(f"Polly wrote the sound elsewhere: {key}")
    return key


def _key_in(uri: str, bucket: str) -> str:
    """The key in any of S3's URLs: with the bucket in the host's name or in the path."""
    return unquote(urlsplit(uri).path).lstrip("/").removeprefix(f"{bucket}/")


def _prefix(operator: MediaInsightsOperationHelper) -> str:
    return f"{operator.media_folder()}translation"


def _joined(bucket: str, keys: list[str], target: str) -> str:
    """The key of one object with the sound of all, which S3 makes of the others.

    MP3 is a row of frames that stand for themselves. Nothing passes through the function, however
    many hours it is: the parts have more than the 5 MB that S3 asks of all but the last.
    """
    s3 = aws_client("s3")
    place = {"Bucket": bucket, "Key": target}
    upload = {**place, "UploadId": _new_upload(place)}
    try:
        parts = [
            {
                "PartNumber": number,
                "ETag": s3.upload_part_copy(
                    **upload, PartNumber=number, CopySource={"Bucket": bucket, "Key": key}
                )["CopyPartResult"]["ETag"],
            }
            for number, key in enumerate(keys, 1)
        ]
        s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    except ClientError:
        s3.abort_multipart_upload(**upload)
        raise
    return target


def _new_upload(place: dict[str, str]) -> str:
    answer = aws_client("s3").create_multipart_upload(**place, ContentType="audio/mpeg")
    return str(answer["UploadId"])

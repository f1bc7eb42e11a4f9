"""Starts to speak a translation with Amazon Polly (specification 12)."""

import json
import os
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from polly_texts import parts_of
from polly_voices import Speaker, speaker

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    OperatorInputError,
    Status,
    aws_client,
    depends_on,
    job_or_wait,
    operator_handler,
    read_object,
)


def begin(operator: MediaInsightsOperationHelper) -> None:
    """Leaves a task for each part of the text, or Complete where there is nothing to say.

    Raises OperatorSkipped where there is no translation because that was skipped.
    """
    depends_on(operator, "Translate")
    translation = _translation(operator)
    parts = [*parts_of(translation["TranslatedText"])]
    if not parts:
        operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)
        return
    voice = speaker(str(translation.get("TargetLanguageCode")), operator.configuration)
    tasks = _tasks(operator, parts, voice)
    operator.add_workflow_metadata(PollyJobId=tasks[0], **operator.workflow_info())
    if len(tasks) > 1:
        operator.add_workflow_metadata(PollyJobIds=json.dumps(tasks))
    operator.update_workflow_status(Status.OPERATION_STATUS_EXECUTING)


lambda_handler = operator_handler("PollyError")(begin)


def _translation(operator: MediaInsightsOperationHelper) -> dict[str, Any]:
    """The JSON object that Translate has stored."""
    place = operator.input_medium("Text")
    if place is None:
        raise OperatorInputError("No valid inputs")
    unreadable = "Unable to read translation from S3"
    content = read_object(place["S3Bucket"], place["S3Key"], f"{unreadable}:")
    try:
        translation = json.loads(content)
    except ValueError as error:
        raise OperatorInputError(f"{unreadable}: it is no JSON: {error}") from error
    text = translation.get("TranslatedText") if isinstance(translation, dict) else None
    if not isinstance(text, str):
        raise OperatorInputError(f"{unreadable}: there is no TranslatedText")
    return dict(translation)


def _tasks(operator: MediaInsightsOperationHelper, parts: list[str], voice: Speaker) -> list[str]:
    """The ids of the parts' tasks.

    Polly knows no idempotency token, but the key of a task's sound begins as it was asked for: a
    task of this execution's part that has been started before is the one.
    """
    folder = operator.media_folder()
    names = [f"{folder}translation"]
    if len(parts) > 1:
        names = [f"{folder}translation.part{number}" for number in range(1, len(parts) + 1)]
    started = _started_before(folder, voice)
    return [
        started.get(name) or job_or_wait(partial(_start, name, part, voice))
        for name, part in zip(names, parts, strict=True)
    ]


def _started_before(folder: str, voice: Speaker) -> dict[str, str]:
    """Key without the task's id -> task, of what speaks so into the folder and has not failed.

    Polly keeps tasks for 72 hours, longer than a start is tried again.
    """
    found: dict[str, str] = {}
    pages = aws_client("polly").get_paginator("list_speech_synthesis_tasks")
    for page in pages.paginate(PaginationConfig={"PageSize": 100}):
        for task in page["SynthesisTasks"]:
            path = unquote(urlsplit(task.get("OutputUri", "")).path)
            _, there, file = path.rpartition(f"/{folder}")
            speaks = (task.get("VoiceId"), task.get("Engine", "standard"))
            if not there or task["TaskStatus"] == "failed":
                continue
            if speaks == (voice.voice, voice.engine):
                ending = f".{task['TaskId']}.mp3"
                found[f"{folder}{file.removesuffix(ending)}"] = task["TaskId"]
    return found


def _start(name: str, text: str, voice: Speaker) -> str:
    """name: what the key of the sound begins with, without a slash (B-18)."""
    answer = aws_client("polly").start_speech_synthesis_task(
        OutputFormat="mp3",
        OutputS3BucketName=os.environ["DATAPLANE_BUCKET"],
        OutputS3KeyPrefix=name,
        Text=text,
        TextType="text",
        VoiceId=voice.voice,
        Engine=voice.engine,
        LanguageCode=voice.language,
    )
    return str(answer["SynthesisTask"]["TaskId"])

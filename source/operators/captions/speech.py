"""PollyWebCaptions: translated captions spoken, by one task of Amazon Polly for each language."""

import json
import os
from collections.abc import Mapping
from typing import Any

import caption_store

from MediaInsightsEngineLambdaHelper import (
    SPOKEN_LANGUAGES,
    MediaInsightsOperationHelper,
    OperatorError,
    OperatorInputError,
    Status,
    aws_client,
    depends_on,
    join_texts,
    noted_job,
    request_tokens,
    started_job,
    store_results,
)

Entry = dict[str, Any]

_TRANSLATIONS = "TranslateWebCaptions"
_NOT_SUPPORTED = "not supported"
_FINISHED = frozenset({"completed", "failed", _NOT_SUPPORTED})
_RUNNING = frozenset({"scheduled", "inProgress"})


def start(operator: MediaInsightsOperationHelper) -> None:
    """Starts a task for each translation of the asset's captions.

    Raises OperatorError, OperatorSkipped where the translations were skipped.
    """
    depends_on(operator, _TRANSLATIONS)
    pages = list(caption_store.results(operator, _TRANSLATIONS))
    if not pages:
        raise OperatorInputError(
            f"There are no translations of {operator.asset_id}: {_TRANSLATIONS} makes them"
        )
    entries = [entry for page in pages for entry in page.get("CaptionsCollection", [])]
    collection = [_start_task(operator, entry) for entry in entries]
    _hand_on(operator, collection)
    operator.update_workflow_status(Status.OPERATION_STATUS_EXECUTING)


def check(operator: MediaInsightsOperationHelper) -> None:
    """Stores where the sound is once all tasks are done. Raises OperatorError."""
    listed = operator.metadata.get("PollyCollection")
    if not listed:
        raise OperatorInputError("Missing a required metadata key 'PollyCollection'")
    entries: list[Entry] = json.loads(listed) if isinstance(listed, str) else listed
    collection = [_look(entry) for entry in entries]
    _hand_on(operator, collection)
    if any(entry["PollyStatus"] not in _FINISHED for entry in collection):
        operator.update_workflow_status(Status.OPERATION_STATUS_EXECUTING)
        return
    store_results(operator, operator.name, {"CaptionsCollection": collection})
    operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)


def _hand_on(operator: MediaInsightsOperationHelper, collection: list[Entry]) -> None:
    operator.add_workflow_metadata(
        PollyCollection=json.dumps(collection), **operator.workflow_info()
    )


def _start_task(operator: MediaInsightsOperationHelper, entry: Mapping[str, Any]) -> Entry:
    language = entry["TargetLanguageCode"]
    if language not in SPOKEN_LANGUAGES:
        return _left_out(entry, f"WARNING: Polly does not speak {language}")
    captions = caption_store.load(operator, language)
    text = join_texts((one["caption"] for one in captions), language)
    if not text.strip():
        return _left_out(entry, "WARNING: there is nothing to say")
    voice = _voice(SPOKEN_LANGUAGES[language])
    prefix = f"{operator.media_folder()}audio_only_{language}"
    client = aws_client("polly")
    asked = {
        "OutputFormat": "mp3",
        "OutputS3BucketName": os.environ["DATAPLANE_BUCKET"],
        "OutputS3KeyPrefix": prefix,
        "Text": text,
        "TextType": "text",
        **voice,
    }

    def begin() -> str:
        return str(client.start_speech_synthesis_task(**asked)["SynthesisTask"]["TaskId"])

    try:
        # Polly takes no token by which to know a task again
        task = started_job(
            request_tokens(operator, asked),
            lambda token: noted_job(operator, token, begin),
            _has_failed,
        )
    except client.exceptions.TextLengthExceededException as error:
        return _left_out(entry, f"WARNING: {error}")
    place = {"S3Bucket": os.environ["DATAPLANE_BUCKET"], "S3Key": f"{prefix}.{task}.mp3"}
    return {
        **entry,
        "VoiceId": voice["VoiceId"],
        "PollyAudio": place,
        "PollyTaskId": task,
        "PollyStatus": "started",
    }


def _left_out(entry: Mapping[str, Any], reason: str) -> Entry:
    return {**entry, "PollyStatus": _NOT_SUPPORTED, "PollyMessage": reason}


def _voice(language: str) -> dict[str, str]:
    """The members of a request that say who speaks. Raises OperatorInputError without a voice."""
    answer = aws_client("polly").describe_voices(
        LanguageCode=language, IncludeAdditionalLanguageCodes=True
    )
    # those whose own language it is first; Hindi has a voice of Indian English
    voices = sorted(answer["Voices"], key=lambda one: one["LanguageCode"] != language)
    if not voices:
        raise OperatorInputError(f"Polly has no voice for {language}")
    voice = next((one for one in voices if "standard" in _engines(one)), voices[0])
    chosen = {"VoiceId": voice["Id"], "LanguageCode": language}
    # standard is what Polly takes by itself, and a quarter of the price
    return chosen if "standard" in _engines(voice) else {**chosen, "Engine": _engines(voice)[0]}


def _engines(voice: Mapping[str, Any]) -> list[str]:
    return list(voice.get("SupportedEngines") or ["standard"])


def _has_failed(task_id: str) -> bool:
    """Also of a task that Polly has forgotten, as it does after three days."""
    client = aws_client("polly")
    try:
        answer = client.get_speech_synthesis_task(TaskId=task_id)
    except client.exceptions.SynthesisTaskNotFoundException:
        return True
    return bool(answer["SynthesisTask"]["TaskStatus"] == "failed")


def _look(entry: Entry) -> Entry:
    """The entry as it stands now. Raises OperatorInputError when its task failed."""
    if entry["PollyStatus"] in _FINISHED:
        return entry
    task = aws_client("polly").get_speech_synthesis_task(TaskId=entry["PollyTaskId"])[
        "SynthesisTask"
    ]
    status = task["TaskStatus"]
    if status in _RUNNING:
        return entry
    if status == "completed":
        audio = {**entry["PollyAudio"], "Uri": task["OutputUri"]}
        return {**entry, "PollyStatus": "completed", "PollyAudio": audio}
    if status == "failed":
        # to ask again changes nothing: a task that failed stays failed
        raise OperatorInputError(
            f"Polly returned as failed: {task.get('TaskStatusReason') or 'no reason given'}"
        )
    raise OperatorError(f"Polly returned as {status}, which is not known here")

"""Translate: a transcript in another language.

The text is translated in parts, several at a time, so that hours of speech fit into the time that a
Lambda function has.
"""

import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from text_chunks import chunks

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    OperatorError,
    OperatorInputError,
    Status,
    aws_client,
    is_refused,
    join_texts,
    operator_handler,
    read_object,
    store_results,
)

# TranslateText takes 10,000 bytes.
_CHUNK_BYTES = 9_000
# Parts of the largest text are translated in 230 calls, which at ten seconds each take 10 minutes.
_LARGEST_TEXT = 2_000_000
_CALLS_AT_A_TIME = 4
_AUTO = "auto"
_REFUSALS = frozenset(
    {
        "DetectedLanguageLowConfidenceException",
        "InvalidRequestException",
        "ResourceNotFoundException",
        "TextSizeLimitExceededException",
        "UnsupportedLanguagePairException",
        "ValidationException",
    }
)


@dataclass(frozen=True)
class Wanted:
    """source: a code of Amazon Translate or "auto"; terminologies: their names."""

    source: str
    target: str
    terminologies: tuple[str, ...]


@operator_handler("TranslateError")
def lambda_handler(operator: MediaInsightsOperationHelper) -> None:
    """Stores the translation as the new medium Text; of an empty text nothing."""
    place = operator.input_medium("Text")
    if place is None:
        raise OperatorInputError("No valid inputs: there is no text to translate")
    wanted = languages(operator)
    text = read_text(place["S3Bucket"], place["S3Key"])
    if text.strip():
        results = translate(text, wanted)
        stored = store_results(operator, operator.name, results)
        operator.add_media_object("Text", stored["Bucket"], stored["Key"])
    operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)


def languages(operator: MediaInsightsOperationHelper) -> Wanted:
    """What was spoken goes before what is configured. Raises OperatorInputError."""
    spoken = operator.input_metadata("TranscribeSourceLanguage")
    source = (
        spoken.partition("-")[0] if spoken else operator.configuration.get("SourceLanguageCode")
    )
    target = operator.configuration.get("TargetLanguageCode")
    if not source or not target:
        raise OperatorInputError("Language codes are not defined")
    for key, code in (("SourceLanguageCode", source), ("TargetLanguageCode", target)):
        if not isinstance(code, str):
            raise OperatorInputError(f"{key} must be a code such as en, not {json.dumps(code)}")
    names = operator.configuration.get("TerminologyNames") or []
    return Wanted(source, target, _terminologies(names, target))


def read_text(bucket: str, key: str) -> str:
    """All that was said, of a transcript, or a text file. Raises OperatorError."""
    failed = "Unable to read transcription from S3"
    try:
        content = read_object(bucket, key, f"{failed}:").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise OperatorInputError(f"{failed}: {error}") from error
    if key.lower().endswith(".txt"):
        return content
    try:
        transcripts = json.loads(content)["results"]["transcripts"]
        return "\n".join(one["transcript"] for one in transcripts)
    except (ValueError, KeyError, TypeError) as error:
        raise OperatorInputError(f"{failed}: it is no transcript ({error!r})") from error


def translate(text: str, wanted: Wanted) -> dict[str, str]:
    """What is stored. Raises OperatorError."""
    if wanted.source == wanted.target:
        # the service has no such pair, and what reads translations gets the words as they are
        return _results(text, wanted.source, wanted.target)
    if (size := len(text.encode(errors="replace"))) > _LARGEST_TEXT:
        raise OperatorInputError(f"The text has {size} bytes; up to {_LARGEST_TEXT} are translated")
    first, *others = chunks(text, wanted.source, _CHUNK_BYTES)
    answer = translate_text(first, wanted)
    # a language that the service has found in the first part holds for all of them
    found = Wanted(answer["SourceLanguageCode"], wanted.target, wanted.terminologies)
    translated = [answer, *_translate_all(others, found)]
    whole = join_texts((one["TranslatedText"] for one in translated), wanted.target)
    return _results(whole, found.source, wanted.target)


def translate_text(text: str, wanted: Wanted) -> dict[str, Any]:
    """The service's answer for one part. Raises OperatorError."""
    more = {"TerminologyNames": [*wanted.terminologies]} if wanted.terminologies else {}
    try:
        answer: dict[str, Any] = aws_client("translate").translate_text(
            Text=text,
            SourceLanguageCode=wanted.source,
            TargetLanguageCode=wanted.target,
            **more,
        )
    except (ClientError, BotoCoreError) as error:
        kind = OperatorInputError if is_refused(error, _REFUSALS) else OperatorError
        raise kind(f"Unable to get response from translate: {error}") from error
    return answer


def _translate_all(parts: Iterable[str], wanted: Wanted) -> list[dict[str, Any]]:
    """The answers, in order; after a failed call no further one is begun."""
    with ThreadPoolExecutor(_CALLS_AT_A_TIME) as pool:
        calls = [pool.submit(translate_text, part, wanted) for part in parts]
        try:
            return [call.result() for call in calls]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _terminologies(names: Any, target: str) -> tuple[str, ...]:
    """Names, or objects as captions have them: {"Name", "TargetLanguageCodes"}.

    Of objects the first one that has the target is taken. Raises OperatorInputError.
    """
    if isinstance(names, list) and all(isinstance(one, str) for one in names):
        return tuple(names)
    if isinstance(names, list) and all(isinstance(one, Mapping) and "Name" in one for one in names):
        fitting = (one["Name"] for one in names if target in one.get("TargetLanguageCodes", ()))
        return tuple(fitting)[:1]
    raise OperatorInputError(
        "TerminologyNames must be a list of names, or of objects with Name and TargetLanguageCodes"
    )


def _results(text: str, source: str, target: str) -> dict[str, str]:
    return {"TranslatedText": text, "SourceLanguageCode": source, "TargetLanguageCode": target}

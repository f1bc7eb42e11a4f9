"""Translate: a transcript in another language.

The text is translated in parts, several at a time, so that hours of speech fit into the time that a
Lambda function has.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from text_chunks import chunks

from MediaInsightsEngineLambdaHelper import (
    AUTO,
    MediaInsightsOperationHelper,
    OperatorError,
    OperatorInputError,
    Status,
    aws_client,
    dominant_language,
    is_refused,
    join_texts,
    not_translated,
    operator_handler,
    read_object,
    store_results,
    target_language,
)

# TranslateText takes 10,000 bytes.
_CHUNK_BYTES = 9_000
# Parts of the largest text are translated in 230 calls, which at ten seconds each take 10 minutes.
_LARGEST_TEXT = 2_000_000
_CALLS_AT_A_TIME = 4
# characters that tell a language
_SAMPLE = 2_000
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
    """source, target: codes of Amazon Translate or "auto".

    source_chosen, target_chosen: the codes stand in the configuration. terminologies: names, each
    with the targets that it is for, None for all.
    """

    source: str
    target: str
    source_chosen: bool
    target_chosen: bool
    terminologies: tuple[tuple[str, tuple[str, ...] | None], ...] = ()

    @property
    def fitting(self) -> list[str]:
        """The terminologies to use; of those for some targets the first one that has this."""
        of_all = [name for name, targets in self.terminologies if targets is None]
        of_this = [name for name, targets in self.terminologies if self.target in (targets or ())]
        return [*of_all, *of_this[:1]]


@operator_handler("TranslateError")
def lambda_handler(operator: MediaInsightsOperationHelper) -> None:
    """Stores the translation as the new medium Text; of an empty text nothing."""
    place = operator.input_medium("Text")
    if place is None:
        raise OperatorInputError("No valid inputs: there is no text to translate")
    wanted = languages(operator)
    text = read_text(place["S3Bucket"], place["S3Key"])
    if text.strip():
        results = translate(text, with_target(wanted, text))
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
    return Wanted(
        source,
        target,
        source_chosen=not spoken and source != AUTO,
        target_chosen=target != AUTO,
        terminologies=_terminologies(operator.configuration.get("TerminologyNames") or []),
    )


def with_target(wanted: Wanted, text: str) -> Wanted:
    """The same with a language for the target "auto".

    Raises OperatorError, OperatorSkipped where the text is in no language.
    """
    source = wanted.source
    if AUTO == wanted.target == source:
        with _answered(wanted):
            source = dominant_language(text[:_SAMPLE])
    return replace(wanted, source=source, target=target_language(wanted.target, source))


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
    found = replace(wanted, source=answer["SourceLanguageCode"])
    translated = [answer, *_translate_all(others, found)]
    whole = join_texts((one["TranslatedText"] for one in translated), wanted.target)
    return _results(whole, found.source, wanted.target)


def translate_text(text: str, wanted: Wanted) -> dict[str, Any]:
    """The service's answer for one part. Raises OperatorError, OperatorSkipped."""
    more = {"TerminologyNames": wanted.fitting} if wanted.fitting else {}
    with _answered(wanted):
        answer: dict[str, Any] = aws_client("translate").translate_text(
            Text=text,
            SourceLanguageCode=wanted.source,
            TargetLanguageCode=wanted.target,
            **more,
        )
    return answer


@contextmanager
def _answered(wanted: Wanted) -> Iterator[None]:
    """Raises OperatorError, or OperatorSkipped, for what the services answer in the `with`."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        skipped = not_translated(
            error,
            wanted.source,
            wanted.target,
            source_chosen=wanted.source_chosen,
            target_chosen=wanted.target_chosen,
        )
        if skipped is not None:
            raise skipped from error
        kind = OperatorInputError if is_refused(error, _REFUSALS) else OperatorError
        raise kind(f"Unable to get response from translate: {error}") from error


def _translate_all(parts: Iterable[str], wanted: Wanted) -> list[dict[str, Any]]:
    """The answers, in order; after a failed call no further one is begun."""
    with ThreadPoolExecutor(_CALLS_AT_A_TIME) as pool:
        calls = [pool.submit(translate_text, part, wanted) for part in parts]
        try:
            return [call.result() for call in calls]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _terminologies(names: Any) -> tuple[tuple[str, tuple[str, ...] | None], ...]:
    """Names, or objects as captions have them: {"Name", "TargetLanguageCodes"}.

    Raises OperatorInputError.
    """
    if isinstance(names, list) and all(isinstance(one, str) for one in names):
        return tuple((one, None) for one in names)
    if isinstance(names, list) and all(isinstance(one, Mapping) and "Name" in one for one in names):
        return tuple((one["Name"], tuple(one.get("TargetLanguageCodes", ()))) for one in names)
    raise OperatorInputError(
        "TerminologyNames must be a list of names, or of objects with Name and TargetLanguageCodes"
    )


def _results(text: str, source: str, target: str) -> dict[str, str]:
    return {"TranslatedText": text, "SourceLanguageCode": source, "TargetLanguageCode": target}

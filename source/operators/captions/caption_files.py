"""Captions as SubRip and WebVTT files."""

import html
import io
from collections.abc import Iterable, Mapping
from typing import Any

import caption_cues
import caption_store
import languages
import subtitles
import webvtt

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    OperatorInputError,
    Status,
    depends_on,
    put_text,
    read_object,
    store_results,
)

# application/x-subrip is what SubRip files are known by, though nobody has registered it
_CONTENT_TYPES = {"srt": "application/x-subrip", "vtt": "text/vtt"}
# a day of speech has less
_LARGEST_FILE = 16 * 1024 * 1024
_NO_LOCATION = "ExistingSubtitlesObject must have Bucket and Key"


def create(operator: MediaInsightsOperationHelper, file_format: str) -> None:
    """Writes a file for each language, the captions' own included, and stores where they are."""
    depends_on(operator, "WebCaptions")
    wanted = languages.targets(operator)
    own = languages.known_source(operator)
    if own is not None and own not in wanted:
        wanted = [*wanted, own]
    # all are read before one is written
    captions = _captions(operator, wanted)
    collection = [
        {
            "OperatorName": f"Captions_{language}",
            "Results": put_text(
                operator,
                f"Captions_{language}.{file_format}",
                document(captions[language], file_format),
                _CONTENT_TYPES[file_format],
            ),
            "WorkflowId": operator.workflow_execution_id,
            "LanguageCode": language,
        }
        for language in captions
    ]
    store_results(operator, operator.name, {"CaptionsCollection": collection})
    operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)


def _captions(
    operator: MediaInsightsOperationHelper, wanted: Iterable[str]
) -> dict[str, list[dict[str, Any]]]:
    """The captions by their language, but for those whose translation was skipped."""
    left_out = languages.left_out(operator)
    found = {
        language: caption_store.find(operator, caption_store.current(language))
        if language in left_out
        else caption_store.load(operator, language)
        for language in wanted
    }
    return {language: captions for language, captions in found.items() if captions is not None}


def document(captions: Iterable[Mapping[str, Any]], file_format: str) -> str:
    """The text of a file; format: srt or vtt. Raises OperatorInputError."""
    shown = [
        # escaped in both: the library takes what looks like a tag out of SubRip
        webvtt.Caption(
            _timestamp(cue.start),
            _timestamp(cue.end),
            html.escape(_playable(cue.text, file_format), quote=False),
        )
        for cue in caption_cues.cues(captions)
    ]
    file = io.StringIO()
    webvtt.WebVTT(captions=shown).write(file, format=file_format)
    if file_format == "vtt":
        return file.getvalue()
    return f"{html.unescape(file.getvalue())}\n" if shown else ""


def read_vtt(location: Any) -> tuple[list[dict[str, Any]], int]:
    """Captions of a WebVTT file, and how many of its lines were repaired.

    location: {"Bucket", "Key"}. Raises OperatorInputError.
    """
    try:
        bucket, key = location["Bucket"], location["Key"]
    except (TypeError, KeyError) as error:
        raise OperatorInputError(_NO_LOCATION) from error
    if not all(isinstance(one, str) and one for one in (bucket, key)):
        raise OperatorInputError(_NO_LOCATION)
    content = read_object(bucket, key, "Unable read VTT file.", _LARGEST_FILE)
    try:
        return subtitles.read(content)
    except subtitles.Unreadable as error:
        raise OperatorInputError(f"Unable read VTT file. {error}") from error


def _playable(text: str, file_format: str) -> str:
    # SubRip has no way to say that this arrow is not between times
    return text.replace("-->", "->") if file_format == "srt" else text


def _timestamp(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{rest:03}"

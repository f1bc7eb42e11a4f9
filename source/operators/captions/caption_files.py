"""Captions as SubRip and WebVTT files."""

import html
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import caption_store
import languages
import webvtt

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    OperatorInputError,
    Status,
    put_text,
    read_object,
    store_results,
)

# application/x-subrip is what SubRip files are known by, though nobody has registered it
_CONTENT_TYPES = {"srt": "application/x-subrip", "vtt": "text/vtt"}
# a day of speech has less
_LARGEST_FILE = 16 * 1024 * 1024


def create(operator: MediaInsightsOperationHelper, file_format: str) -> None:
    """Writes a file for each language, the captions' own included, and stores where they are."""
    wanted = languages.targets(operator)
    own = languages.known_source(operator)
    if own is not None and own not in wanted:
        wanted = [*wanted, own]
    # all are read before one is written
    captions = {language: caption_store.load(operator, language) for language in wanted}
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
        for language in wanted
    ]
    store_results(operator, operator.name, {"CaptionsCollection": collection})
    operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)


def document(captions: Iterable[Mapping[str, Any]], file_format: str) -> str:
    """The text of a file; format: srt or vtt. A caption without words is left out."""
    cues = [
        # escaped in both: the library takes what looks like a tag out of SubRip
        webvtt.Caption(_timestamp(start), _timestamp(end), html.escape(text, quote=False))
        for start, end, text in _lines(captions, file_format)
    ]
    file = io.StringIO()
    webvtt.WebVTT(captions=cues).write(file, format=file_format)
    if file_format == "vtt":
        return file.getvalue()
    return f"{html.unescape(file.getvalue())}\n" if cues else ""


def read_vtt(location: Any) -> list[dict[str, Any]]:
    """Captions of a WebVTT file. location: {"Bucket", "Key"}. Raises OperatorInputError."""
    try:
        bucket, key = location["Bucket"], location["Key"]
    except (TypeError, KeyError) as error:
        raise OperatorInputError("ExistingSubtitlesObject must have Bucket and Key") from error
    content = read_object(bucket, key, "Unable read VTT file.", _LARGEST_FILE)
    try:
        cues = webvtt.WebVTT.from_string(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, webvtt.errors.MalformedFileError) as error:
        raise OperatorInputError(f"Unable read VTT file. {error}") from error
    return [
        {
            "start": _seconds(cue.start_time),
            "end": _seconds(cue.end_time),
            "caption": html.unescape(cue.text),
        }
        for cue in cues
    ]


def _lines(
    captions: Iterable[Mapping[str, Any]], file_format: str
) -> Iterator[tuple[int, int, str]]:
    """Start and end in milliseconds, and text without empty lines, which would end a cue."""
    for caption in captions:
        text = "\n".join(line for line in str(caption["caption"]).splitlines() if line.strip())
        if not text:
            continue
        if file_format == "srt":
            # which has no way to say that this arrow is not between times
            text = text.replace("-->", "->")
        # in whole milliseconds first: a binary fraction that is cut loses one now and then
        start, end = (round(float(caption[key]) * 1000) for key in ("start", "end"))
        # a cue of no time is none
        yield start, max(end, start + 1), text


def _timestamp(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{rest:03}"


def _seconds(time: Any) -> str:
    """As text, which is how captions from files have it."""
    hours, minutes, seconds, milliseconds = time.to_tuple()
    return f"{hours * 3600 + minutes * 60 + seconds}.{milliseconds:03}"

"""Findings in speech and texts: Transcribe, captions, Translate and Comprehend."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from fields import number
from items import Json, listed, nested, picked, without

_MS = 1_000


def transcript(page: Json) -> Iterator[Json]:
    """The whole text, then every word and mark with its place in ms and confidence in percent."""
    results = nested(page, "results")
    for whole in listed(results, "transcripts"):
        if whole.get("transcript"):
            yield whole
    for item in listed(results, "items"):
        yield _word(item)


def _word(item: Json) -> Json:
    alternatives = [*listed(item, "alternatives")]
    likeliest = alternatives[0] if alternatives else {}
    share = number(likeliest.get("confidence"))
    confidence = {} if share is None else {"confidence": share * 100, "Confidence": share * 100}
    return {
        **without(item, "alternatives", "start_time", "end_time"),
        **picked(likeliest, ("content",)),
        **confidence,
        **_range(item, "start_time", "end_time"),
    }


def _range(item: Json, start: str, end: str) -> Json:
    """A range in ms under the names of its bounds in seconds; none when a bound is missing."""
    bounds = {key: number(item.get(key)) for key in (start, end)}
    known = {key: round(value * _MS) for key, value in bounds.items() if value is not None}
    return known if len(known) == 2 else {}


def captions(page: Json) -> Iterator[Json]:
    for item in listed(page, "WebCaptions"):
        bounds = _range(item, "start", "end")
        times = {"StartMs": bounds["start"], "EndMs": bounds["end"]} if bounds else {}
        # how sure each word was is in the transcript
        yield {**without(item, "wordConfidence"), **times}


def translation(page: Json) -> Iterator[Json]:
    if page.get("TranslatedText"):
        yield page


def entities(page: Json) -> Iterator[Json]:
    for item in _of_files(page, "Entities"):
        renamed = {"EntityType": item.get("Type"), "EntityText": item.get("Text")}
        yield {**without(item, "Type", "Text", "Score"), **picked(renamed, renamed), **_score(item)}


def key_phrases(page: Json) -> Iterator[Json]:
    for item in _of_files(page, "KeyPhrases"):
        renamed = {"PhraseText": item.get("Text")}
        yield {**without(item, "Text", "Score"), **picked(renamed, renamed), **_score(item)}


def _score(item: Json) -> Json:
    share = number(item.get("Score"))
    return {} if share is None else {"Confidence": share * 100}


def _of_files(page: Json, key: str) -> Iterator[Json]:
    """The findings in all files of Comprehend's archive, each line of which is about a file.

    A line that tells of an error has no findings.
    """
    results = page.get("Results")
    for text in results if isinstance(results, list) else ():
        for about in _lines(text):
            file = picked(about, ("File",))
            for finding in listed(about, key):
                yield {**finding, **file}


def _lines(text: Any) -> Iterator[Json]:
    if not isinstance(text, str):
        return
    for line in text.splitlines():
        found = _parsed(line)
        if isinstance(found, dict):
            yield found


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def text_of(*keys: str) -> Callable[[Json], str]:
    """Reads the first of these fields that holds a text."""

    def read(document: Json) -> str:
        found = (document.get(key) for key in keys)
        return next((one for one in found if isinstance(one, str) and one.strip()), "")

    return read

"""What was said, and what became of it: transcript, translations, captions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from findings.model import Caption, CaptionTrack, Transcript, Translation, Word
from findings.sightings import members
from mie.core.languages import join_texts

Pages = Sequence[Mapping[str, Any]]

_TRANSCRIPTS = ("TranscribeVideo", "TranscribeAudio")
# the captions that people see and edit; what operators made of them has other names
_CAPTIONS = "WebCaptions_"


def read_transcript(metadata: Mapping[str, Pages], language: str | None) -> Transcript | None:
    """language: what the execution has told. None where nothing was said, or nobody listened."""
    pages = next((metadata[one] for one in _TRANSCRIPTS if metadata.get(one)), ())
    results = [page["results"] for page in pages]
    words = _words(members(results, "items"))
    if not words:
        texts = (one["transcript"] for one in members(results, "transcripts"))
        words = [Word(one) for one in " ".join(texts).split()]
    if not words:
        return None
    told = next((one["language_code"] for one in results if one.get("language_code")), None)
    return Transcript(tuple(words), language or told)


def _words(items: Iterable[Mapping[str, Any]]) -> list[Word]:
    words: list[Word] = []
    for item in items:
        best = (item.get("alternatives") or [{}])[0]
        content = best.get("content", "")
        if item["type"] == "punctuation" and words:
            last = words[-1]
            words[-1] = Word(last.text + content, last.start, last.end, last.confidence)
        elif content:
            times = (_milliseconds(item.get("start_time")), _milliseconds(item.get("end_time")))
            words.append(Word(content, *times, _percent(best.get("confidence"))))
    return words


def joined(transcript: Transcript) -> str:
    """As it is written in its language."""
    return join_texts((word.text for word in transcript.words), transcript.language or "")


def read_translations(pages: Pages, rough: bool) -> tuple[Translation, ...]:
    """None into the language itself, which is no translation. rough: as all of them are."""
    return tuple(
        Translation(page["TargetLanguageCode"], page["TranslatedText"].strip(), rough)
        for page in pages
        if page["TranslatedText"].strip()
        and page.get("SourceLanguageCode") != page["TargetLanguageCode"]
    )


def read_captions(
    metadata: Mapping[str, Pages], language: str | None, rough: bool
) -> tuple[CaptionTrack, ...]:
    """language: what was spoken; its captions come first, and are no translation."""
    spoken = (language or "").partition("-")[0]
    tracks = []
    for name in sorted(one for one in metadata if one.startswith(_CAPTIONS)):
        code = name.removeprefix(_CAPTIONS)
        stored = members(metadata[name], "WebCaptions")
        if stored:
            captions = tuple(map(_caption, stored))
            is_translated = any("sourceCaption" in one for one in stored)
            tracks.append(CaptionTrack(code, captions, rough and is_translated))
    return tuple(sorted(tracks, key=lambda one: one.language.partition("-")[0] != spoken))


def _caption(caption: Mapping[str, Any]) -> Caption:
    start, end = _milliseconds(caption["start"]), _milliseconds(caption["end"])
    return Caption(start or 0, end or 0, caption["caption"])


def _milliseconds(seconds: float | str | None) -> int | None:
    return None if seconds is None else round(float(seconds) * 1_000)


def _percent(share: float | str | None) -> float | None:
    return None if share is None else float(share) * 100

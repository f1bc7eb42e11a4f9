"""Captions from the words and punctuation marks of a transcript (specification 14.2)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from caption_layout import Piece, arrange, break_cost, joined

from MediaInsightsEngineLambdaHelper import separator

# After so many seconds of silence a new caption begins.
_LONGEST_SILENCE = 1.5
# So long a caption stands at most.
_LONGEST_SECONDS = 7.0
# as Transcribe writes them in its languages; "?!" and "..." come as one mark
_SENTENCE_ENDS = frozenset({".", "..", "...", "?", "!", "?!", *"。？！؟۔।"})  # noqa: RUF001


@dataclass(frozen=True)
class _Word:
    """A word with the marks behind it; times in seconds."""

    text: str
    start: float
    end: float
    confidence: dict[str, Any]
    ends_sentence: bool = False


def captions(items: Iterable[Mapping[str, Any]], language: str = "en") -> list[dict[str, Any]]:
    """items: results.items of Transcribe, [{"type", "start_time", "end_time", "alternatives"}].

    A caption ends with its sentence, or where the next word comes more than 1.5 seconds later; it
    then stays until that word. What is more than two lines, or takes more than 7 seconds, is parted
    where a phrase ends.
    """
    made: list[dict[str, Any]] = []
    said = list(_words(items))
    for first, end in _passages(said):
        passage = said[first:end]
        pieces = _pieces(passage, language)
        for lines in arrange(pieces, lambda one, other, of=passage: _is_short(of[one:other])):
            start, stop = lines[0][0], lines[-1][1]
            made.append(_caption(passage[start:stop], joined(pieces[start:stop])))
        if end < len(said) and _is_silent_between(said[end - 1], said[end]):
            made[-1]["end"] = _stays(made[-1], said[end].start)
    return made


def _words(items: Iterable[Mapping[str, Any]]) -> Iterator[_Word]:
    word: _Word | None = None
    for item in items:
        best = (item.get("alternatives") or [{}])[0]
        content = str(best.get("content", ""))
        if item.get("type") == "pronunciation":
            if word is not None:
                yield word
            confidence = {"w": content.lower(), "c": float(best.get("confidence", 0))}
            word = _Word(content, float(item["start_time"]), float(item["end_time"]), confidence)
        elif word is not None:
            # a mark before the first word belongs to nothing that was said
            ends = item.get("type") == "punctuation" and content in _SENTENCE_ENDS
            word = replace(word, text=word.text + content, ends_sentence=ends or word.ends_sentence)
    if word is not None:
        yield word


def _passages(said: Sequence[_Word]) -> Iterator[tuple[int, int]]:
    """The words that belong together: of one sentence, without a silence."""
    first = 0
    for place, word in enumerate(said):
        is_last = place + 1 == len(said)
        if is_last or word.ends_sentence or _is_silent_between(word, said[place + 1]):
            yield first, place + 1
            first = place + 1


def _is_silent_between(word: _Word, following: _Word) -> bool:
    return word.end + _LONGEST_SILENCE < following.start


def _is_short(words: Sequence[_Word]) -> bool:
    return words[-1].end - words[0].start <= _LONGEST_SECONDS


def _pieces(words: Sequence[_Word], language: str) -> list[Piece]:
    first, *others = words
    pieces = [Piece(first.text, "", 0)]
    for word in others:
        before = pieces[-1].text
        apart = separator(before, word.text, language)
        pieces.append(Piece(word.text, apart, break_cost(before, word.text)))
    return pieces


def _caption(words: Sequence[_Word], text: str) -> dict[str, Any]:
    return {
        "start": words[0].start,
        "end": words[-1].end,
        "caption": text,
        "wordConfidence": [word.confidence for word in words],
    }


def _stays(caption: Mapping[str, Any], until: float) -> float:
    return max(caption["end"], min(until, caption["start"] + _LONGEST_SECONDS))

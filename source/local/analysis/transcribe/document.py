"""The transcript as the service writes it: words and punctuation, numbers as texts."""

from collections.abc import Iterable, Sequence
from typing import Any

from analysis.speech.vocabulary import CLAUSE_ENDS, is_mark, joined
from analysis.speech.words import Word

# the service writes one account into all; this is the local stack's
ACCOUNT = "000000000000"
_INSIDE = frozenset("'’-")  # noqa: RUF001

Item = dict[str, Any]


def items(words: Iterable[Word]) -> list[Item]:
    """The items of words: a pronunciation for each, and the punctuation that follows it."""
    found: list[Item] = []
    for word in words:
        content, marks = split(word.text)
        if content:
            found.append(_pronunciation(word, content))
        # a mark without a word before it belongs to nothing that was said
        if marks and found:
            found.append(_mark(marks))
    return found


def split(text: str) -> tuple[str, str]:
    """A word without marks around it, and the punctuation behind it: `"Hello,"` is Hello and ,."""
    start, end = 0, len(text)
    while end > start and is_mark(text[end - 1]):
        end -= 1
    while start < end and is_mark(text[start]) and text[start] not in _INSIDE:
        start += 1
    # others, such as quotation marks, the service leaves out
    return text[start:end], "".join(mark for mark in text[end:] if mark in CLAUSE_ENDS)


def transcript(items: Sequence[Item], language: str) -> str:
    """What was said, as one text; words of languages that have no spaces are not set apart."""
    words: list[str] = []
    for item in items:
        content = item["alternatives"][0]["content"]
        if item["type"] == "pronunciation" or not words:
            words.append(content)
        else:
            words[-1] += content
    return joined(words, language)


def document(
    job_name: str,
    channels: Sequence[Sequence[Word]],
    language: str,
    by_channel: bool,
    identified: tuple[str, float] | None = None,
) -> dict[str, Any]:
    """The whole document. language: the model's code; identified: code and score, if asked."""
    of_channels = [items(words) for words in channels]
    if by_channel:
        of_channels = [
            [{**item, "channel_label": f"ch_{place}"} for item in of_channel]
            for place, of_channel in enumerate(of_channels)
        ]
    all_items = of_channels[0] if len(of_channels) == 1 else _in_order(of_channels)
    results: dict[str, Any] = {
        "transcripts": [{"transcript": transcript(all_items, language)}],
        "items": all_items,
    }
    if by_channel:
        labels = [
            {"channel_label": f"ch_{place}", "items": of_channel}
            for place, of_channel in enumerate(of_channels)
        ]
        results["channel_labels"] = {"channels": labels, "number_of_channels": len(labels)}
    if identified is not None:
        code, score = identified
        results["language_code"] = code
        results["language_identification"] = [{"code": code, "score": _number(score, 4)}]
    return {
        "jobName": job_name,
        "accountId": ACCOUNT,
        "results": results,
        "status": "COMPLETED",
    }


def _in_order(channels: Sequence[Sequence[Item]]) -> list[Item]:
    """The items of all channels by their time; punctuation stays behind its word."""
    pieces: list[tuple[float, list[Item]]] = []
    for channel in channels:
        for item in channel:
            if item["type"] == "pronunciation":
                pieces.append((float(item["start_time"]), [item]))
            else:
                pieces[-1][1].append(item)
    return [item for _, piece in sorted(pieces, key=lambda one: one[0]) for item in piece]


def _pronunciation(word: Word, content: str) -> Item:
    alternative = {"confidence": _number(word.probability, 3), "content": content}
    return {
        "type": "pronunciation",
        "alternatives": [alternative],
        "start_time": _number(word.start, 3),
        "end_time": _number(word.end, 3),
    }


def _mark(marks: str) -> Item:
    # the service gives no confidence of a mark, but writes the number
    return {"type": "punctuation", "alternatives": [{"confidence": "0.0", "content": marks}]}


def _number(value: float, digits: int) -> str:
    """A number as the service writes it: 1.0, 0.97, never 0.970."""
    return str(round(value, digits))

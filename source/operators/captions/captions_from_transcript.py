"""Captions from the words and punctuation marks of a transcript (specification 14.2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

# What a viewer can read while it stands there.
_MOST_CHARACTERS = 120
_MOST_WORDS = 25
# After so many seconds of silence a new caption begins.
_LONGEST_SILENCE = 1.5
# as Transcribe writes them in its languages; "?!" and "..." come as one mark
_SENTENCE_ENDS = frozenset({".", "..", "...", "?", "!", "?!", *"。？！؟۔।"})  # noqa: RUF001


@dataclass
class _Open:
    """A caption that words are still added to; times in seconds."""

    start: float
    end: float
    text: str = ""
    words: list[dict[str, Any]] = field(default_factory=list)

    def closed(self, end: float) -> dict[str, Any]:
        return {
            "start": self.start,
            "end": end,
            "caption": self.text,
            "wordConfidence": self.words,
        }


def captions(items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """items: results.items of Transcribe, [{"type", "start_time", "end_time", "alternatives"}].

    A caption ends with its sentence, with 25 words or 120 characters, or where the next word comes
    more than 1.5 seconds later; it then stays until that word.
    """
    made: list[dict[str, Any]] = []
    caption: _Open | None = None
    for item in items:
        best = (item.get("alternatives") or [{}])[0]
        content = str(best.get("content", ""))
        if item.get("type") == "pronunciation":
            start, end = float(item["start_time"]), float(item["end_time"])
            if caption is not None and caption.end + _LONGEST_SILENCE < start:
                made.append(caption.closed(start))
                caption = None
            if caption is None:
                caption = _Open(start, end)
            caption.text = f"{caption.text} {content}".lstrip()
            caption.end = end
            confidence = float(best.get("confidence", 0))
            caption.words.append({"w": content.lower(), "c": confidence})
        elif caption is not None:
            caption.text += content
        if caption is not None and _is_full(caption, item, content):
            made.append(caption.closed(caption.end))
            caption = None
    if caption is not None:
        made.append(caption.closed(caption.end))
    return made


def _is_full(caption: _Open, item: Mapping[str, Any], content: str) -> bool:
    ends = item.get("type") == "punctuation" and content in _SENTENCE_ENDS
    return ends or len(caption.words) >= _MOST_WORDS or len(caption.text) >= _MOST_CHARACTERS

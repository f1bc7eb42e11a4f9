"""A transcript in pieces that can be read and pointed at: sentences, and paragraphs of them."""

from collections.abc import Iterator, Sequence

from findings.model import Word

Sentence = tuple[Word, ...]

_ENDS = (".", "!", "?", "…", "。", "！", "？", "؟", "।")  # noqa: RUF001
_QUOTES = "\"'”’)»"  # noqa: RUF001
_LONGEST_SENTENCE = 40
_PAUSE_MILLISECONDS = 1500
_LONG_PARAGRAPH = 45


def sentences(words: Sequence[Word]) -> Iterator[Sentence]:
    """They end with their punctuation, at a pause, or when they have become too long."""
    said: list[Word] = []
    for word in words:
        if said and (_ended(said) or _pause(said[-1], word)):
            yield tuple(said)
            said = []
        said.append(word)
    if said:
        yield tuple(said)


def paragraphs(words: Sequence[Word]) -> Iterator[Sentence]:
    """Sentences that follow each other without a pause, as many as one reads at a glance."""
    told: list[Word] = []
    for sentence in sentences(words):
        if told and (len(told) + len(sentence) > _LONG_PARAGRAPH or _pause(told[-1], sentence[0])):
            yield tuple(told)
            told = []
        told.extend(sentence)
    if told:
        yield tuple(told)


def begin(words: Sequence[Word]) -> int | None:
    return next((word.start for word in words if word.start is not None), None)


def end(words: Sequence[Word]) -> int | None:
    return next((word.end for word in reversed(words) if word.end is not None), None)


def _ended(said: Sequence[Word]) -> bool:
    return said[-1].text.rstrip(_QUOTES).endswith(_ENDS) or len(said) >= _LONGEST_SENTENCE


def _pause(before: Word, after: Word) -> bool:
    if before.end is None or after.start is None:
        return False
    return after.start - before.end > _PAUSE_MILLISECONDS

"""A text in pieces that can be spoken one after another."""

import re
from collections.abc import Iterator

# the end of a sentence, also where no space follows it, as in Chinese
_END = re.compile(
    r"(?<=[.!?…][\"'”’)])\s+|(?<=[.!?…])\s+|(?<=[。？！])|\n+"  # noqa: RUF001
)
_PAUSE = re.compile(r"(?<=[,;:])\s+|(?<=[，；：、])")  # noqa: RUF001
_SPACE = re.compile(r"\s+")


def pieces(text: str, longest: int) -> Iterator[str]:
    """Sentences; one that is too long is cut at a pause, at a space, or wherever it must be."""
    for sentence in _END.split(text):
        yield from _cut(sentence.strip(), longest, (_PAUSE, _SPACE))


def _cut(text: str, longest: int, places: tuple[re.Pattern[str], ...]) -> Iterator[str]:
    if len(text) <= longest:
        if text:
            yield text
        return
    if not places:
        yield from (text[start : start + longest] for start in range(0, len(text), longest))
        return
    piece = ""
    for part in places[0].split(text):
        if piece and len(piece) + 1 + len(part) > longest:
            yield from _cut(piece, longest, places[1:])
            piece = ""
        piece = f"{piece} {part}".strip()
    yield from _cut(piece, longest, places[1:])

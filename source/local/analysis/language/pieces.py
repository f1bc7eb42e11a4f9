"""Long text in pieces of bounded length, cut where a reader would pause.

A parser's memory grows with its input, so that a document is read piece by piece. Nothing is lost
at a cut: the pieces put together are the text.
"""

import re
from collections.abc import Iterator

# the last of them in a piece is where it is cut, the best kind first: a paragraph, the end of a
# sentence in any script, a line, a word
_CUTS = tuple(
    re.compile(rf"(?s).*(?:{cut})")
    for cut in (r"\n\s*\n", r"[.!?…](?=\s)\s|[。！？।]", r"\n", r"\s")  # noqa: RUF001
)


def pieces(text: str, longest: int) -> Iterator[tuple[int, str]]:
    """The pieces and where each begins, in characters; none has more than `longest` of them."""
    start = 0
    while start < len(text):
        piece = text[start : start + longest]
        if start + longest < len(text):
            piece = _cut(piece)
        yield start, piece
        start += len(piece)


def _cut(piece: str) -> str:
    # a piece that is very short has lost more than a bad cut would
    shortest = len(piece) // 2
    for cut in _CUTS:
        found = cut.match(piece)
        if found is not None and found.end() > shortest:
            return found.group()
    return piece

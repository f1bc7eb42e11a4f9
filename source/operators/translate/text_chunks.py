"""Cuts a text into parts that the service takes, at the ends of sentences where it can.

Limits are bytes of UTF-8, because Amazon Translate counts them.
"""

from collections.abc import Iterator

from sentencex import segment

# The splitter's time grows with the square of a text without spaces.
_WINDOW_CHARACTERS = 4_000


def chunks(text: str, language: str, limit: int) -> Iterator[str]:
    """Parts of at most ``limit`` bytes, none of them empty or with space around it.

    language: a code such as "ja", or "auto"; one that the splitter does not know is cut by the
    full stops of all scripts.
    """
    chunk, size = "", 0
    for sentence in sentences(_without_halves(text), language):
        for piece in _pieces(sentence, limit):
            piece_size = len(piece.encode())
            if size + piece_size > limit:
                yield from _trimmed(chunk)
                chunk, size = "", 0
            chunk, size = chunk + piece, size + piece_size
    yield from _trimmed(chunk)


def sentences(text: str, language: str) -> Iterator[str]:
    """The sentences with the space behind them: joined they are the text."""
    rest = ""
    for start in range(0, len(text), _WINDOW_CHARACTERS):
        # the last sentence of a window may go on in the next one
        *whole, rest = segment(language, rest + text[start : start + _WINDOW_CHARACTERS]) or [""]
        yield from whole
    if rest:
        yield rest


def _without_halves(text: str) -> str:
    """The text with question marks for halves of characters, which JSON can spell."""
    return text.encode(errors="replace").decode()


def _trimmed(chunk: str) -> Iterator[str]:
    if trimmed := chunk.strip():
        yield trimmed


def _pieces(sentence: str, limit: int) -> Iterator[str]:
    """The sentence, in pieces where it is longer than the limit: at spaces, else in a word."""
    rest = sentence.encode()
    while len(rest) > limit:
        head = _head(rest[:limit].decode(errors="ignore"))
        yield head
        rest = rest[len(head.encode()) :]
    if rest:
        yield rest.decode()


def _head(piece: str) -> str:
    """The piece up to its last space, or all of it."""
    end = max(len(piece.rstrip()) - 1, 0)
    spaces = [place for place in range(end, -1, -1) if piece[place].isspace()][:1]
    return piece[: spaces[0] + 1] if spaces else piece

"""The pieces of text that Whisper writes, and how they make words."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

# written without spaces between words: each character is an item of its own
SPACELESS = frozenset(("ja", "lo", "my", "th", "yue", "zh"))
# marks that end a clause or a sentence
CLAUSE_ENDS = frozenset(".,?!;:…。、，？！：；।؟،")  # noqa: RUF001


@dataclass(frozen=True)
class Piece:
    """A word as it is written, with its punctuation, and its pieces: `first` up to `end`."""

    text: str
    first: int
    end: int


@dataclass(frozen=True)
class Vocabulary:
    """The pieces by their numbers, and the numbers of what stands for no text."""

    pieces: Sequence[str]
    numbers: Mapping[str, int]

    @classmethod
    def read(cls, text: str) -> "Vocabulary":
        """Of the file vocabulary.txt: a piece a line, the line's number is the piece's."""
        pieces = text.split("\n")
        if pieces and not pieces[-1]:
            pieces.pop()
        return cls(pieces, {piece: number for number, piece in enumerate(pieces)})

    @property
    def languages(self) -> frozenset[str]:
        """The languages that a model of this vocabulary can tell apart; one for English alone."""
        first, last = self.numbers["<|startoftranscript|>"], self.numbers["<|translate|>"]
        marks = self.pieces[first + 1 : last] if last > first else []
        return frozenset(mark[2:-2] for mark in marks)

    def is_text(self, number: int) -> bool:
        """Whether a number stands for text, and not for a mark such as the end."""
        return number < self.numbers["<|endoftext|>"]

    def words(self, numbers: Sequence[int], language: str) -> list[Piece]:
        """The words that a sequence of pieces makes.

        A piece may be half of a character, so that characters are made of whole ones first.
        """
        found: list[Piece] = []
        for piece in self._characters(numbers):
            if found and _joins(found[-1].text, piece.text, language):
                before = found.pop()
                piece = Piece(before.text + piece.text, before.first, piece.end)
            found.append(piece)
        return [piece for piece in found if piece.text.strip()]

    def _characters(self, numbers: Sequence[int]) -> Iterator[Piece]:
        first, data = 0, b""
        for place, number in enumerate(numbers):
            data += bytes(_BYTES[letter] for letter in self.pieces[number])
            try:
                text = data.decode()
            except UnicodeDecodeError:
                continue
            yield Piece(text, first, place + 1)
            first, data = place + 1, b""


def joined(words: Sequence[str], language: str) -> str:
    """Words as they are written: where a language has no spaces, only between those of another."""
    text = ""
    for word in words:
        text += f"{_space(text, word, language)}{word}"
    return text


def _space(before: str, after: str, language: str) -> str:
    if not before:
        return ""
    return " " if language not in SPACELESS or _are_latin(before, after) else ""


def _joins(before: str, text: str, language: str) -> bool:
    """Whether a piece goes on with the word before it."""
    if language not in SPACELESS or _are_latin(before, text.strip()):
        return not text.startswith(" ")
    return all(is_mark(letter) for letter in text.strip())


def _are_latin(before: str, after: str) -> bool:
    """Whether two pieces meet in letters or digits of the script that sets words apart."""
    names = (unicodedata.name(letter, "") for letter in before[-1:] + after[:1])
    return all(name.startswith(("LATIN ", "DIGIT ")) for name in names)


def is_mark(letter: str) -> bool:
    """Whether a character is punctuation and no letter, digit or sign such as % or $."""
    return unicodedata.category(letter).startswith("P") and letter not in "%&@#*/"


def _byte_letters() -> dict[str, int]:
    """Which byte a letter of the vocabulary stands for, in the order of GPT-2's byte encoding.

    A printable byte is its own letter, the others follow from U+0100 on.
    """
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(0x100) if byte not in printable]
    letters = {chr(byte): byte for byte in printable}
    return letters | {chr(0x100 + place): byte for place, byte in enumerate(others)}


_BYTES: Mapping[str, int] = _byte_letters()

"""Reads text with the models of PP-OCR, which the package rapidocr runs."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.models import Models
from analysis.pictures import Picture

Point = tuple[float, float]


# round things are taken for an 8 or a 0, and a print on a shirt for two letters: measured on
# photographs without any text, up to this
_SURE_OF_FEW_CHARACTERS = 0.95
_FEW = 2
# a picture is given to the reader on a page whose one side has at most so many times the other: it
# enlarges a strip until its shorter side is as long as that of a page, and takes memory for all
_MOST_SLENDER = 4
# sides of the picture, in pixels, in which lines are looked for quickly
_QUICK_LONGER, _QUICK_SHORTER = 960, 540


@dataclass(frozen=True)
class Text:
    """A word or a line: what it says, how sure that is (0 to 1), its four corners in pixels.

    The corners begin at the upper left of the writing and follow the clock.
    """

    text: str
    score: float
    corners: Sequence[Point]


@dataclass(frozen=True)
class Line:
    """A line of text and the words in it."""

    whole: Text
    words: Sequence[Text]


def read_lines(models: Models, picture: Picture, quickly: bool = False) -> list[Line]:
    """Lines of text in reading order, without what is hardly text.

    That is what has neither letter nor digit, and one or two characters that are not beyond doubt.
    quickly: look for lines in a picture of half the size, as is enough for the captions of a
    video; what is found is read at full size.
    """
    page = _on_page(picture)
    # the package takes the channels in OpenCV's order
    pixels = np.ascontiguousarray(page.pixels[:, :, ::-1])
    with models.text_reader() as reader, _looking(reader, page, quickly):
        result: Any = reader(pixels, return_word_box=True)
    if result.boxes is None:
        return []
    words = result.word_results or ((),) * len(result.boxes)
    lines = zip(result.boxes, result.txts, result.scores, words, strict=True)
    return [
        Line(_text(text, score, corners), _words(parts) or [_text(text, score, corners)])
        for corners, text, score, parts in lines
        if _says_something(text) and (len(text.strip()) > _FEW or score >= _SURE_OF_FEW_CHARACTERS)
    ]


def _on_page(picture: Picture) -> Picture:
    """The picture in the upper left of a page of its usual colour, if it is slender."""
    side = math.ceil(max(picture.width, picture.height) / _MOST_SLENDER)
    missing = max(side - picture.height, 0), max(side - picture.width, 0)
    if not any(missing):
        return picture
    rows, columns = picture.height + missing[0], picture.width + missing[1]
    page = np.empty((rows, columns, 3), np.uint8)
    page[:] = np.median(picture.pixels, axis=(0, 1))
    page[: picture.height, : picture.width] = picture.pixels
    return Picture(page)


@contextmanager
def _looking(reader: Any, picture: Picture, quickly: bool) -> Iterator[None]:
    """The size at which lines are looked for, as long as the `with` lasts."""
    # the package has no parameter for it, and makes the detector when it is needed first
    detector = reader._load_det_model()
    before = detector.limit_type, detector.limit_side_len
    if quickly:
        is_large = max(picture.width, picture.height) >= _QUICK_LONGER
        # a large picture is scaled down by its longer side, a small one up by its shorter one
        quick = ("max", _QUICK_LONGER) if is_large else ("min", _QUICK_SHORTER)
        detector.limit_type, detector.limit_side_len = quick
    try:
        yield
    finally:
        detector.limit_type, detector.limit_side_len = before


def _words(parts: Sequence[Any]) -> list[Text]:
    return [
        _text(text, score, corners)
        for text, score, corners in parts
        if corners is not None and _says_something(text)
    ]


def _text(text: str, score: float, corners: Sequence[Sequence[float]]) -> Text:
    return Text(text.strip(), float(score), [(float(x), float(y)) for x, y in corners])


def _says_something(text: str) -> bool:
    return any(character.isalnum() for character in text)

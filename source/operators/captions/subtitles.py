"""Subtitle files that people hand in: WebVTT, and SubRip under that name.

Players leave out a cue that they cannot read, and so does webvtt-py, which writes our files. Here a
fault that has one meaning is repaired and counted, and every other one is refused with its line.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

_TIME = r"(?:(\d+)\s*:\s*)?(\d{1,3})\s*:\s*(\d{1,2})(?:\s*[.,]\s*(\d+))?"
_TIMES = re.compile(rf"\s*{_TIME}\s*(?:-{{1,3}}>|--&gt;)\s*{_TIME}(?:\s+(\D.*))?\s*")
# Any signs may stand for the arrow between two times that have fractions, which words such as
# "9:00 - 17:00" have not; behind the head of an arrow a minus belongs to the time.
_EXACT = r"(?:(\d+)\s*:\s*)?(\d{1,3})\s*:\s*(\d{1,2})(?:[.,]|\s*[.,]\s*(?=\d{3}\b))(\d+)"
_SIGNS = r"(?!\d)\s*(?:(?!>\s*[-\u2212])(?:[^\w\s]|_)\s*){0,5}"
_SETTINGS = r"(?:\s+[A-Za-z]\w*:\S+)*"
_OTHER_TIMES = re.compile(rf"\s*{_EXACT}{_SIGNS}{_EXACT}{_SETTINGS}\s*")
# the times of a cue that lack a second one, or have one that cannot be read
_ARROW_SIGN = r"[-=>\uff1e\u2010-\u2015\u2190-\u21ff]"
_HALF_TIMES = re.compile(
    rf"\s*{_EXACT}(?!\d)"
    rf"(?:\s*(?:[^\w\s]+\s*)?|\s*[^\w\s]*{_ARROW_SIGN}.*|{_SIGNS}{_EXACT}.*)"
)
_RIGHT_TIME = r"(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}"
_RIGHT_TIMES = re.compile(rf"[ \t]*{_RIGHT_TIME}[ \t]+-->[ \t]+{_RIGHT_TIME}(?:[ \t].*)?")
_ARROW = "-->"
_LOOKS_LIKE_TIME = re.compile(r"\d\s*:\s*-?\d")
_HEADER = re.compile(r"WEBVTT(?:[ \t].*)?")
# a line such as "Language: en" or X-TIMESTAMP-MAP=…
_HEADER_LINE = re.compile(r"[A-Za-z-]+\s*[:=].*")
_SILENT_BLOCK = re.compile(r"(?:NOTE(?:[ \t].*)?|STYLE|REGION)[ \t]*")
# what SubRip and WebVTT know as tags; anything else between < and > was said
_TAG = re.compile(r"</?(?:[bciuv]|rt|ruby|lang|font)(?:[.\s][^>]*)?>|<[\d:.]+>", re.IGNORECASE)
# where SubRip shows a text
_POSITION = re.compile(r"\s*(?:\{\\(?:an?\d{1,2}|pos\([^(){}]*\))\}\s*)+")
_LONGEST_QUOTE = 80


class Unreadable(Exception):
    """The file cannot be read; the text says where and why."""


@dataclass
class _Cue:
    """A cue while its lines are read; times in milliseconds."""

    start: int
    end: int
    text: list[str] = field(default_factory=list)


def read(content: bytes) -> tuple[list[dict[str, Any]], int]:
    """The captions of a file, and how many lines were repaired. Raises Unreadable.

    Times are seconds as text. Tags and settings are left out; captions are in the order of their
    times.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"It is not UTF-8: {error}") from error
    reader = _Reader(re.split(r"\r\n|\r|\n", text.replace("\0", "\ufffd")))
    cues = reader.read()
    ordered = sorted(cues, key=lambda cue: cue.start)
    moved = sum(one is not other for one, other in zip(cues, ordered, strict=True))
    captions = [
        {
            "start": _seconds(cue.start),
            "end": _seconds(cue.end),
            "caption": _shown(cue.text),
        }
        for cue in ordered
    ]
    return captions, reader.repaired + moved


class _Reader:
    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._cues: list[_Cue] = []
        # the number of the last cue that has one
        self._number: int | None = None
        self.repaired = 0

    def read(self) -> list[_Cue]:
        """Block by block; `repaired` counts."""
        place = self._behind_header()
        for first, end in self._blocks(place):
            self._read_block(first, end)
        return self._cues

    def _behind_header(self) -> int:
        """The line behind the header; SubRip, which has none, is read as what it is."""
        first = next((place for place, line in enumerate(self._lines) if line.strip()), None)
        if first is None:
            raise Unreadable("Line 1: the file is empty, and should begin with WEBVTT")
        if not _HEADER.fullmatch(self._lines[first]):
            two = self._lines[first : first + 2]
            if not any(_times(line) for line in two):
                raise Unreadable(f"Line {first + 1}: the file does not begin with WEBVTT")
            self.repaired += 1
            return first
        self.repaired += first > 0
        place = first + 1
        # the header goes on to an empty line
        while place < len(self._lines) and self._lines[place].strip():
            if self._is_timing(place) or self._names_cue(place):
                self.repaired += 1
                return place
            self._refuse_half_times(place)
            place += 1
        return place

    def _blocks(self, place: int) -> Iterator[tuple[int, int]]:
        """What stands between empty lines: the first line, and the one behind the last."""
        while place < len(self._lines):
            first = place
            while place < len(self._lines) and self._lines[place].strip():
                place += 1
            if place > first:
                yield first, place
            place += 1

    def _read_block(self, first: int, end: int) -> None:
        begins = [place for place in range(first, end) if self._is_timing(place)]
        head = begins[0] if begins else end
        if head > first:
            self._read_head(first, head, with_times=bool(begins))
        for number, place in enumerate(begins):
            following = begins[number + 1] if number + 1 < len(begins) else end
            self._cues.append(self._cue(place))
            if following == end:
                self._add(place + 1, end)
                continue
            # an empty line is missing between two cues, of which the second may have a number
            self.repaired += 1
            numbered = following - place > 2 and self._may_be_number(following - 1)
            self._add(place + 1, following - numbered)
            if numbered:
                self._number = int(self._lines[following - 1])

    def _read_head(self, first: int, head: int, *, with_times: bool) -> None:
        """Lines before the times: the cue's name, a note, or text behind an empty line."""
        if _SILENT_BLOCK.fullmatch(self._lines[first]):
            return
        is_number = self._lines[first].strip().isdecimal()
        self._refuse_half_times(first)
        if is_number and head > first + 1:
            self._refuse_half_times(first + 1)
        if with_times and head == first + 1:
            # a name; one with an arrow is a time that cannot be read, or nobody knows what
            self._refuse_arrow(first)
            if self._cues and not self._cues[-1].text and not is_number:
                raise Unreadable(
                    f"Line {first + 1}: the words of the cue before, or the name of the next one: "
                    f"{self._quoted(first)}"
                )
            if is_number:
                self._number = int(self._lines[first])
            return
        if not with_times and self._is_name_apart(first, head):
            self.repaired += 1
            self._number = int(self._lines[first])
            return
        if is_number and not with_times and self._number is not None and self._is_next(first):
            raise Unreadable(f"Line {first + 1}: a cue without times: {self._quoted(first)}")
        if not self._cues:
            if not all(_HEADER_LINE.fullmatch(line) for line in self._lines[first:head]):
                self._refuse_arrow(first)
                raise Unreadable(f"Line {first + 1}: a text without times: {self._quoted(first)}")
            return
        # an empty line inside a caption, or between its times and its words
        self.repaired += 1
        self._add(first, head - with_times)
        if with_times and self._lines[head - 1].strip().isdecimal():
            self._number = int(self._lines[head - 1])

    def _add(self, first: int, end: int) -> None:
        for place in range(first, end):
            if _ARROW in self._lines[place]:
                self._refuse_time(place)
                # it is not between times: somebody has said so
                self.repaired += 1
            self._cues[-1].text.append(self._lines[place].strip())

    def _is_timing(self, place: int) -> bool:
        return _times(self._lines[place]) is not None

    def _names_cue(self, place: int) -> bool:
        return place + 1 < len(self._lines) and self._is_timing(place + 1)

    def _is_name_apart(self, first: int, head: int) -> bool:
        """Whether a block is the number of the cue whose times stand behind an empty line."""
        if head != first + 1 or not self._is_next(first):
            return False
        following = head
        while following < len(self._lines) and not self._lines[following].strip():
            following += 1
        return following < len(self._lines) and self._is_timing(following)

    def _is_next(self, place: int) -> bool:
        """Whether a line is the number of the cue behind the last one; others were said."""
        line = self._lines[place].strip()
        if not line.isdecimal():
            return False
        if self._number is not None:
            return int(line) == self._number + 1
        # people count from 0 or from 1, and a part of a file from anywhere
        return not self._cues or int(line) - len(self._cues) in (0, 1)

    def _may_be_number(self, place: int) -> bool:
        """Whether a line right before times is the cue's number, where cues may be left out."""
        is_number = self._lines[place].strip().isdecimal()
        return self._is_next(place) or (is_number and self._number is not None)

    def _cue(self, place: int) -> _Cue:
        line = self._lines[place]
        found = _times(line)
        if found is None:
            raise AssertionError("it was looked at before")
        groups = found.groups()
        start, end = self._time(place, groups[:4]), self._time(place, groups[4:8])
        if end < start:
            raise Unreadable(f"Line {place + 1}: the end is before the start: {line.strip()}")
        self.repaired += _RIGHT_TIMES.fullmatch(line) is None
        return _Cue(start, end)

    def _time(self, place: int, fields: Sequence[str | None]) -> int:
        hours, minutes, seconds = (int(one or 0) for one in fields[:3])
        # a rounded minute is written as :60 by some; minutes without hours may be any
        if seconds > 60 or (fields[0] is not None and minutes > 60) or len(fields[0] or "") > 6:
            raise Unreadable(f"Line {place + 1}: no time of day or film: {self._quoted(place)}")
        fraction = round(float(f"0.{fields[3] or 0}") * 1000)
        return ((hours * 60 + minutes) * 60 + seconds) * 1000 + fraction

    def _refuse_arrow(self, place: int) -> None:
        if _ARROW in self._lines[place]:
            raise Unreadable(f"Line {place + 1}: times that cannot be read: {self._quoted(place)}")

    def _refuse_time(self, place: int) -> None:
        if _LOOKS_LIKE_TIME.search(self._lines[place]):
            self._refuse_arrow(place)

    def _refuse_half_times(self, place: int) -> None:
        if not self._is_timing(place) and _HALF_TIMES.fullmatch(self._lines[place]):
            raise Unreadable(f"Line {place + 1}: times that cannot be read: {self._quoted(place)}")

    def _quoted(self, place: int) -> str:
        return self._lines[place].strip()[:_LONGEST_QUOTE]


def _times(line: str) -> re.Match[str] | None:
    return _TIMES.fullmatch(line) or _OTHER_TIMES.fullmatch(line)


def _shown(lines: Sequence[str]) -> str:
    text = _TAG.sub("", "\n".join(lines))
    position = _POSITION.match(text)
    return html.unescape(text[position.end() :] if position else text)


def _seconds(milliseconds: int) -> str:
    """As text, which is how captions from files have it."""
    return f"{milliseconds // 1000}.{milliseconds % 1000:03}"

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
            "caption": html.unescape(_TAG.sub("", "\n".join(cue.text))),
        }
        for cue in ordered
    ]
    return captions, reader.repaired + moved


class _Reader:
    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._cues: list[_Cue] = []
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
            if not any(_TIMES.fullmatch(line) for line in two):
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
            numbered = following - place > 2 and self._lines[following - 1].strip().isdecimal()
            self._add(place + 1, following - numbered)

    def _read_head(self, first: int, head: int, *, with_times: bool) -> None:
        """Lines before the times: the cue's name, a note, or text behind an empty line."""
        if _SILENT_BLOCK.fullmatch(self._lines[first]):
            return
        if with_times and head == first + 1:
            # a name; one with an arrow is a time that cannot be read, or nobody knows what
            self._refuse_arrow(first)
            is_number = self._lines[first].strip().isdecimal()
            if self._cues and not self._cues[-1].text and not is_number:
                raise Unreadable(
                    f"Line {first + 1}: the words of the cue before, or the name of the next one: "
                    f"{self._quoted(first)}"
                )
            return
        if not with_times and self._is_name_apart(first, head):
            self.repaired += 1
            return
        if not self._cues:
            if not all(_HEADER_LINE.fullmatch(line) for line in self._lines[first:head]):
                self._refuse_arrow(first)
                raise Unreadable(f"Line {first + 1}: a text without times: {self._quoted(first)}")
            return
        # an empty line inside a caption, or between its times and its words
        self.repaired += 1
        self._add(first, head - with_times)

    def _add(self, first: int, end: int) -> None:
        for place in range(first, end):
            if _ARROW in self._lines[place]:
                self._refuse_time(place)
                # it is not between times: somebody has said so
                self.repaired += 1
            self._cues[-1].text.append(self._lines[place].strip())

    def _is_timing(self, place: int) -> bool:
        return _TIMES.fullmatch(self._lines[place]) is not None

    def _names_cue(self, place: int) -> bool:
        return place + 1 < len(self._lines) and self._is_timing(place + 1)

    def _is_name_apart(self, first: int, head: int) -> bool:
        """Whether a block is the number of the cue whose times stand behind an empty line."""
        if head != first + 1 or not self._lines[first].strip().isdecimal():
            return False
        following = head
        while following < len(self._lines) and not self._lines[following].strip():
            following += 1
        return following < len(self._lines) and self._is_timing(following)

    def _cue(self, place: int) -> _Cue:
        line = self._lines[place]
        found = _TIMES.fullmatch(line)
        if found is None:
            raise AssertionError("it was looked at before")
        groups = found.groups()
        start, end = self._time(place, groups[:4]), self._time(place, groups[4:8])
        if end < start:
            raise Unreadable(f"Line {place + 1}: the end is before the start: {line.strip()}")
        self.repaired += _RIGHT_TIMES.fullmatch(line) is None or end == start
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

    def _quoted(self, place: int) -> str:
        return self._lines[place].strip()[:_LONGEST_QUOTE]


def _seconds(milliseconds: int) -> str:
    """As text, which is how captions from files have it."""
    return f"{milliseconds // 1000}.{milliseconds % 1000:03}"

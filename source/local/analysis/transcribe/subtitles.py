"""Subtitles of a transcript, in the formats SRT and VTT."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from analysis.speech.vocabulary import SPACELESS
from analysis.speech.words import Word

# two lines that can be read while they stand; a pause or the end of a sentence ends one as well
_LONGEST = 80
_PAUSE_SECONDS = 1.5
_ENDS = tuple(".?!…。？！।؟")  # noqa: RUF001


@dataclass(frozen=True)
class Cue:
    """A text and when it is shown, in seconds."""

    start: float
    end: float
    text: str


def cues(words: Sequence[Word], language: str) -> Iterator[Cue]:
    """The words of a transcript in pieces that can be read."""
    space = "" if language in SPACELESS else " "
    shown: list[Word] = []
    for word in words:
        text = space.join(one.text for one in shown)
        if shown and (
            len(text) + len(space) + len(word.text) > _LONGEST
            or word.start - shown[-1].end > _PAUSE_SECONDS
            or shown[-1].text.endswith(_ENDS)
        ):
            yield Cue(shown[0].start, shown[-1].end, text)
            shown = []
        shown.append(word)
    if shown:
        yield Cue(shown[0].start, shown[-1].end, space.join(one.text for one in shown))


def write(format_name: str, cues: Sequence[Cue], first: int) -> str:
    """A file of subtitles; `first` is the number of the first one."""
    from webvtt import Caption, WebVTT

    # in VTT, < begins a tag
    text = escape if format_name == "vtt" else str
    captions = [
        Caption(_time(cue.start), _time(cue.end), text(cue.text), identifier=str(first + place))
        for place, cue in enumerate(cues)
    ]
    if format_name == "vtt":
        return f"{WebVTT(captions=captions).content}\n"
    # the library numbers the captions of SRT from 1, always
    blocks = (
        f"{one.identifier}\n{_comma(one.start)} --> {_comma(one.end)}\n{one.raw_text}\n"
        for one in captions
    )
    return "\n".join(blocks)


def _time(seconds: float) -> str:
    milliseconds = round(seconds * 1_000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1_000:02}.{rest % 1_000:03}"


def _comma(time: str) -> str:
    return time.replace(".", ",")

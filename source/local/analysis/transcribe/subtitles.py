"""Subtitles of a transcript, in the formats SRT and VTT."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from analysis.speech.vocabulary import SPACELESS, joined
from analysis.speech.words import Word

# two lines that can be read while they stand; a pause or the end of a sentence ends one as well
_LINE, _WIDE_LINE = 42, 16
_PAUSE_SECONDS = 1.5
_ENDS = tuple(".?!…。？！।؟")  # noqa: RUF001


@dataclass(frozen=True)
class Cue:
    """A text and when it is shown, in seconds."""

    start: float
    end: float
    text: str


def cues(words: Sequence[Word], language: str) -> Iterator[Cue]:
    """The words of a transcript in pieces that can be read, of one or two lines."""
    shown: list[Word] = []
    for word in words:
        if shown and (
            _lines([one.text for one in (*shown, word)], language) is None
            or word.start - shown[-1].end > _PAUSE_SECONDS
            or shown[-1].text.endswith(_ENDS)
        ):
            yield _cue(shown, language)
            shown = []
        shown.append(word)
    if shown:
        yield _cue(shown, language)


def _cue(words: Sequence[Word], language: str) -> Cue:
    texts = [word.text for word in words]
    # a word alone may be longer than a line
    text = _lines(texts, language) or " ".join(texts)
    return Cue(words[0].start, words[-1].end, text)


def _lines(words: Sequence[str], language: str) -> str | None:
    """The words in one line, or in two of about one length; None where they do not fit."""
    longest = _WIDE_LINE if language in SPACELESS else _LINE
    whole = joined(words, language)
    if len(whole) <= longest:
        return whole
    pairs = [
        (joined(words[:place], language), joined(words[place:], language))
        for place in range(1, len(words))
    ]
    fitting = [pair for pair in pairs if max(map(len, pair)) <= longest]
    return "\n".join(min(fitting, key=lambda pair: max(map(len, pair)))) if fitting else None


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

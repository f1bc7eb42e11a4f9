"""Findings as a few lines for a terminal, the most important first."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from findings.model import CaptionTrack, Finding, Findings, Span, Unexamined
from findings.said import joined
from findings.unexamined import by_reason
from findings.who import FACE
from findings.wording import clock, counted, percent, span_text
from mie.core.languages import language_name

WIDTH = 80
# the longest title of what is told of most media: "About"
_TITLE_WIDTH = 7
_LONGEST_WORD = 60


@dataclass(frozen=True)
class _Bounds:
    """How much is told of one thing."""

    findings: int
    spans: int
    characters: int


# as much as one looks at
_FEW = _Bounds(findings=8, spans=3, characters=300)
# more than any medium has
_ALL = _Bounds(*[10**9] * 3)


@dataclass(frozen=True)
class Text:
    """is_shortened: whether there is more to tell than the lines do."""

    lines: tuple[str, ...]
    is_shortened: bool = False


@dataclass(frozen=True)
class _Part:
    """What is told under one title."""

    title: str
    text: str
    is_shortened: bool = False


def written(found: Findings, everything: bool = False, width: int = WIDTH) -> Text:
    """everything: all findings, what was looked for in vain, and what was not looked for."""
    parts = [one for one in _parts(found, everything) if one.text]
    lines = [line for one in parts for line in _laid_out(one, width)]
    return Text(tuple(lines), any(one.is_shortened for one in parts))


def _parts(found: Findings, everything: bool) -> Iterator[_Part]:
    told = _ALL if everything else _FEW
    yield _listed("Who", _who(found.who, told), told)
    yield _listed("What", (_finding(one, told) for one in found.what), told)
    yield from _said(found, told)
    yield _listed("Shown", (_shown(one, told) for one in found.shown), told)
    yield _listed("About", (_topic(one) for one in found.topics), told)
    yield from _when(found.when, told, everything)
    yield from _captions(found.captions, everything)
    yield from _unexamined("Not done:", [one for one in found.unexamined if not one.expected])
    if everything:
        yield from _unexamined("Not looked for:", [one for one in found.unexamined if one.expected])
        yield _Part("Not found:", ", ".join(found.not_found))
        yield _Part("Also stored:", ", ".join(found.also_stored))
        yield _Part("File", ", ".join(found.medium.facts))


def _listed(title: str, found: Iterable[str], told: _Bounds) -> _Part:
    texts = list(found)
    more = len(texts) - told.findings
    shown = ", ".join(texts[: told.findings])
    return _Part(title, f"{shown}, and {more} more", True) if more > 0 else _Part(title, shown)


def _who(found: Sequence[Finding], told: _Bounds) -> Iterator[str]:
    faces = [one for one in found if one.name == FACE]
    yield from (_finding(one, told) for one in found if one.name != FACE)
    if not faces:
        return
    if faces[0].spans:
        yield _faces_in_time(faces[0], told)
        return
    described = [", ".join(one.details) for one in faces]
    many = "1 face" if len(faces) == 1 else f"{len(faces)} faces"
    more = len(described) - told.findings
    rest = f"; and {more} more" if more > 0 else ""
    yield f"{many}: {'; '.join(described[: told.findings])}{rest}"


def _faces_in_time(faces: Finding, told: _Bounds) -> str:
    many = "1 face" if faces.count == 1 else f"up to {faces.count} faces at once"
    details = f": {', '.join(faces.details)}" if faces.details else ""
    return f"{many}{details} ({_times(faces.spans, told)})"


def _finding(found: Finding, told: _Bounds) -> str:
    parts = (counted(found), percent(found.confidence), _when_seen(found, told))
    return " ".join(one for one in parts if one)


def _shown(found: Finding, told: _Bounds) -> str:
    times = _when_seen(found, told)
    return f"“{found.name}” {times}" if times else f"“{found.name}”"


def _topic(found: Finding) -> str:
    details = f" ({', '.join(found.details)})" if found.details else ""
    return f"{found.name}{details}"


def _when_seen(found: Finding, told: _Bounds) -> str:
    return f"({_times(found.spans, told)})" if found.spans else ""


def _times(spans: Sequence[Span], told: _Bounds) -> str:
    more = len(spans) - told.spans
    shown = ", ".join(span_text(one) for one in spans[: told.spans])
    return f"{shown} and {more} more" if more > 0 else shown


def _said(found: Findings, told: _Bounds) -> Iterator[_Part]:
    if found.transcript:
        code = found.transcript.language
        language = f"({language_name(code)}) " if code else ""
        yield _quoted("Said", language, joined(found.transcript), told)
    for one in found.translations:
        rough = " (rough, made by rules)" if one.rough else ""
        yield _quoted(f"In {language_name(one.language)}{rough}:", "", one.text, told)


def _quoted(title: str, before: str, text: str, told: _Bounds) -> _Part:
    line = " ".join(text.split())
    if len(line) <= told.characters:
        return _Part(title, f"{before}“{line}”")
    return _Part(title, f"{before}“{_beginning(line, told.characters)} …”", True)


def _beginning(line: str, most: int) -> str:
    """Up to a space, unless there is none nearby, as in Japanese."""
    space = line.rfind(" ", max(0, most - _LONGEST_WORD), most)
    return line[: most if space < 0 else space]


def _when(found: Sequence[Finding], told: _Bounds, everything: bool) -> Iterator[_Part]:
    """Shots together; one shot, and cues that are there for all of it, say nothing new."""
    shots = [one for one in found if one.kind == "shot"]
    cues = [one for one in found if one.kind != "shot" and (everything or one.name != "content")]
    texts = [f"{one.name} {_times(one.spans, told)}" for one in cues]
    if len(shots) > 1 or (shots and everything):
        spans = [span for one in shots for span in one.spans]
        many = "1 shot" if len(shots) == 1 else f"{len(shots)} shots"
        texts.insert(0, f"{many}: {_times(spans, told)}")
    yield _Part("When", "; ".join(texts))


def _captions(tracks: Sequence[CaptionTrack], everything: bool) -> Iterator[_Part]:
    if not everything:
        names = ", ".join(_track_name(one) for one in tracks)
        yield _Part("Also", f"captions in {names}" if names else "", bool(names))
        return
    for track in tracks:
        cues = "\n".join(f"{clock(one.start)} {one.text}" for one in track.captions)
        yield _Part(f"Captions in {_track_name(track)}:", f"\n{cues}")


def _unexamined(title: str, left_out: Sequence[Unexamined]) -> Iterator[_Part]:
    """A part for each reason."""
    for reason, whats in by_reason(left_out).items():
        yield _Part(title, f"{', '.join(whats)} ({reason.rstrip('.')})")


def _track_name(track: CaptionTrack) -> str:
    name = language_name(track.language)
    return f"{name} (rough)" if track.rough else name


def _laid_out(part: _Part, width: int) -> list[str]:
    """The title, and the text beside it."""
    title = part.title.ljust(_TITLE_WIDTH) if len(part.title) < _TITLE_WIDTH else f"{part.title} "
    indent = " " * _TITLE_WIDTH
    first, *others = part.text.split("\n")
    wrapper = textwrap.TextWrapper(
        width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    lines = wrapper.wrap(title + first)
    wrapper.initial_indent = indent
    return [*lines, *(line for one in others for line in wrapper.wrap(one))]

"""When things were seen and said: a lane per kind, in which nothing covers anything else."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from findings.model import Findings, Span, Transcript
from findings.wording import span_text
from mie.core.languages import join_texts
from report.found import Numbered
from report.markup import Markup, element
from report.moments import address, share
from report.sentences import begin, end, paragraphs, sentences

_LANES = {
    "face": "Who",
    "celebrity": "Who",
    "label": "What",
    "moderation": "Moderation",
    "text": "Text",
    "shot": "Shots",
    "cue": "Cues",
}
_MOST_TRACKS = 8
# browsers stay quick with so many bars in a lane
_MOST_BARS = 2_000
_TRACK_PIXELS = 20
_BAR_PIXELS = 17
# what is shorter than this share of the whole is drawn as a dot
_SHORTEST_SHARE = 0.002
# so much of a sentence fits on its bar in any case
_LONGEST_NAME = 120


@dataclass(frozen=True)
class Bar:
    """What one thing takes of a lane; finding: its number, None for a sentence."""

    name: str
    spans: tuple[Span, ...]
    finding: int | None = None


def timeline(findings: Findings, found: Sequence[Numbered]) -> Markup:
    """Nothing where no times are known."""
    lanes = {
        title: bars
        for title, bars in _lanes(findings, found).items()
        if any(bar.spans for bar in bars)
    }
    ends = [span.end for bars in lanes.values() for bar in bars for span in bar.spans]
    duration = max([findings.medium.duration or 0, *ends], default=0)
    if not lanes or not duration:
        return Markup()
    drawn = [_lane(title, bars, duration) for title, bars in lanes.items()]
    axis = element("svg", class_="axis", height=22, aria_hidden="true")
    head = element("svg", element("line", y1=0, y2="100%"), class_="playhead", aria_hidden="true")
    wide = element("div", axis, *drawn, head, class_="wide")
    scrolled = element(
        "div",
        wide,
        class_="scroll",
        role="group",
        aria_labelledby="timeline-title",
        aria_describedby="timeline-keys",
    )
    return element(
        "section", _head(), scrolled, class_="timeline", id="timeline", data_duration=duration
    )


def _head() -> Markup:
    zoom = element(
        "div",
        element("button", "−", type="button", data_zoom="out", aria_label="Zoom out"),
        element("button", "Fit", type="button", data_zoom="fit", aria_label="Show all of it"),
        element("button", "+", type="button", data_zoom="in", aria_label="Zoom in"),
        class_="zoom",
        role="group",
        aria_label="Zoom of the timeline",
        hidden=True,
    )
    keys = "Arrow keys choose, Enter goes to the moment, plus and minus zoom."
    return element(
        "div",
        element("h2", "Timeline", id="timeline-title"),
        element("p", keys, id="timeline-keys", class_="unseen keys"),
        zoom,
        class_="head",
    )


def _lanes(findings: Findings, found: Sequence[Numbered]) -> dict[str, list[Bar]]:
    lanes: dict[str, list[Bar]] = {title: [] for title in _LANES.values()}
    for number, finding in found:
        if finding.kind in _LANES:
            lanes[_LANES[finding.kind]].append(Bar(finding.name, finding.spans, number))
    said = list(_said(findings.transcript)) if findings.transcript else []
    return {**lanes, "Said": said}


def _said(transcript: Transcript) -> Iterator[Bar]:
    """A bar for every sentence; for every paragraph where these are too many."""
    pieces = list(sentences(transcript.words))
    if len(pieces) > _MOST_BARS:
        pieces = list(paragraphs(transcript.words))
    for piece in pieces:
        start, finish = begin(piece), end(piece)
        if start is not None and finish is not None:
            words = join_texts((word.text for word in piece), transcript.language or "")
            yield Bar(words, (Span(start, finish),))


def _lane(title: str, bars: Sequence[Bar], duration: int) -> Markup:
    tracks, left_out = _packed(bars)
    drawn = [
        _bar(bar, span, _TRACK_PIXELS * place, duration)
        for place, track in enumerate(tracks)
        for bar in track
        for span in bar.spans
    ]
    more = f" and {left_out:,} more, which the list below names" if left_out else ""
    name = element("h3", title, element("span", more, class_="count"))
    strip = element("svg", *drawn, class_="strip", height=_TRACK_PIXELS * len(tracks))
    return element("div", name, strip, class_="lane")


def _packed(bars: Iterable[Bar]) -> tuple[list[list[Bar]], int]:
    """Tracks of what does not overlap, each thing wholly in one; and how many things do not fit."""
    tracks: list[list[Bar]] = []
    taken: list[list[Span]] = []
    drawn = left_out = 0
    for bar in bars:
        free = (place for place, spans in enumerate(taken) if not _overlap(spans, bar.spans))
        place = next(free, len(tracks))
        if place == _MOST_TRACKS or drawn + len(bar.spans) > _MOST_BARS:
            left_out += 1
            continue
        if place == len(tracks):
            tracks.append([])
            taken.append([])
        tracks[place].append(bar)
        taken[place] = sorted([*taken[place], *bar.spans], key=lambda span: span.start)
        drawn += len(bar.spans)
    return tracks, left_out


def _overlap(taken: Sequence[Span], wanted: Sequence[Span]) -> bool:
    """Both in order of time; what begins where the other ends is beside it."""
    if not taken or not wanted or taken[-1].end < wanted[0].start:
        return False
    one = other = 0
    while one < len(taken) and other < len(wanted):
        first, second = taken[one], wanted[other]
        if first.start == second.start or max(first.start, second.start) < min(
            first.end, second.end
        ):
            return True
        if first.end <= second.end:
            one += 1
        else:
            other += 1
    return False


def _bar(bar: Bar, span: Span, top: int, duration: int) -> Markup:
    length = (span.end - span.start) / duration
    left = share(span.start, duration)
    if length < _SHORTEST_SHARE:
        drawn = element("rect", x=left, y=top, width=5, height=_BAR_PIXELS, rx=2)
    else:
        width = share(span.end - span.start, duration)
        ground = element("rect", width="100%", height="100%", rx=3)
        words = element("text", bar.name[:_LONGEST_NAME], x=6, y=12)
        drawn = element("svg", ground, words, x=left, y=top, width=width, height=_BAR_PIXELS)
    called = f"{bar.name[:_LONGEST_NAME]}, {span_text(span)}"
    return element(
        "a",
        element("title", called),
        drawn,
        href=address(span.start),
        aria_label=called,
        data_finding=bar.finding,
    )

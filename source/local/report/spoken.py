"""When names and phrases are said, which their finder does not tell: it reads a text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from findings.model import Finding, Findings, Span, Transcript, Word

_AROUND = re.compile(r"^\W+|\W+$")


def with_moments(findings: Findings) -> Findings:
    """Topics that have no times get those of the words by which they are named."""
    if findings.transcript is None:
        return findings
    said = _places(findings.transcript)
    words = findings.transcript.words
    topics = tuple(
        one if one.spans else replace(one, spans=_spans(one, words, said))
        for one in findings.topics
    )
    return replace(findings, topics=topics)


def _places(transcript: Transcript) -> Mapping[str, list[int]]:
    """Word as it is compared -> where it is said."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(transcript.words):
        places.setdefault(_plain(word.text), []).append(place)
    return places


def _spans(
    topic: Finding, words: Sequence[Word], said: Mapping[str, list[int]]
) -> tuple[Span, ...]:
    wanted = [_plain(one) for one in topic.name.split()]
    if not wanted:
        return ()
    found = []
    for place in said.get(wanted[0], []):
        spoken = words[place : place + len(wanted)]
        start, end = spoken[0].start, spoken[-1].end
        if [_plain(one.text) for one in spoken] == wanted and start is not None and end is not None:
            found.append(Span(start, end))
    return tuple(found)


def _plain(word: str) -> str:
    return _AROUND.sub("", word).casefold()

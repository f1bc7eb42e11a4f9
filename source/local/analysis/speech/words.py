"""Words with their times, bounded by when somebody speaks.

An alignment finds where the model looks for a word, and gives it all the time until it looks for
the next one: the silence of a pause as well. Where somebody speaks is measured besides, and
better: it says where a word cannot be.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from analysis.speech.vocabulary import CLAUSE_ENDS
from analysis.speech.voice_activity import Span

# The model looks for the next word while the last one is still heard, by about this
_LEAD = 0.12
# and may do so much too early, but hardly too late. Measured on 600 pauses of fourteen voices in
# three languages, many of them under several instruction sets: with both the right word is found
# behind each pause, 50 ms nearer than any other one, and 20 ms where no mark helps
_EARLY = 0.5
# a sound that ends so soon behind its last word is the rest of it
_REST = 0.4
# who pauses has mostly ended a clause: worth as much as this in seconds
_HINT = 0.1
# no word takes less, unless there are too many for the time in which they were said
_SHORTEST = 0.04


@dataclass(frozen=True)
class Word:
    """A word with its punctuation; times in seconds, probability 0…1."""

    text: str
    start: float
    end: float
    probability: float


def place(words: Sequence[Word], spans: Sequence[Span]) -> list[Word]:
    """The words of an alignment, each within one of the spans: in order, and each with a length.

    The words follow each other without gaps; a span may be left without any. Without spans the
    words stay as they are.
    """
    if not spans or not words:
        return list(words)
    cuts = [0, *_cuts(words, spans), len(words)]
    return [
        word
        for span, (first, end) in zip(spans, pairwise(cuts), strict=True)
        for word in _fit(words[first:end], span)
    ]


def _cuts(words: Sequence[Word], spans: Sequence[Span]) -> Iterator[int]:
    """For each pause between two spans the first word behind it: the one that begins nearest.

    Distances are seconds of speech, so that a word may begin anywhere in a pause.
    """
    begins = [word.start for word in words] + [word.end for word in words[-1:]]
    heard = [_spoken(spans, begin + _LEAD) for begin in begins]
    hints = [_HINT if word.text[-1:] in CLAUSE_ENDS else 0.0 for word in words]
    cut = 0
    for pause in accumulate(span.end - span.start for span in spans[:-1]):
        costs = [
            max(begin - pause, _EARLY * (pause - begin)) - hint
            for begin, hint in zip(heard, [0.0, *hints], strict=True)
        ]
        # of equals the first: a word that lies in the pause is heard after it rather than before
        cut = min(range(cut, len(costs)), key=lambda place: costs[place])
        yield cut


def _spoken(spans: Sequence[Span], time: float) -> float:
    """For how long somebody has spoken until then."""
    return sum(max(min(time, span.end) - span.start, 0.0) for span in spans)


def _fit(words: Sequence[Word], span: Span) -> Iterator[Word]:
    """The words of a span within it, which share it where they would have no time."""
    shortest = min(_SHORTEST, (span.end - span.start) / max(len(words), 1))
    free = span.start
    for behind, word in zip(reversed(range(len(words))), words, strict=True):
        latest = span.end - behind * shortest
        start = min(max(word.start, free), latest - shortest)
        rest = 0.0 if behind else _REST
        free = latest if word.end + rest >= latest else max(word.end, start + shortest)
        yield replace(word, start=start, end=free)

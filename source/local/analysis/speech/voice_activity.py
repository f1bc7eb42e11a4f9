"""Where somebody speaks in a sound, and the windows in which a model of speech listens to it.

Read as a stream: an hour of sound is never in memory, one window of at most 30 seconds is.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.speech.spectrogram import RATE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# the model of voice activity listens to 32 ms at a time
FRAME = 512
_FRAME_SECONDS = FRAME / RATE
# a word has begun above the first, and has ended below the second: Silero's own advice
_SPEECH = 0.5
_SILENCE = 0.35
# measured: what is said sounds up to 0.15 s longer than it is, so that half a second's pause is
# at least 0.35 s here; within a word nobody is silent for that long
_SHORTEST_PAUSE = round(0.25 / _FRAME_SECONDS)
_SHORTEST_SPEECH = round(0.1 / _FRAME_SECONDS)
# beginnings and ends of words are softer than their middle
_MARGIN = round(0.2 / _FRAME_SECONDS)
# a little less than the model's 30 seconds
_LONGEST = int(29.5 / _FRAME_SECONDS)
# over a long silence a model of speech invents words
_LONGEST_PAUSE = round(2.0 / _FRAME_SECONDS)
# where speech without a pause is cut: at its quietest in these last seconds of a window
_CUT_WITHIN = round(8.0 / _FRAME_SECONDS)

Listen = Callable[["NDArray[np.float32]"], float]


@dataclass(frozen=True)
class Span:
    """From when to when somebody speaks, in seconds from the beginning of the sound."""

    start: float
    end: float


@dataclass(frozen=True)
class Window:
    """A piece of a sound with speech in it: samples of 16 kHz, mono, -1…1.

    `start` is where it begins, in seconds; `spans` lie within it.
    """

    start: float
    samples: "NDArray[np.float32]"
    spans: tuple[Span, ...]


def windows(sound: "Iterable[NDArray[np.float32]]", listen: Listen) -> Iterator[Window]:
    """The windows of a sound that is given in chunks of any size; none where nobody speaks.

    listen: the probability of speech in the next frame of 512 samples.
    """
    collector = _Collector()
    for frame in _frames(sound):
        yield from collector.take(frame, listen(frame))
    yield from collector.finish()


def _frames(sound: "Iterable[NDArray[np.float32]]") -> "Iterator[NDArray[np.float32]]":
    import numpy as np

    rest = np.zeros(0, np.float32)
    for chunk in sound:
        data = np.concatenate([rest, chunk])
        end = len(data) - len(data) % FRAME
        yield from data[:end].reshape(-1, FRAME)
        rest = data[end:]
    if len(rest):
        yield np.pad(rest, (0, FRAME - len(rest)))


class _Collector:
    """Keeps the frames of the window that is being heard; frames are counted from the beginning."""

    def __init__(self) -> None:
        self._index = 0
        self._kept: list[NDArray[np.float32]] = []
        self._chances: list[float] = []
        self._first = 0
        self._spans: list[tuple[int, int]] = []
        self._begun: int | None = None
        self._last_voice = 0

    def take(self, frame: "NDArray[np.float32]", chance: float) -> Iterator[Window]:
        self._kept.append(frame)
        self._chances.append(chance)
        self._index += 1
        if chance >= _SPEECH and self._begun is None:
            self._begun = self._index - 1
        if chance >= _SILENCE and self._begun is not None:
            self._last_voice = self._index
        if self._index - self._last_voice >= _SHORTEST_PAUSE:
            self._close_span()
        if self._begun is None:
            yield from self._rest()
        elif self._index - self._first >= _LONGEST:
            yield from self._cut(self._begun)

    def finish(self) -> Iterator[Window]:
        """What is left when the sound has ended."""
        self._close_span()
        if self._spans:
            yield self._window(self._index)

    def _close_span(self) -> None:
        if self._begun is not None and self._last_voice - self._begun >= _SHORTEST_SPEECH:
            self._spans.append((self._begun, self._last_voice))
        self._begun = None

    def _rest(self) -> Iterator[Window]:
        """During silence: a window ends, or the silence before the next one is dropped."""
        if not self._spans:
            self._drop(max(self._first, self._index - _MARGIN))
            return
        if (
            self._index - self._spans[-1][1] >= _LONGEST_PAUSE
            or self._index - self._first >= _LONGEST
        ):
            yield self._window(self._spans[-1][1] + _MARGIN)

    def _cut(self, begun: int) -> Iterator[Window]:
        """A full window ends in its last pause, or else where the speech is at its quietest."""
        if self._spans:
            yield self._window(max(begun - _MARGIN, self._spans[-1][1]))
            return
        tail = self._chances[-_CUT_WITHIN:]
        place = self._index - len(tail) + tail.index(min(tail))
        place = max(place, begun + 1)
        self._spans.append((begun, place))
        self._begun = place
        yield self._window(place)

    def _window(self, end: int) -> Window:
        import numpy as np

        end = min(end, self._index)
        seconds = [Span(s * _FRAME_SECONDS, e * _FRAME_SECONDS) for s, e in self._spans]
        samples = np.concatenate(self._kept[: end - self._first])
        window = Window(self._first * _FRAME_SECONDS, samples, tuple(seconds))
        self._spans = []
        self._drop(end)
        return window

    def _drop(self, before: int) -> None:
        del self._kept[: before - self._first]
        del self._chances[: before - self._first]
        self._first = before

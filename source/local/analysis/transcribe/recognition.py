"""One pass over the sound of a medium: its language, if that is asked for, and its words."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

from analysis.models import Models
from analysis.speech.loading import ear, whisper
from analysis.speech.voice_activity import Window, windows
from analysis.speech.whisper import Heard, Whisper
from analysis.speech.words import Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# windows of half a minute: more of them seldom tell another language
_WINDOWS_FOR_LANGUAGE = 3


@dataclass(frozen=True)
class Recognised:
    """What was said: the model's code of the language, the codes and scores of all, the words."""

    language: str
    likely: Mapping[str, float]
    words: Sequence[Word]


@dataclass(frozen=True)
class Recogniser:
    """Writes down sounds with the installed model.

    go_on: called between two windows; raises to end the work.
    """

    models: Models
    go_on: Callable[[], None]

    def recognise(
        self,
        sound: "Iterable[NDArray[np.float32]]",
        language: str | None,
        choose: Callable[[Mapping[str, float]], str],
    ) -> Recognised:
        """The words of a sound in chunks of 16 kHz; language: None has it heard and chosen.

        Where nobody speaks no language is heard: it is "" then.
        """
        with self.models.use(whisper(self.models)) as model:
            heard: Iterator[Heard] = self._hear(model, windows(sound, ear()))
            likely: dict[str, float] = {}
            if language is None:
                first = list(islice(heard, _WINDOWS_FOR_LANGUAGE))
                likely = self._likely(model, first)
                language = choose(likely) if likely else ""
                heard = chain(first, heard)
            words = list(self._words(model, heard, language))
        return Recognised(language, likely, words)

    def _hear(self, model: Whisper, pieces: Iterable[Window]) -> Iterator[Heard]:
        for piece in pieces:
            self.go_on()
            with self.models.cores.hold():
                heard = model.hear(piece)
            yield heard

    def _likely(self, model: Whisper, first: Sequence[Heard]) -> dict[str, float]:
        """The languages of some windows, each weighted by how long somebody speaks in it."""
        spoken = [sum(span.end - span.start for span in one.window.spans) for one in first]
        likely: dict[str, float] = {}
        for heard, seconds in zip(first, spoken, strict=True):
            with self.models.cores.hold():
                found = model.likely_languages(heard)
            for code, chance in found.items():
                likely[code] = likely.get(code, 0.0) + chance * seconds / sum(spoken)
        return likely

    def _words(self, model: Whisper, pieces: Iterable[Heard], language: str) -> Iterator[Word]:
        for heard in pieces:
            with self.models.cores.hold():
                found = model.words(heard, language)
            yield from found

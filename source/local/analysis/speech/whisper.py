"""Whisper: what is said in a window of sound, word by word, and in which language.

The model runs in CTranslate2. A window is written down without the model's own times, which are
coarse; the times of words come from where its attention lies (CTranslate2's `align`), and lie where
somebody speaks.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from analysis.speech.spectrogram import FRAMES_PER_SECOND, log_mel
from analysis.speech.vocabulary import Piece, Vocabulary
from analysis.speech.voice_activity import Window
from analysis.speech.words import Word, place

if TYPE_CHECKING:
    import ctranslate2

_BEAM = 3
# the model's own settings: a text that runs in a circle, or of which it is not sure, is tried
# again with some chance in the choice of words; what is likely silence is left out
_TEMPERATURES = (0.0, 0.4, 0.8)
_MOST_REPETITIVE = 2.4
_LEAST_SURE = -1.0
_LIKELY_SILENCE = 0.6
# the model looks at 20 ms at a time
_STEPS_PER_SECOND = FRAMES_PER_SECOND // 2
_SMOOTH = 7
_MOST_TOKENS = 440
# who speaks fast says five; a text that repeats itself faster than anybody speaks was not said
_MOST_A_SECOND = 10


@dataclass(frozen=True)
class Heard:
    """A window, and what the model made of its sound."""

    window: Window
    encoded: "ctranslate2.StorageView"


class Whisper:
    """One loaded model; several threads may use it."""

    def __init__(self, files: Mapping[str, Path], threads: int) -> None:
        """files: config.json, vocabulary.txt and model.bin, by name."""
        import ctranslate2

        self.vocabulary = Vocabulary.read(files["vocabulary.txt"].read_bytes().decode())
        # from a folder: bytes that it is given stay in memory as long as the model, and are more
        with TemporaryDirectory() as folder:
            for name, path in files.items():
                Path(folder, name).symlink_to(path.resolve())
            self._model: ctranslate2.models.Whisper = ctranslate2.models.Whisper(
                folder, device="cpu", compute_type="int8", intra_threads=threads, inter_threads=1
            )

    @property
    def languages(self) -> frozenset[str]:
        """Codes such as `en`; English alone for a model that knows no other."""
        return self.vocabulary.languages if self._model.is_multilingual else frozenset(("en",))

    def hear(self, window: Window) -> "Heard":
        """Listen to a window, which is most of the work; the other methods ask what was heard."""
        import ctranslate2

        features = ctranslate2.StorageView.from_array(log_mel(window.samples)[None])
        return Heard(window, self._model.encode(features))

    def likely_languages(self, heard: "Heard") -> dict[str, float]:
        """How likely each language is that of the window; the sum is 1."""
        (scores,) = self._model.detect_language(heard.encoded)
        return {mark[2:-2]: float(score) for mark, score in scores}

    def words(self, heard: "Heard", language: str) -> list[Word]:
        """What is said in a window; times count from the beginning of the sound."""
        window, encoded = heard.window, heard.encoded
        prompt = self._prompt(language)
        seconds = sum(span.end - span.start for span in window.spans)
        numbers = self._write(encoded, prompt, int(seconds * _MOST_A_SECOND))
        pieces = self.vocabulary.words(numbers, language)
        if not pieces:
            return []
        (found,) = self._model.align(
            encoded,
            # the mark "no times" is no part of what the alignment starts with
            [self.vocabulary.numbers[mark] for mark in prompt[:-1]],
            [numbers],
            int(len(window.samples) / 16_000 * FRAMES_PER_SECOND),
            median_filter_width=_SMOOTH,
        )
        return place(_timed(pieces, found, window.start), window.spans)

    def _prompt(self, language: str) -> list[str]:
        task = [f"<|{language}|>", "<|transcribe|>"] if self._model.is_multilingual else []
        return ["<|startoftranscript|>", *task, "<|notimestamps|>"]

    def _write(self, encoded: "ctranslate2.StorageView", prompt: list[str], most: int) -> list[int]:
        """The numbers of the text's pieces, none where nothing is said.

        most: of a text that repeats itself; people do that, too, but slower.
        """
        best: tuple[float, list[int]] | None = None
        for temperature in _TEMPERATURES:
            (result,) = self._model.generate(
                encoded,
                [prompt],
                beam_size=1 if temperature else _BEAM,
                num_hypotheses=1,
                sampling_topk=0 if temperature else 1,
                sampling_temperature=temperature or 1.0,
                max_length=_MOST_TOKENS,
                return_scores=True,
                return_no_speech_prob=True,
            )
            numbers = [n for n in result.sequences_ids[0] if self.vocabulary.is_text(n)]
            sure = result.scores[0]
            if result.no_speech_prob > _LIKELY_SILENCE and sure < _LEAST_SURE:
                return []
            if len(numbers) > most and self._repeats(numbers):
                continue
            if sure >= _LEAST_SURE:
                return numbers
            if best is None or sure > best[0]:
                best = sure, numbers
        return best[1] if best is not None else []

    def _repeats(self, numbers: Sequence[int]) -> bool:
        data = "".join(self.vocabulary.pieces[number] for number in numbers).encode()
        return len(data) > _MOST_REPETITIVE * len(zlib.compress(data))


def _timed(pieces: Sequence[Piece], found: Any, start: float) -> list[Word]:
    """Words with the times of an alignment, which is a path of (piece, step) through the window."""
    begins: dict[int, float] = {}
    for piece, step in found.alignments:
        begins.setdefault(piece, step / _STEPS_PER_SECOND)
    end = found.alignments[-1][1] / _STEPS_PER_SECOND if found.alignments else 0.0
    chances = found.text_token_probs
    return [
        Word(
            piece.text.strip(),
            start + begins.get(piece.first, end),
            start + begins.get(piece.end, end),
            sum(chances[piece.first : piece.end]) / (piece.end - piece.first),
        )
        for piece in pieces
    ]

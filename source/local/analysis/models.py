"""The models: their files on disk, checked before use, and a pool of those in memory."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from analysis import families, memory
from analysis.cores import Cores
from analysis.families import install_command, missing_modules
from analysis.faults import ServiceError
from analysis.files import read_json
from analysis.pool import Loadable, Pool
from analysis.weights import MANIFEST, MODEL_FILES
from analysis.weights.vision import READING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import numpy as np
    import onnxruntime
    from numpy.typing import NDArray
    from rapidocr import RapidOCR

T = TypeVar("T")

# of estimates; the rest of three gigabytes is for pictures, sound, and what models do with them
_MOST_MEGABYTES = 1_800
# longer than a person looks at a result before the next file; five minutes after the last, all
# that models took is free again
_IDLE_SECONDS = 180
_LOOK_SECONDS = 30
_READER_MEGABYTES = 150
# of a model of vision: a second thread makes a picture a fifth faster and costs a third more of the
# processor, which the next picture has a better use for
_THREADS = 1


class Models:
    """The model files of one directory, the pool, and the queue for the cores."""

    def __init__(self, directory: Path, chosen: Sequence[str] = families.FAMILIES) -> None:
        """chosen: the families that may be used; others may be installed all the same."""
        self._directory = directory
        self._chosen = tuple(chosen)
        self.cores = Cores()
        self._pool = Pool(_MOST_MEGABYTES, _IDLE_SECONDS)
        # a reader of text keeps state during a call
        self._reading = threading.Lock()
        self._ended = threading.Event()

    @property
    def directory(self) -> Path:
        """Where the model files are, and what other programs need beside them."""
        return self._directory

    def use(self, loadable: Loadable[T]) -> "AbstractContextManager[T]":
        """A model of the pool: `with models.use(Loadable(…)) as model:`.

        Compute with it inside `with models.cores.hold():`, and load it with as many threads as
        `models.cores.of_a_model` says.
        """
        return self._pool.use(loadable)

    def read(self, name: str) -> bytes:
        """The bytes of a model file. Raises ServiceError when they are not those installed."""
        try:
            data = (self._directory / name).read_bytes()
        except OSError as error:
            raise self._absent(name) from error
        self._check(name, hashlib.sha256(data).hexdigest())
        return data

    def path(self, name: str) -> Path:
        """Where a model file is, for a library that reads it itself; checked like `read`."""
        path = self._directory / name
        try:
            digest = _digest(path)
        except OSError as error:
            raise self._absent(name) from error
        self._check(name, digest)
        return path

    def run(self, name: str, picture: "NDArray[np.float32]") -> "dict[str, NDArray[np.float32]]":
        """Run one model on one picture (rows, columns, channels); its outputs by name."""
        with self.use(self._onnx(name)) as session:
            names = [output.name for output in session.get_outputs()]
            inputs = {session.get_inputs()[0].name: picture[None]}
            with self.cores.hold(_THREADS):
                values = session.run(names, inputs)
        return dict(zip(names, values, strict=True))

    @contextmanager
    def text_reader(self) -> "Iterator[RapidOCR]":
        """The reader of text, for one thread at a time, with the cores that it needs."""
        with self._reading, self.use(self._reader()) as reader, self.cores.hold(_THREADS):
            yield reader

    def require(self, family: str) -> None:
        """Raises ModelNotAvailableException when a family is not installed as a whole."""
        self.require_packages(family)
        for file in MODEL_FILES[family]:
            if not (self._directory / file.name).is_file():
                raise self._not_available(family, f"{file.name} is not in {self._directory}")

    def state(self) -> dict[str, dict[str, Any]]:
        """By family: is it installed, and which of its models are in memory."""
        loaded = self._pool.loaded()
        return {
            family: {
                "installed": self.has(family),
                "loaded": sorted(
                    name.partition("/")[2] for name in loaded if name.startswith(f"{family}/")
                ),
            }
            for family in families.FAMILIES
        }

    def has(self, family: str) -> bool:
        """Whether a family is installed as a whole."""
        try:
            self.require(family)
        except ServiceError:
            return False
        return True

    def watch(self) -> None:
        """Begin to drop models that are idle, until `close`."""
        threading.Thread(target=self._drop_idle_ones, daemon=True).start()

    def close(self) -> None:
        """End what `watch` began."""
        self._ended.set()

    def _drop_idle_ones(self) -> None:
        while not self._ended.wait(_LOOK_SECONDS):
            if self._pool.drop_idle():
                memory.give_back()

    def _onnx(self, name: str) -> "Loadable[onnxruntime.InferenceSession]":
        file = f"{name}.onnx"
        load = self._loader("vision", lambda: start_session(self.path(file), _THREADS))
        # the weights, and what the runtime takes to run them
        return Loadable(f"vision/{name}", self._size(file) + 10, load)

    def _reader(self) -> "Loadable[RapidOCR]":
        load = self._loader("vision", lambda: _load_text_reader(_THREADS))
        return Loadable("vision/text reader", _READER_MEGABYTES, load)

    def _loader(self, family: str, load: Callable[[], T]) -> Callable[[], T]:
        def checked() -> T:
            # the absence of a package is said as such, not as an error of import
            self.require_packages(family)
            return load()

        return checked

    def require_packages(self, family: str) -> None:
        """Raises ModelNotAvailableException unless a family is chosen and has its packages."""
        if family not in self._chosen:
            raise self._not_available(family, "it is not among those that were chosen")
        absent = missing_modules(family)
        if absent:
            raise self._not_available(family, f"the package {absent[0]} is not installed")

    def _size(self, name: str) -> float:
        try:
            return (self._directory / name).stat().st_size / 1e6
        except OSError as error:
            raise self._absent(name) from error

    def _check(self, name: str, digest: str) -> None:
        if digest != self._expected(name):
            raise self._unusable(name, f"model {name} has not the bytes that were installed")

    def _expected(self, name: str) -> str:
        try:
            sha256: str = read_json(self._directory / MANIFEST)[name]["sha256"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise self._unusable(name, f"{name} is not in the manifest of the models") from error
        return sha256

    def _absent(self, name: str) -> ServiceError:
        return self._unusable(name, f"{name} is not in {self._directory}")

    def _unusable(self, name: str, reason: str) -> ServiceError:
        tables = MODEL_FILES.items()
        family = next((f for f, table in tables if name in {one.name for one in table}), "vision")
        return self._not_available(family, reason)

    def _not_available(self, family: str, reason: str) -> ServiceError:
        wanted = {family, *(one for one in self._chosen if not missing_modules(one))}
        # a code of our own and status 400: the services have no word for it, and to try again
        # is vain
        return ServiceError(
            "ModelNotAvailableException",
            f"The local analysis cannot answer without its family {family}: {reason}. To install "
            f"it: {install_command(wanted)}",
        )


def start_session(model: Path, threads: int) -> "onnxruntime.InferenceSession":
    """A model of ONNX, ready to run on that many threads."""
    # half a second that a server without a call need not spend
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # threads that wait busily take the cores from the Lambdas that run beside them
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # an arena would keep the memory of the largest picture so far; calls are not slower without
    options.enable_cpu_mem_arena = False
    # warnings about constants that nothing uses say nothing to a reader of the log
    options.log_severity_level = 3
    # a session that is given bytes keeps them beside what it makes of them
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _load_text_reader(threads: int) -> "RapidOCR":
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise ImportError("the package rapidocr has no place on disk")
    folder = Path(spec.origin).parent / "models"
    sessions = [
        start_session(_checked(folder / name, sha256), threads) for name, sha256 in READING.items()
    ]
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


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _checked(path: Path, expected: str) -> Path:
    if _digest(path) != expected:
        raise ServiceError(
            "ModelNotAvailableException",
            f"{path.name} has not the bytes that were tested; install rapidocr again",
        )
    return path

"""Models in memory: loaded by whoever needs them first, shared, and bounded all together."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

LOG = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True)
class Loadable(Generic[T]):
    """A model by its name, how to load it, and an estimate of the megabytes it then takes."""

    name: str
    megabytes: float
    load: Callable[[], T]


@dataclass
class _Loaded:
    megabytes: float
    users: int = 0
    last_used: float = 0.0
    is_loaded: bool = False
    value: Any = None
    loading: threading.Lock = field(default_factory=threading.Lock)


class Pool:
    """Loads models on first use; drops the least recently used when there is no room."""

    def __init__(
        self, megabytes: float, idle_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = megabytes
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._models: dict[str, _Loaded] = {}
        self._changed = threading.Condition()
        self._of_thread = threading.local()

    @contextmanager
    def use(self, loadable: Loadable[T]) -> Iterator[T]:
        """The model, loaded; it stays in memory at least as long as the `with` lasts.

        Waits for room while others use what fills it. A thread that uses one model already does
        not wait: it might wait for itself.
        """
        model = self._enter(loadable)
        try:
            yield self._value(model, loadable)
        finally:
            self._leave(model, loadable.name)

    def loaded(self) -> frozenset[str]:
        """Names of the models in memory."""
        with self._changed:
            return frozenset(name for name, model in self._models.items() if model.is_loaded)

    def megabytes(self) -> float:
        """What the models in memory are estimated to take."""
        with self._changed:
            return sum(model.megabytes for model in self._models.values())

    def drop_idle(self) -> bool:
        """Drop the models that nobody has used for a while; whether there were any."""
        before = self._clock() - self._idle_seconds
        with self._changed:
            idle = [
                name
                for name, model in self._models.items()
                if not model.users and model.last_used <= before
            ]
            for name in idle:
                self._drop(name)
        return bool(idle)

    def _enter(self, loadable: Loadable[Any]) -> _Loaded:
        with self._changed:
            # looked up again after each wait: another thread may have loaded it meanwhile
            while loadable.name not in self._models:
                if self._make_room(loadable.megabytes) or self._in_use_by_thread():
                    self._models[loadable.name] = _Loaded(loadable.megabytes)
                    break
                self._changed.wait()
            model = self._models[loadable.name]
            model.users += 1
            self._of_thread.count = self._in_use_by_thread() + 1
            return model

    def _value(self, model: _Loaded, loadable: Loadable[T]) -> T:
        with model.loading:
            if not model.is_loaded:
                model.value = loadable.load()
                model.is_loaded = True
                LOG.info("%s is loaded, about %d MB", loadable.name, loadable.megabytes)
            value: T = model.value
            return value

    def _leave(self, model: _Loaded, name: str) -> None:
        with self._changed:
            model.users -= 1
            model.last_used = self._clock()
            self._of_thread.count -= 1
            if not model.is_loaded and not model.users:
                # it could not be loaded
                self._models.pop(name, None)
            self._changed.notify_all()

    def _in_use_by_thread(self) -> int:
        return getattr(self._of_thread, "count", 0)

    def _make_room(self, megabytes: float) -> bool:
        """Whether there is room, or nothing left to drop or to wait for."""
        unused = sorted(
            (name for name, model in self._models.items() if not model.users),
            key=lambda name: self._models[name].last_used,
        )
        while self._total() + megabytes > self._most and unused:
            self._drop(unused.pop(0))
        return self._total() + megabytes <= self._most or not self._models

    def _total(self) -> float:
        return sum(model.megabytes for model in self._models.values())

    def _drop(self, name: str) -> None:
        del self._models[name]
        LOG.info("%s is dropped", name)

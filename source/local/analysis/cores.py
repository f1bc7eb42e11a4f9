"""A queue for the processor: whoever computes waits until the cores it needs are free.

Ten jobs at once are then no slower than ten in turn. Each model runs on a few threads, and all
that run at a time have no more threads than there are cores.
"""

import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

# small models gain little from more threads, and several jobs share a larger machine
_A_MODEL = 2


def available() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Cores:
    """Hands out cores in the order in which they are asked for."""

    def __init__(self, total: int | None = None) -> None:
        self.total = total or available()
        self._free = self.total
        self._waiting: deque[object] = deque()
        self._changed = threading.Condition()

    @property
    def of_a_model(self) -> int:
        """The threads that one model should run on."""
        return min(_A_MODEL, self.total)

    @contextmanager
    def hold(self, wanted: int | None = None) -> Iterator[int]:
        """Wait for cores (those of a model without a number) and keep them inside the `with`.

        Not to be nested: who holds some already and waits for more may wait for ever.
        """
        count = min(wanted or self.of_a_model, self.total)
        turn = object()
        with self._changed:
            self._waiting.append(turn)
            try:
                self._changed.wait_for(lambda: self._waiting[0] is turn and self._free >= count)
            finally:
                self._waiting.remove(turn)
                # the next in the queue may find enough already
                self._changed.notify_all()
            self._free -= count
        try:
            yield count
        finally:
            with self._changed:
                self._free += count
                self._changed.notify_all()

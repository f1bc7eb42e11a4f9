"""Idle processes of Lambda functions end, as Lambda ends idle environments.

MiniStack 1.5.33 keeps the first process of each function for ever, 40 MB and more each, and counts
a process as idle from when its last invocation began.
"""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

# longer than a person looks at a result before the next file; a start takes half a second of a core
_IDLE_SECONDS = 120
# as many as the workflow of a picture uses, but one; that of a video uses 35
_MOST_IDLE = 14
# operators that wait for jobs are called again within this time
_SETTLED_SECONDS = 10


class Worker(Protocol):
    """A process of a function; last_used is when its last invocation ended, in seconds."""

    in_use: bool
    last_used: float


W = TypeVar("W", bound=Worker)


def enforce() -> None:
    lambda_svc.release_worker = _noting_the_end(lambda_svc.release_worker)
    # MiniStack calls it every 30 seconds; the end of an invocation does, too
    lambda_svc.reap_idle_workers = _reap


def superfluous(workers: Iterable[W], now: float) -> list[W]:
    """Which of these should end: idle for long, or for a while and not among the last used."""
    idle = sorted(
        (one for one in workers if not one.in_use), key=lambda one: one.last_used, reverse=True
    )
    return [
        one
        for place, one in enumerate(idle)
        if now - one.last_used >= (_IDLE_SECONDS if place < _MOST_IDLE else _SETTLED_SECONDS)
    ]


def _noting_the_end(release: Callable[[Worker | None], None]) -> Callable[[Worker | None], None]:
    def released(worker: Worker | None) -> None:
        if worker is not None:
            worker.last_used = time.time()
        release(worker)
        # who waits for the answer does not wait for processes to end
        threading.Thread(target=_reap, daemon=True).start()

    return released


def _reap() -> int:
    known = lambda_runtime._workers
    # invocations take their workers under this lock
    with lambda_runtime._lock:
        ended = superfluous((one for own in known.values() for one in own), time.time())
        gone = {id(one) for one in ended}
        for function, own in list(known.items()):
            kept = [one for one in own if id(one) not in gone]
            if kept:
                known[function] = kept
            else:
                del known[function]
    lambda_runtime.kill_workers(ended)
    return len(ended)

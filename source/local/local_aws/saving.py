"""The local AWS saves its state while it runs.

A save is one consistent cut of all services, or what comes back contradicts itself. The process
makes a copy of itself for it, as Redis does (fork): the copy has the memory as it was at that
moment and writes it at leisure, while the process works on.

Why that is sound in a process with many threads: the copy is made by the event loop, on which all
requests are served, and between two of them; the locks under which other threads change what
services keep are held at that moment, so that no change is caught half done; and only the thread
that makes the copy is there in it, so that nothing changes any more. The copy calls what reads the
state, JSON and files, and nothing that another thread could have held when it was made: it does not
log, opens no connection, and ends without any clean-up (os._exit). It gives the connections and
pipes back at once that it has inherited. One that has not ended after a minute is ended.
"""

import asyncio
import copy
import gc
import logging
import os
import select
import signal
import threading
import time
import traceback
from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from ministack import app
from ministack.services import (
    cloudformation,
    cloudwatch_logs,
    dynamodb,
    kinesis,
    lambda_svc,
    sqs,
)

from local_aws import journal, saved_documents
from local_aws.changes import Changes
from local_aws.journal import Journal
from local_aws.saves import Saves

LOG = logging.getLogger(__name__)

Json = dict[str, Any]

# An idle process saves nothing; one that works saves this often, and so rarely that saving takes a
# small part of the time.
_SECONDS_BETWEEN = 3.0
_SHARE_OF_TIME = 5
_LOCK_SECONDS, _AGAIN_SECONDS = 0.05, 0.25
_LONGEST_SECONDS = 60.0
_NICE = 5
# stays below what a pipe takes while nobody reads
_LONGEST_MESSAGE = 4000
# a thread holds one of them while it changes what is saved
_LOCKS = (
    dynamodb._lock,
    dynamodb._stream_seq_lock,
    sqs._queues_lock,
    kinesis._sequence_lock,
    cloudwatch_logs._log_events_lock,
    lambda_svc._dynamodb_stream_positions_lock,
)


@dataclass(frozen=True)
class Copy:
    """The process that writes a save. tells: the pipe in which it says why it failed."""

    pid: int
    tells: int
    number: int
    changes: int
    begun: float
    # seconds that the process stood still for it
    stood: float


class Saver:
    """Makes saves, one after another. folder: where the saves and the journal are."""

    def __init__(self, folder: Path, changes: Changes, clock: Callable[[], float]) -> None:
        self._saves = Saves(folder)
        self._folder = folder
        self._changes = changes
        self._clock = clock
        self._number = self._saves.next_number()
        self.journal = Journal(folder, self._number)
        self._ending = False
        self._idle = threading.Event()
        self._idle.set()

    def run(self, loop: asyncio.AbstractEventLoop) -> None:
        """Saves whenever it is time, until the process ends."""
        pause = _SECONDS_BETWEEN
        while not self._ending:
            self._changes.wait(pause)
            while (made := self._begun(loop)) is None:
                time.sleep(_AGAIN_SECONDS)
            self._finish(made)
            took = time.monotonic() - made.begun
            pause = max(_SECONDS_BETWEEN, _SHARE_OF_TIME * took)
            # also where everything is urgent, two thirds of the time are for something else
            time.sleep(2 * took)

    def save_at_the_end(self) -> bool:
        """Saves once more, on the event loop, which serves nobody any more.

        False when that cannot be: what is half made must not come back.
        """
        self._ending = True
        self._idle.wait(_LONGEST_SECONDS)
        for _ in range(int(_LONGEST_SECONDS / _LOCK_SECONDS)):
            if _is_deploying():
                LOG.warning("a stack is half made: the last save stays the last")
                return False
            made = self._copy()
            if made is not None:
                return self._finish(made)
            time.sleep(_LOCK_SECONDS)
        return False

    def _begun(self, loop: asyncio.AbstractEventLoop) -> Copy | None:
        return asyncio.run_coroutine_threadsafe(self._begin(), loop).result()

    async def _begin(self) -> Copy | None:
        """On the event loop, between two requests."""
        if self._ending or _is_deploying():
            return None
        return self._copy()

    def _copy(self) -> Copy | None:
        """None when another thread is at work on what is saved."""
        begun = time.monotonic()
        with ExitStack() as held:
            for lock in _LOCKS:
                if not lock.acquire(timeout=_LOCK_SECONDS):
                    return None
                held.callback(lock.release)
            alone = self._saves.lock(wait=False)
            if alone is None:
                return None
            number, changes = self._number, self._changes.number
            tells, told = os.pipe()
            pid = os.fork()
            if pid == 0:
                held.close()
                self._write(number, told, alone)
        # the copy has them
        os.close(alone)
        os.close(told)
        self._number += 1
        self.journal.turn_to(self._number)
        self._idle.clear()
        now = time.monotonic()
        return Copy(pid, tells, number, changes, now, now - begun)

    def _finish(self, made: Copy) -> bool:
        """Waits for the copy; True when the save is whole."""
        said = _said(made)
        _, status = os.waitpid(made.pid, 0)
        whole = status == 0
        if whole:
            self._changes.saved(made.changes)
            journal.forget(self._folder, made.number)
            LOG.debug(
                "saved as %d: %.0f ms still, %.2f s in all",
                made.number,
                made.stood * 1000,
                time.monotonic() - made.begun,
            )
        else:
            LOG.error("the state could not be saved, which is tried again: %s", said or status)
        self._idle.set()
        return whole

    def _write(self, number: int, told: int, alone: int) -> NoReturn:
        """What the copy does."""
        status = 1
        try:
            _leave_the_process({told, alone})
            contents: list[str] = []

            def keep(content: bytes) -> str:
                contents.append(self._saves.keep_content(content))
                return contents[-1]

            files = [
                (f"{service}.json", saved_documents.encoded(service, state, keep))
                for service, get in app._build_persistence_save_dict().items()
                if (state := get()) is not None
            ]
            self._saves.write(number, files, contents, self._clock())
            status = 0
        # whatever it is, this process must not go on as the one that it was copied from
        except BaseException:  # noqa: BLE001
            os.write(told, traceback.format_exc()[-_LONGEST_MESSAGE:].encode())
        finally:
            os._exit(status)


def _leave_the_process(kept: Collection[int]) -> None:
    """Gives back what belongs to the process that this one was copied from, but these handles."""
    gc.disable()
    # what the process does goes first
    os.nice(_NICE)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # whoever looks for the server by its folder must not find this one
    os.chdir("/")
    for handle in [int(one.name) for one in Path("/dev/fd").iterdir()]:
        if handle > 2 and handle not in kept:
            _close(handle)
    # all memory here is a copy already
    copy.deepcopy = _as_it_is


def _close(handle: int) -> None:
    try:
        os.close(handle)
    except OSError:
        # the one by which the handles were listed
        return


def _as_it_is(value: Any, memo: object = None) -> Any:
    return value


def _said(made: Copy) -> str:
    """What the copy says, once it has ended; one that does not end is ended."""
    said = b""
    deadline = made.begun + _LONGEST_SECONDS
    while True:
        ready, _, _ = select.select([made.tells], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            os.kill(made.pid, signal.SIGKILL)
            said = b"it took too long"
            break
        part = os.read(made.tells, _LONGEST_MESSAGE)
        if not part:
            break
        said += part
    os.close(made.tells)
    return said.decode(errors="replace")


def _is_deploying() -> bool:
    return any(
        one.get("StackStatus", "").endswith("_IN_PROGRESS")
        for one in cloudformation._stacks.all_values()
    )

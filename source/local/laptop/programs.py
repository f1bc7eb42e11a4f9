"""Programs that a command waits for, such as pip, Maven and the build.

They run in sessions of their own, so that Ctrl-C reaches the command alone, which ends them: none
prints a traceback, and none goes on behind a command that has ended.
"""

import fcntl
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TextIO

from laptop.problems import Problem

_ACTIVITY = "…"
_LOOK_SECONDS = 0.2
Say = Callable[[str], None]


@dataclass(frozen=True)
class Ended:
    """What a program has left. activities: were said while it ran, and are not in its errors."""

    status: int
    output: str
    errors: str


@dataclass
class Programs:
    """Those of one command; ``run`` may be called by several threads."""

    say: Say
    _running: set[subprocess.Popen[str]] = field(default_factory=set)
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _stopped: bool = False

    def run(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> Ended:
        """Runs a program to its end; lines of its errors that tell what it does are said."""
        process = self._start(command, environment or {})
        try:
            with ThreadPoolExecutor(1) as reader:
                reading = reader.submit(self._listen, process)
                output = process.stdout.read() if process.stdout else ""
                return Ended(process.wait(), output, reading.result())
        finally:
            self._end(process)

    def hold(self, lock: TextIO) -> None:
        """Waits for a lock that another command may have, for as long as this one is not stopped.

        Raises Problem when it is.
        """
        while True:
            try:
                return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._refuse_when_stopped()
                time.sleep(_LOOK_SECONDS)

    def stop(self) -> None:
        """Ends all that run; no other is started."""
        with self._guard:
            self._stopped = True
            running = list(self._running)
        for process in running:
            self._end(process)

    def _start(
        self, command: Sequence[str], environment: Mapping[str, str]
    ) -> subprocess.Popen[str]:
        with self._guard:
            self._refuse_when_stopped()
            process = subprocess.Popen(
                list(command),
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
            )
            self._running.add(process)
        return process

    def _refuse_when_stopped(self) -> None:
        if self._stopped:
            raise Problem("the command was interrupted")

    def _listen(self, process: subprocess.Popen[str]) -> str:
        errors = []
        for line in process.stderr or ():
            if line.rstrip().endswith(_ACTIVITY):
                self.say(line.rstrip())
            else:
                errors.append(line)
        return "".join(errors)

    def _end(self, process: subprocess.Popen[str]) -> None:
        with self._guard:
            self._running.discard(process)
            if process.returncode is None:
                _kill_all(process.pid)
        process.wait()


def _kill_all(group: int) -> None:
    """What they were about is gone on with the next time."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def side_by_side(tasks: Sequence[Callable[[Programs], None]], say: Say) -> None:
    """Does all of these; the first that fails, or Ctrl-C, ends the others. Raises Problem."""
    programs = Programs(say)
    with ThreadPoolExecutor(max(1, len(tasks))) as threads:
        try:
            futures = [threads.submit(task, programs) for task in tasks]
            for future in wait(futures, return_when=FIRST_EXCEPTION).done:
                future.result()
        finally:
            # without effect on what has ended; threads that wait for a program are let go
            programs.stop()

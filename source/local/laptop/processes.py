"""Servers of ours: started in the background, found again, and stopped."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

# Saving a large state takes the local AWS a moment.
_STOP_SECONDS = 30
_KILL_SECONDS = 5
_LOOK_SECONDS = 0.02


def start(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    log: Path,
) -> int:
    """Starts a command in ``folder``, its output in ``log``; returns its pid."""
    log.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            list(command),
            env={**os.environ, **environment},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # the server outlives the command, and Ctrl-C is not for it
            start_new_session=True,
        )
    return process.pid


def find(program: Sequence[str], folder: Path) -> int | None:
    """The pid of a server that runs in ``folder``, whoever started it.

    program: arguments of its command that stand one behind the other.

    Processes are looked for by what they run and where, because a noted number may be somebody
    else's by now, and a command that was killed has noted none.
    """
    found = (one.pid for one in psutil.process_iter() if _is_server(one, program, folder.resolve()))
    return next(found, None)


def is_alive(pid: int) -> bool:
    """Whether a server that this command has started still runs."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def stop(pid: int) -> bool:
    """Ends a server and its children; True when it ended by itself when it was asked to."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        process.terminate()
    except psutil.NoSuchProcess:
        return True
    in_time = _wait([process], _STOP_SECONDS)
    for one in family:
        _kill(one)
    _wait(family, _KILL_SECONDS)
    return in_time


def _wait(family: Sequence[psutil.Process], seconds: float) -> bool:
    """Wait until these have ended; False when one has not within that time.

    Who started a server is gone, and its new parent may be slow to take notice of its end: until
    then the process is a zombie, which has ended.
    """
    deadline = time.monotonic() + seconds
    while any(is_alive(one.pid) for one in family if one.is_running()):
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_SECONDS)
    return True


def _is_server(process: psutil.Process, program: Sequence[str], folder: Path) -> bool:
    try:
        return (
            _contains(process.cmdline()[1:], list(program))
            and process.status() != psutil.STATUS_ZOMBIE
            and Path(process.cwd()) == folder
        )
    except psutil.Error:
        # it has ended, or it is another user's
        return False


def _contains(command: list[str], program: list[str]) -> bool:
    length = len(program)
    return any(command[at : at + length] == program for at in range(len(command) - length + 1))


def _kill(process: psutil.Process) -> None:
    try:
        if process.is_running():
            process.kill()
    except psutil.NoSuchProcess:
        return

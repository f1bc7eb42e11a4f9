"""Servers of ours: started in the background, found again, and stopped."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

# Saving a large state takes the local AWS a moment.
_STOP_SECONDS = 30


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
    _, late = psutil.wait_procs([process], timeout=_STOP_SECONDS)
    for one in family:
        _kill(one)
    psutil.wait_procs(family, timeout=5)
    return not late


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

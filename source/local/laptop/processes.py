"""Servers of ours: started in the background, found again, and stopped."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

# Saving a large state takes the local AWS a moment.
_STOP_SECONDS = 30
_KILL_SECONDS = 5
_LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class Found:
    """A server that runs, whoever started it, and what it was started with."""

    pid: int
    command: tuple[str, ...]
    environment: Mapping[str, str]


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


def remove_aside(folder: Path) -> None:
    """Makes room for a new folder of that name at once; the old one goes while others work.

    Thousands of files take a disk that is busy half a minute.
    """
    if folder.exists():
        folder.rename(folder.with_name(f"{folder.name}.{time.time_ns()}"))
    # also those of a command that was killed before it had begun to remove them
    left = [str(one) for one in folder.parent.glob(f"{folder.name}.[0-9]*")]
    if left:
        subprocess.Popen(
            ["rm", "-rf", *left],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


def find(programs: Mapping[str, Sequence[str]], folder: Path) -> dict[str, Found]:
    """Server -> its process, of the servers that run in ``folder``.

    programs: server -> arguments of its command that stand one behind the other.

    Processes are looked for by what they run and where, because a noted number may be somebody
    else's by now, and a command that was killed has noted none.
    """
    found: dict[str, Found] = {}
    for process in psutil.process_iter():
        if recognised := _recognise(process, programs, folder.resolve()):
            name, server = recognised
            found.setdefault(name, server)
    return found


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended may be left as a zombie of this command."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def stop(pid: int, seconds: float | None = None) -> bool:
    """Ends a server and its children; True when it ended by itself when it was asked to.

    seconds: for which it is waited for.
    """
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        process.terminate()
    except psutil.NoSuchProcess:
        return True
    in_time = _wait([process], _STOP_SECONDS if seconds is None else seconds)
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


def _recognise(
    process: psutil.Process, programs: Mapping[str, Sequence[str]], folder: Path
) -> tuple[str, Found] | None:
    try:
        command = process.cmdline()
        for name, program in programs.items():
            if (
                _contains(command[1:], list(program))
                and process.status() != psutil.STATUS_ZOMBIE
                and Path(process.cwd()) == folder
            ):
                return name, Found(process.pid, tuple(command), process.environ())
    except psutil.Error:
        # it has ended, or it is another user's
        return None
    return None


def _contains(command: list[str], program: list[str]) -> bool:
    length = len(program)
    return any(command[at : at + length] == program for at in range(len(command) - length + 1))


def _kill(process: psutil.Process) -> None:
    try:
        if process.is_running():
            process.kill()
    except psutil.NoSuchProcess:
        return

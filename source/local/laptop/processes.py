"""Servers of ours: started in the background, found again, and stopped by their own pid."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

# Saving a large state takes the local AWS a moment.
_STOP_SECONDS = 30


def start(command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path) -> int:
    """Starts a server in ``folder``, its output in ``log``; returns its pid."""
    log.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # the server outlives the command, and Ctrl-C is not for it
            start_new_session=True,
        )
    return process.pid


def is_ours(pid: int, folder: Path) -> bool:
    """Whether a process runs in ``folder``: the same number may be somebody else's by now."""
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == folder.resolve()
    except psutil.Error:
        return False


def stop(pid: int, folder: Path) -> bool:
    """Ends a server and its children; True when it ended by itself when it was asked to."""
    if not is_ours(pid, folder):
        return True
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    process.terminate()
    _, late = psutil.wait_procs([process], timeout=_STOP_SECONDS)
    for one in (one for one in family if one.is_running()):
        one.kill()
    psutil.wait_procs(family, timeout=5)
    return not late

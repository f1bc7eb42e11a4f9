import os
import subprocess
import sys

import pytest

from laptop import processes

WAITS = "import time; print('here', flush=True); time.sleep(60)"
IGNORES = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('here', flush=True); time.sleep(60)"
)


@pytest.fixture
def started(tmp_path):
    pids = []

    def start(program):
        log = tmp_path / "log"
        pid = processes.start([sys.executable, "-c", program], {}, tmp_path, log)
        pids.append(pid)
        while "here" not in log.read_text():
            pass
        return pid

    yield start
    for pid in pids:
        try:
            os.kill(pid, 9)
        except ProcessLookupError:
            continue


def test_a_server_is_found_again_and_stopped(tmp_path, started):
    pid = started(WAITS)

    assert processes.is_ours(pid, tmp_path)
    assert processes.stop(pid, tmp_path) is True
    assert not processes.is_ours(pid, tmp_path)


def test_a_process_of_somebody_else_is_never_stopped(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with subprocess.Popen([sys.executable, "-c", "input()"], cwd=elsewhere, stdin=-1) as other:
        assert not processes.is_ours(other.pid, tmp_path)
        processes.stop(other.pid, tmp_path)
        assert other.poll() is None
        other.kill()


def test_a_number_that_no_process_has_is_not_ours(tmp_path):
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass

    assert not processes.is_ours(ended.pid, tmp_path)
    assert processes.stop(ended.pid, tmp_path) is True


def test_a_server_that_does_not_stop_is_killed_and_it_is_said(tmp_path, started, monkeypatch):
    monkeypatch.setattr(processes, "_STOP_SECONDS", 0.2)
    pid = started(IGNORES)

    assert processes.stop(pid, tmp_path) is False
    assert not processes.is_ours(pid, tmp_path)

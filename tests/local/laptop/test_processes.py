import os
import subprocess
import sys
import time

import pytest

from laptop import processes

WAITS = "import time; print('here', flush=True); time.sleep(60)"
IGNORES = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('here', flush=True); time.sleep(60)"
)
SERVER = ("-m", "server")


@pytest.fixture
def started(tmp_path):
    pids = []

    def start(program):
        (tmp_path / "server.py").write_text(program)
        log = tmp_path / "log"
        pid = processes.start([sys.executable, *SERVER], {}, tmp_path, log)
        pids.append(pid)
        while "here" not in log.read_text():
            time.sleep(0.02)
        return pid

    yield start
    for pid in pids:
        try:
            os.kill(pid, 9)
        except ProcessLookupError:
            continue


def found(folder):
    return processes.find({"server": SERVER}, folder).get("server")


def test_what_a_server_was_started_with_is_found_too(tmp_path, started):
    started(WAITS)

    assert found(tmp_path).command == (sys.executable, *SERVER)
    assert found(tmp_path).environment["PATH"] == os.environ["PATH"]


def test_a_server_is_found_again_and_stopped(tmp_path, started):
    pid = started(WAITS)

    assert found(tmp_path).pid == pid
    assert processes.is_alive(pid)
    assert processes.stop(pid) is True
    assert found(tmp_path) is None
    assert not processes.is_alive(pid)


def test_the_server_of_another_stack_is_not_found(tmp_path, started):
    started(WAITS)
    other = tmp_path / "other"
    other.mkdir()

    assert found(other) is None


def test_another_program_in_the_folder_is_not_found(tmp_path):
    command = [sys.executable, "-c", "input()"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE) as other:
        assert found(tmp_path) is None
        other.kill()


def test_what_has_ended_by_itself_is_stopped():
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass

    assert not processes.is_alive(ended.pid)
    assert processes.stop(ended.pid) is True


def test_a_server_whose_end_its_parent_does_not_notice_has_ended(started):
    child = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {WAITS!r}]); {WAITS}"
    parent = processes.psutil.Process(started(child))
    [server] = parent.children()

    assert processes.stop(server.pid) is True
    assert server.status() == processes.psutil.STATUS_ZOMBIE


def test_a_server_that_does_not_stop_is_killed_and_it_is_said(tmp_path, started, monkeypatch):
    monkeypatch.setattr(processes, "_STOP_SECONDS", 0.2)
    pid = started(IGNORES)

    assert processes.stop(pid) is False
    assert found(tmp_path) is None


def test_what_a_server_has_started_ends_with_it(tmp_path, started, monkeypatch):
    child = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {WAITS!r}]); {WAITS}"
    pid = started(child)
    children = processes.psutil.Process(pid).children()

    processes.stop(pid)

    assert [one for one in children if processes.is_alive(one.pid)] == []


def test_a_folder_is_removed_aside_and_what_a_killed_command_left_of_it_too(
    tmp_path,
):
    for name in ("tmp", "tmp.123", "tmp.txt", "tmporary"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()

    processes.remove_aside(tmp_path / "tmp")

    assert not (tmp_path / "tmp").exists()
    while len(left := sorted(one.name for one in tmp_path.iterdir())) > 2:
        time.sleep(0.02)
    assert left == ["tmp.txt", "tmporary"]


def test_nothing_is_removed_where_nothing_is(tmp_path):
    processes.remove_aside(tmp_path / "tmp")

    assert list(tmp_path.iterdir()) == []

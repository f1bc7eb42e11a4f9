import fcntl
import os
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from laptop.problems import Problem
from laptop.programs import Programs, side_by_side

CHATTY = "echo out; echo 'Installing …' >&2; echo why >&2; exit 3"


def test_what_a_program_leaves_is_returned_and_what_it_does_is_said():
    said = []

    ended = Programs(said.append).run(["sh", "-c", CHATTY])

    assert (ended.status, ended.output, ended.errors) == (3, "out\n", "why\n")
    assert said == ["Installing …"]


def test_variables_are_handed_over():
    assert Programs(print).run(["sh", "-c", "echo $SOME"], {"SOME": "thing"}).output == "thing\n"


def test_what_cannot_be_done_ends_what_is_done_beside_it(tmp_path):
    def fails(programs):
        while not (tmp_path / "runs").exists():
            time.sleep(0.01)
        raise Problem("no")

    def runs(programs):
        programs.run(["sh", "-c", f"touch {tmp_path}/runs; sleep 60"])

    with pytest.raises(Problem, match="no"):
        side_by_side([runs, fails], print)


def test_a_program_that_is_stopped_ends_with_what_it_has_started(tmp_path):
    programs = Programs(print)
    script = f"sleep 61 & echo $! >{tmp_path}/pid.part; mv {tmp_path}/pid.part {tmp_path}/pid; wait"
    thread = threading.Thread(target=programs.run, args=(["sh", "-c", script],))
    thread.start()
    while not (tmp_path / "pid").exists():
        time.sleep(0.01)

    programs.stop()
    thread.join()

    child = int((tmp_path / "pid").read_text())
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == "zombie"
    with pytest.raises(Problem, match="interrupted"):
        programs.run(["true"])


def test_a_lock_is_waited_for_until_the_command_is_stopped(tmp_path):
    programs = Programs(print)
    with (tmp_path / "lock").open("w") as first, (tmp_path / "lock").open("w") as second:
        fcntl.flock(first, fcntl.LOCK_EX)
        threading.Timer(0.1, programs.stop).start()
        with pytest.raises(Problem, match="interrupted"):
            programs.hold(second)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_command_ends_its_programs_and_shows_nothing_of_them(tmp_path, number):
    text = (
        "import signal, sys; from pathlib import Path\n"
        "from laptop.programs import side_by_side\n"
        "signal.signal(signal.SIGTERM, signal.default_int_handler)\n"
        "code = 'import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); time.sleep(62)'\n"
        "run = lambda programs: programs.run([sys.executable, '-c', code, sys.argv[1]])\n"
        "try:\n    side_by_side([run], print)\n"
        "except KeyboardInterrupt:\n    print('interrupted')\n"
    )
    began = tmp_path / "began"
    command = [sys.executable, "-c", text, str(began)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment()
    ) as process:
        while not began.exists():
            time.sleep(0.02)
        process.send_signal(number)
        assert process.stdout.read() == "interrupted\n"
    found = psutil.process_iter(["cmdline"])
    assert [one for one in found if str(began) in (one.info["cmdline"] or [])] == []


def environment():
    return {**os.environ, "PYTHONPATH": ":".join(sys.path)}

"""What the command says without starting anything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[3] / "source"
# as run-local.sh has it
PATH = f"{SOURCE / 'local'}:{SOURCE / 'lib'}"


@pytest.fixture
def command(tmp_path):
    state = tmp_path / "state"

    def run(*arguments, **settings):
        environment = {**os.environ, "PYTHONPATH": PATH, "MIE_STATE": str(state), **settings}
        done = subprocess.run(
            [sys.executable, "-m", "laptop", *map(str, arguments)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not state.exists()
        return done

    return run


def lines(text):
    return text.strip().splitlines()


def test_help_names_every_command(command):
    done = command("--help")

    assert done.returncode == 0
    engine = ("up", "status", "logs", "down", "destroy")
    for name in (*engine, "show", "list", "follow", "cancel", "retry", "--config", "FILE"):
        assert name in done.stdout


@pytest.mark.parametrize("name", ["-h", "--help"])
def test_short_help_is_help(command, name):
    assert "destroy" in command(name).stdout


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("missing.jpg", None, "does not exist"),
        ("empty.jpg", b"", "is empty"),
        ("text.jpg", b"hello", "text.jpg"),
    ],
)
def test_a_file_that_cannot_be_analysed_stops_the_command(command, tmp_path, name, content, reason):
    if content is not None:
        (tmp_path / name).write_bytes(content)

    done = command(name)

    assert done.returncode == 1
    assert len(lines(done.stderr)) == 1
    assert reason in done.stderr


def test_one_bad_file_among_good_ones_stops_the_command(command, tmp_path):
    (tmp_path / "good.jpg").write_bytes(b"\xff\xd8\xff\xe0")

    assert command("good.jpg", "missing.jpg").returncode == 1


def test_an_unknown_option_is_refused(command):
    done = command("--frobnicate")

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["logs"],
        ["list"],
        *([name, "1a"] for name in ("show", "follow", "retry", "cancel")),
    ],
)
def test_what_needs_a_running_engine_says_so(command, arguments):
    done = command(*arguments)

    assert done.returncode == 1
    assert "not running" in done.stderr
    assert len(lines(done.stderr)) == 1


@pytest.mark.parametrize("name", ["down", "destroy"])
def test_stopping_what_does_not_run_is_no_error(command, name):
    assert command(name).returncode == 0


@pytest.mark.parametrize(
    "arguments", [["--config", "{"], ["--config", "nowhere.json"], ["--language", "Spanish"]]
)
def test_a_wrong_wish_is_refused_before_anything_is_started(command, arguments):
    done = command(*arguments)

    assert done.returncode == 1
    assert len(lines(done.stderr)) == 1


def test_markup_and_control_characters_in_a_name_are_shown_as_they_are(command):
    done = command("trip [/paris]\x1b[31m.jpg")

    assert lines(done.stderr) == ["run-local.sh: trip [/paris]\\x1b[31m.jpg does not exist"]


def test_ctrl_c_before_the_command_is_loaded_ends_in_one_word():
    program = (
        "import builtins, sys\nreal = builtins.__import__\n"
        "def interrupted(name, *more):\n"
        "    if name == 'typer':\n        raise KeyboardInterrupt\n"
        "    return real(name, *more)\n"
        "builtins.__import__ = interrupted\n"
        "from laptop.__main__ import main\nsys.exit(main())\n"
    )
    environment = {**os.environ, "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Interrupted.\n")

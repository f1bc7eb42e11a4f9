"""environment.sh in a checkout of its own, with requirement files that need no network."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "deployment" / "environment.sh"
# Stands for the environment's Python where how packages are installed is not what is tested:
# making a real environment takes seconds.
QUICK_PYTHON = f"""#!/bin/sh
if [ "$1 $2" = "-m venv" ]; then
  mkdir -p "$3/bin"
  printf '#!/bin/sh\\ncase "$*" in *" broken"*) exit 1;; esac\\n' >"$3/bin/python"
  chmod +x "$3/bin/python"
else
  exec "{sys.executable}" "$@"
fi
"""
OLD_PYTHON = '#!/bin/sh\n[ "$1" = --version ] && echo Python 3.8.1\n'


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "deployment").mkdir()
    shutil.copy(SCRIPT, tmp_path / "deployment")
    (tmp_path / "programs").mkdir()
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    (tmp_path / "broken").write_text("no-such-package==1\n")
    return tmp_path


def program(checkout, name, text):
    path = checkout / "programs" / name
    path.write_text(text)
    path.chmod(0o755)


def make(checkout, *arguments):
    tools = f"{checkout / 'programs'}:/usr/bin:/bin"
    return subprocess.run(
        ["bash", "deployment/environment.sh", *arguments],
        cwd=checkout,
        env={**os.environ, "PATH": tools, "PIP_NO_INDEX": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def made_at(checkout):
    """A file that is there as long as the environment is not made anew."""
    mark = checkout / ".mie" / "made" / "mark"
    mark.touch()
    return mark


def test_an_environment_is_made_once(checkout):
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    program(checkout, version, f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')

    first = make(checkout, "made", "requirements.txt")
    assert first.returncode == 0, first.stderr
    assert len(first.stderr.splitlines()) == 1
    python = checkout / ".mie" / "made" / "bin" / "python"
    assert subprocess.run([python, "-m", "pip", "--version"], check=False).returncode == 0

    mark = made_at(checkout)
    second = make(checkout, "made", "requirements.txt")
    assert (second.returncode, second.stderr) == (0, "")
    assert mark.exists()


def test_it_is_made_again_when_what_is_required_has_changed(checkout):
    program(checkout, "python3.13", QUICK_PYTHON)
    make(checkout, "made", "requirements.txt")
    mark = made_at(checkout)
    (checkout / "requirements.txt").write_text("# something else\n")

    assert make(checkout, "made", "requirements.txt").returncode == 0
    assert not mark.exists()


def test_nothing_half_made_stays_when_packages_cannot_be_installed(checkout):
    program(checkout, "python3.13", QUICK_PYTHON)

    done = make(checkout, "made", "broken")

    assert done.returncode != 0
    assert done.stderr.splitlines()[-1].startswith("The packages of broken could not be installed")
    assert list((checkout / ".mie").iterdir()) == []


def test_what_a_killed_run_left_is_replaced(checkout):
    program(checkout, "python3.13", QUICK_PYTHON)
    made = checkout / ".mie" / "made"
    made.mkdir(parents=True)
    mark = made_at(checkout)
    lock = checkout / ".mie" / "made.lock"
    lock.mkdir()
    with subprocess.Popen(["/bin/true"]) as ended:
        pass
    (lock / "pid").write_text(str(ended.pid))

    assert make(checkout, "made", "requirements.txt").returncode == 0
    assert not mark.exists()
    assert not lock.exists()


def test_two_runs_at_once_make_it_once(checkout):
    program(checkout, "python3.13", QUICK_PYTHON.replace("mkdir -p", "echo made >>made; mkdir -p"))
    command = ["bash", "deployment/environment.sh", "made", "requirements.txt"]
    environment = {**os.environ, "PATH": f"{checkout / 'programs'}:/usr/bin:/bin"}
    runs = [subprocess.Popen(command, cwd=checkout, env=environment) for _ in range(2)]

    assert [run.wait() for run in runs] == [0, 0]
    assert (checkout / "made").read_text() == "made\n"


def test_a_python_that_is_too_old_is_refused_in_one_sentence(checkout):
    for name in ("python3.13", "python3.12", "python3.11", "python3", "python"):
        program(checkout, name, OLD_PYTHON)

    done = make(checkout, "made", "requirements.txt")

    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1
    assert "3.8.1" in done.stderr
    assert not (checkout / ".mie").exists()


def test_a_python_that_cannot_make_environments_is_refused_in_one_sentence(checkout):
    program(
        checkout,
        "python3.13",
        '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexit 0\n',
    )

    done = make(checkout, "made", "requirements.txt")

    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1
    assert "python3-venv" in done.stderr

"""environment.sh in a checkout of its own, with requirement files that need no network."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "deployment" / "environment.sh"
# Stands for the environment's Python where how packages are installed is not what is tested:
# making a real environment takes seconds.
QUICK_PYTHON = f"""#!/bin/sh
if [ "$1 $2" = "-m venv" ]; then
  mkdir -p "$3/bin"
  cp programs/environment-python "$3/bin/python"
  chmod +x "$3/bin/python"
else
  exec "{sys.executable}" "$@"
fi
"""
# notes what it installs; a version asked for is always the same
QUICK_ENVIRONMENT = """#!/bin/sh
case "$*" in
  *print*) echo 3.13 ;;
  *" broken"*) echo "WARNING: no"; echo "ERROR: No matching distribution"; exit 1 ;;
  *" slow"*) echo >slow-began; exec sleep 60 ;;
  *"-m pip"*) echo "$*" | sed 's/.*--no-input //' >>installed ;;
esac
"""
OLD_PYTHON = '#!/bin/sh\n[ "$1" = --version ] && echo Python 3.8.1\n'


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "deployment").mkdir()
    shutil.copy(SCRIPT, tmp_path / "deployment")
    (tmp_path / "programs").mkdir()
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    for name in ("broken", "slow", "more.txt"):
        (tmp_path / name).write_text(f"{name}==1\n")
    program(tmp_path, "environment-python", QUICK_ENVIRONMENT)
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


def installed(checkout):
    noted = checkout / "installed"
    return noted.read_text().splitlines() if noted.exists() else []


@pytest.fixture
def quick(checkout):
    program(checkout, "python3.13", QUICK_PYTHON)
    return checkout


def test_a_changed_list_is_installed_over_the_old_one(quick):
    make(quick, "made", "requirements.txt", "more.txt")
    mark = made_at(quick)
    (quick / "requirements.txt").write_text("# something else\n")

    assert make(quick, "made", "requirements.txt", "more.txt").returncode == 0
    assert mark.exists()
    assert installed(quick) == ["-r requirements.txt -r more.txt", "-r requirements.txt"]


def test_a_list_that_another_one_names_belongs_to_it(quick):
    (quick / "requirements.txt").write_text("-r more.txt\n")
    make(quick, "made", "requirements.txt")
    (quick / "more.txt").write_text("more==2\n")

    make(quick, "made", "requirements.txt")
    make(quick, "made", "requirements.txt")

    assert installed(quick) == ["-r requirements.txt"] * 2


def test_only_the_lists_that_are_missing_are_installed(quick):
    make(quick, "made", "requirements.txt")

    make(quick, "made", "requirements.txt", "more.txt")
    make(quick, "made", "requirements.txt")

    assert installed(quick) == ["-r requirements.txt", "-r more.txt"]


def test_what_is_there_stays_when_a_list_cannot_be_installed(quick):
    make(quick, "made", "requirements.txt")
    mark = made_at(quick)

    done = make(quick, "made", "requirements.txt", "broken")

    assert done.returncode != 0
    assert done.stderr.splitlines()[-1] == (
        "The packages of broken could not be installed into .mie/made: "
        f"No matching distribution (see {quick}/.mie/made/pip.log)"
    )
    assert mark.exists()
    assert make(quick, "made", "requirements.txt").stderr == ""


def test_an_environment_that_was_not_made_to_its_end_is_replaced(quick):
    (quick / ".mie" / "made").mkdir(parents=True)
    mark = made_at(quick)

    assert make(quick, "made", "requirements.txt").returncode == 0
    assert not mark.exists()


def test_an_environment_of_another_place_is_replaced(quick):
    make(quick, "made", "requirements.txt")
    mark = made_at(quick)
    (quick / ".mie" / "made" / "made").write_text("/elsewhere/.mie/made 3.13\n")

    assert make(quick, "made", "requirements.txt").returncode == 0
    assert not mark.exists()


def test_an_environment_of_an_earlier_release_is_taken_over(quick):
    make(quick, "made", "requirements.txt")
    made = quick / ".mie" / "made"
    (made / "made").unlink()
    (made / "complete").write_text("digest\n")
    (made / "pyvenv.cfg").write_text(f"command = python3 -m venv {made}\n")
    mark = made_at(quick)

    assert make(quick, "made", "requirements.txt", "more.txt").returncode == 0
    assert mark.exists()


def test_packages_that_a_killed_installation_left_in_part_are_installed_again(quick):
    make(quick, "made", "requirements.txt")
    packages = quick / ".mie" / "made" / "lib" / "python3.13" / "site-packages"
    for package, files in {
        "whole-1.dist-info": ("RECORD", "INSTALLER"),
        "torn-1.dist-info": ("METADATA",),
        "~old-1.dist-info": ("RECORD", "INSTALLER"),
    }.items():
        (packages / package).mkdir(parents=True)
        for file in files:
            (packages / package / file).touch()
    (quick / ".mie" / "made" / "unfinished").touch()

    assert make(quick, "made", "requirements.txt", "more.txt").returncode == 0
    assert [one.name for one in packages.iterdir()] == ["whole-1.dist-info"]
    assert not (quick / ".mie" / "made" / "unfinished").exists()


def begun(checkout):
    """An installation that has begun and does not end by itself."""
    command = ["bash", "deployment/environment.sh", "made", "slow"]
    environment = {**os.environ, "PATH": f"{checkout / 'programs'}:/usr/bin:/bin"}
    process = subprocess.Popen(
        command,
        cwd=checkout,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not (checkout / "slow-began").exists():
        time.sleep(0.02)
    return process


def processes_below(folder):
    found = psutil.process_iter(["cmdline"])
    return [one for one in found if str(folder) in " ".join(one.info["cmdline"] or ())]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_installation_that_is_interrupted_ends_at_once_in_one_sentence(quick, number):
    with begun(quick) as process:
        os.kill(process.pid, number)
        assert process.wait() == 130
        assert process.stderr.read().splitlines()[-1] == (
            "Interrupted; the next command goes on with the installation."
        )
    assert processes_below(quick / ".mie") == []
    assert make(quick, "made", "requirements.txt").returncode == 0


def test_an_installation_that_is_killed_is_gone_on_with(quick):
    with begun(quick) as process:
        os.killpg(process.pid, signal.SIGKILL)

    assert make(quick, "made", "requirements.txt").returncode == 0
    assert "-r requirements.txt" in installed(quick)


def test_a_disk_without_room_is_said_before_anything_is_fetched(quick):
    (quick / "more.txt").write_text("# takes 100 MB\n")
    (quick / "requirements.txt").write_text("# takes 300 MB, all of it\n-r more.txt\n")
    program(quick, "df", "#!/bin/sh\necho Filesystem\necho /dev/a 9999999 9 102400 9% /\n")

    done = make(quick, "made", "requirements.txt")

    assert done.returncode != 0
    assert done.stderr.splitlines() == [
        "There is no room on the disk: 500 MB are needed to install packages into "
        f"{quick}/.mie, 100 MB are free."
    ]
    assert installed(quick) == []


def test_an_environment_that_programs_run_from_is_not_taken_from_them(quick):
    make(quick, "made", "requirements.txt")
    made = quick / ".mie" / "made"
    (made / "made").write_text("another Python\n")
    (made / "bin" / "python").unlink()
    (made / "bin" / "python").symlink_to(sys.executable)
    with subprocess.Popen([made / "bin" / "python", "-c", "input()"], stdin=subprocess.PIPE) as run:
        done = make(quick, "made", "requirements.txt")
        run.kill()

    assert done.returncode != 0
    assert "programs run from it; run-local.sh down stops them" in done.stderr
    assert (made / "lists").exists()


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

"""Third-party packages of a Lambda package, as pip installs them for the function's runtime."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from mie_build import zips

# Runtimes from 3.12 on have Amazon Linux 2023 and its glibc 2.34, the others Amazon Linux 2's.
# 27 nevertheless: pymediainfo's wheel says 2.27, and its library asks for no more than 2.25.
_GLIBC_MINORS = {"3.11": 27, "3.12": 34, "3.13": 34, "3.14": 34}
# Console scripts name the interpreter that installed them; RECORD lists those.
_LEFT_OUT = ("bin/", "__pycache__/")
_LEFT_OUT_NAMES = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")


@dataclass(frozen=True)
class Target:
    """Where packages will run.

    python: "3.13". linux: True for Lambda, whatever machine builds; False for this machine.
    """

    python: str
    linux: bool

    @property
    def runtime(self) -> str:
        return f"python{self.python}"


class InstallError(RuntimeError):
    """pip could not install a package's requirements."""


def install(requirements: Path, target: Target, cache: Path) -> dict[str, Path]:
    """The files that the requirements consist of, by their path below site-packages.

    The requirements are a complete list of pinned packages: nothing is installed that is not
    written there. What was installed once is kept below ``cache``.
    """
    text = requirements.read_bytes()
    key = hashlib.sha256(text + repr(target).encode()).hexdigest()[:24]
    folder = cache / key
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        # a folder that is there is whole: it gets its name when pip has finished
        half_made = Path(tempfile.mkdtemp(dir=cache))
        try:
            _pip_install(requirements, target, half_made)
            half_made.rename(folder)
        finally:
            shutil.rmtree(half_made, ignore_errors=True)
    return {
        name: path
        for name, path in zips.tree(folder).items()
        if not name.startswith(_LEFT_OUT) and path.name not in _LEFT_OUT_NAMES
    }


def _pip_install(requirements: Path, target: Target, folder: Path) -> None:
    command = [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--no-compile", "--no-deps", "--target", str(folder), "-r", str(requirements)),
        *(_lambda_options(target.python) if target.linux else ()),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InstallError(
            f"pip could not install {requirements} for Python {target.python}:\n"
            f"{done.stderr.strip()}"
        )


def _lambda_options(python: str) -> list[str]:
    glibc = _GLIBC_MINORS[python]
    platforms = [f"manylinux_2_{minor}_x86_64" for minor in range(glibc, 16, -1)]
    return [
        "--only-binary=:all:",
        "--implementation=cp",
        f"--python-version={python}",
        *(f"--platform={one}" for one in [*platforms, "manylinux2014_x86_64"]),
    ]

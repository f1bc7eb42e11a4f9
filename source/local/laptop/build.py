"""Builds what the local stack is deployed from, when anything has changed since."""

import hashlib
import tomllib
from collections.abc import Iterable
from pathlib import Path

from laptop.facts import REGION
from laptop.places import ROOT, Places
from laptop.problems import Problem
from laptop.programs import Programs

TEMPLATE_BUCKET, CODE_BUCKET = "mie-templates", "mie-code"
# What is deployed depends on these.
_SOURCES = ("source", "cloudformation", "deployment", "pyproject.toml")
_NOT_DEPLOYED = {
    ("source", "local"),
    ("deployment", "dist"),
    ("deployment", "global-s3-assets"),
    ("deployment", "regional-s3-assets"),
}


def current_version() -> str:
    """The project's version and a mark of the sources: packages that changed get new keys."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return f"{project['version']}-{digest(ROOT, _source_files())}"


def digest(folder: Path, files: Iterable[Path]) -> str:
    """A mark of these files below a folder: names and contents."""
    found = hashlib.sha256()
    for path in sorted(files):
        found.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:8]


def is_built(places: Places, version: str) -> bool:
    marker = places.dist / "version"
    return marker.exists() and marker.read_text() == version


def build(places: Places, version: str, programs: Programs) -> None:
    """Runs the build script unless its results are those of ``version``."""
    if is_built(places, version):
        return
    programs.say("Building …")
    command = [
        *(str(ROOT / "deployment" / "build-s3-dist.sh"), "--local"),
        *("--template-bucket", TEMPLATE_BUCKET, "--code-bucket", CODE_BUCKET),
        *("--version", version, "--region", REGION, "--output", str(places.dist)),
    ]
    # as long as it goes on, nobody knows what is there
    marker = places.dist / "version"
    marker.unlink(missing_ok=True)
    ended = programs.run(command)
    if ended.status:
        raise Problem(f"the build failed:\n{(ended.errors or ended.output).strip()}")
    marker.write_text(version)


def _source_files() -> list[Path]:
    files: list[Path] = []
    for source in (ROOT / one for one in _SOURCES):
        files.extend([source] if source.is_file() else source.rglob("*"))
    return [
        path
        for path in files
        if path.is_file()
        and "__pycache__" not in path.parts
        and path.relative_to(ROOT).parts[:2] not in _NOT_DEPLOYED
    ]

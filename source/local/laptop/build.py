"""Builds what the local stack is deployed from, when anything has changed since."""

import hashlib
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

from laptop.facts import REGION
from laptop.places import ROOT, Places
from laptop.problems import Problem

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
    digest = hashlib.sha256()
    for path in sorted(_source_files()):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return f"{project['version']}-{digest.hexdigest()[:8]}"


def build(places: Places, version: str, say: Callable[[str], None]) -> None:
    """Runs the build script unless its results are those of ``version``."""
    marker = places.dist / "version"
    if marker.exists() and marker.read_text() == version:
        return
    say("Building …")
    command = [
        *(str(ROOT / "deployment" / "build-s3-dist.sh"), "--local"),
        *("--template-bucket", TEMPLATE_BUCKET, "--code-bucket", CODE_BUCKET),
        *("--version", version, "--region", REGION, "--output", str(places.dist)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"the build failed:\n{(done.stderr or done.stdout).strip()}")
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

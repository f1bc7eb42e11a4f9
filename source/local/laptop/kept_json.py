"""Small files of JSON in the state folder, which readers see whole: the old one or the new one."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_object(path: Path, content: Mapping[str, Any]) -> None:
    """A command that is killed meanwhile leaves the old file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half_written = path.with_suffix(".tmp")
    half_written.write_text(json.dumps(content, indent=2) + "\n")
    half_written.replace(path)


def read_object(path: Path) -> dict[str, Any]:
    """Empty where there is no such file, or one that holds something else."""
    try:
        content = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}

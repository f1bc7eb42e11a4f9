"""Small files of JSON in the state folder."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from laptop import whole_files


def write_object(path: Path, content: Mapping[str, Any]) -> None:
    whole_files.write(path, json.dumps(content, indent=2) + "\n")


def read_object(path: Path) -> dict[str, Any]:
    """Empty where there is no such file, or one that holds something else."""
    try:
        content = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}

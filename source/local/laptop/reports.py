"""Writes the page that shows what was found in an asset."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from findings.model import Findings
from laptop import report_media, whole_files
from laptop.places import Places
from laptop.runs import Engine
from report.page import page


def write(engine: Engine, places: Places, execution: Mapping[str, Any], found: Findings) -> Path:
    """The path of the page."""
    path = places.reports / f"{found.asset_id}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    whole_files.write(path, page(found, report_media.read_media(engine, execution, path)))
    return path

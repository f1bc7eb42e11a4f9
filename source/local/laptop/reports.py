"""Writes the page that shows what was found in an asset."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from findings.model import Findings
from laptop import report_media
from laptop.places import Places
from laptop.runs import Engine
from report.page import page


def write(engine: Engine, places: Places, execution: Mapping[str, Any], found: Findings) -> Path:
    """The file, which readers find as it was or as it is, never half of it."""
    path = places.reports / f"{found.asset_id}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = page(found, report_media.read_media(engine, execution, path))
    half_written = path.with_suffix(".tmp")
    half_written.write_text(text, encoding="utf-8")
    half_written.replace(path)
    return path

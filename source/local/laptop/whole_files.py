"""Files that readers see as they were or as they are, never half of one."""

from pathlib import Path


def write(path: Path, text: str) -> None:
    """A command that is killed meanwhile leaves the old file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half_written = path.with_suffix(".tmp")
    half_written.write_text(text, encoding="utf-8")
    half_written.replace(path)

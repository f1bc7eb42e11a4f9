"""Environments and packages have files in common, which need to be on the disk only once."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path


def share(folders: Iterable[Path]) -> None:
    """Makes files of packages that are the same in several folders one file (hard links).

    folders: packages are installed into each. pip writes no file in place: what is installed anew
    in one folder does not change another.
    """
    known: dict[tuple[str, str], Path] = {}
    for folder in folders:
        for name, digest in _recorded(folder):
            path = folder / name
            if (first := known.setdefault((name, digest), path)) is not path:
                _link(first, path)


def _recorded(folder: Path) -> Iterator[tuple[str, str]]:
    """Path and digest of each file that is as its package had it."""
    for record in folder.glob("*.dist-info/RECORD"):
        with record.open(newline="") as rows:
            for name, digest, *_ in csv.reader(rows):
                if digest and not name.startswith((".", "/")):
                    yield name, digest


def _link(first: Path, path: Path) -> None:
    if not first.exists() or not path.exists() or first.samefile(path):
        return
    link = path.with_name(f"{path.name}.link")
    link.unlink(missing_ok=True)
    try:
        link.hardlink_to(first)
    except OSError:
        # not every disk has links, nor as many as are wanted
        return
    link.replace(path)

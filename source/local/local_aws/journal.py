"""What people have asked of the two APIs since the last save, so that a loss can be named.

A file belongs to each save that is to come. What it names is in that save once that is whole, and
the file goes away; a start finds those of which no save came. They hold no contents, no signed URL
and no more than a bounded number of lines.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_PREFIX = "journal-"
# between two saves; a person sends few, and what a program sends beyond it is not listed one by one
_MOST = 500
_WRITING = frozenset({"POST", "PUT", "DELETE"})
# /_aws/execute-api/<id of the API>/<stage>/<path>
_OF_AN_API = re.compile(r"/_aws/execute-api/[^/]+/[^/]+(/.*)")
# they change nothing, or, as a form for an upload does, say where something may be put
_HARMLESS = ("/upload", "/download", "/search", "/mediapath", "/service/")
_NAMING = ("Name", "Id", "AssetId", "WaitingStageName", "Value")


class Journal:
    """The file of the save that is to come."""

    def __init__(self, folder: Path, number: int) -> None:
        self._folder = folder
        self._begin(number)

    def turn_to(self, number: int) -> None:
        """From now on notes are for a later save: the one before them is being made."""
        self._begin(number)

    def note(self, entry: Json) -> None:
        if self._lines >= _MOST:
            return
        self._lines += 1
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    def _begin(self, number: int) -> None:
        self._path = self._folder / f"{_PREFIX}{number}"
        self._lines = 0


def forget(folder: Path, number: int) -> None:
    """Removes what is in the save of that number, and in those before it."""
    for path in _files(folder):
        if _number(path) <= number:
            path.unlink(missing_ok=True)


def lost(folder: Path, number: int) -> list[Json]:
    """What is in no save; number: that of the newest save, 0 without any."""
    return [entry for path in _files(folder) if _number(path) > number for entry in _entries(path)]


def entry(method: str, path: str, body: bytes, answer: bytes, at: float) -> Json | None:
    """What a successful request to one of the APIs is remembered by; None for any other request.

    at: Unix time in seconds.
    """
    found = _OF_AN_API.fullmatch(path)
    if found is None or method not in _WRITING or found[1].startswith(_HARMLESS):
        return None
    asked, answered = _document(body), _document(answer)
    return {
        "at": at,
        "method": method,
        "path": found[1],
        **{key: asked[key] for key in _NAMING if isinstance(asked.get(key), str)},
        **{key: answered[key] for key in ("Id", "AssetId") if isinstance(answered.get(key), str)},
        **_files_of(asked),
    }


def _files_of(asked: Mapping[str, Any]) -> Json:
    media = asked.get("Input")
    media = media.get("Media") if isinstance(media, dict) else None
    places: Iterable[Any] = media.values() if isinstance(media, dict) else (asked.get("Input"),)
    keys = [one["S3Key"] for one in places if isinstance(one, dict) and "S3Key" in one]
    names = [key.rpartition("/")[2] for key in keys if isinstance(key, str)]
    return {"Files": names} if names else {}


def _document(text: bytes) -> Json:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _entries(path: Path) -> list[Json]:
    """The last line may be half written."""
    entries = [_document(line) for line in path.read_bytes().splitlines()]
    return [one for one in entries if {"at", "method", "path"} <= set(one)]


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{_PREFIX}*"), key=_number)


def _number(path: Path) -> int:
    return int(path.name.removeprefix(_PREFIX))

"""Named things that are kept on disk: properties of each, and a file where it has one."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.faults import ServiceError
from analysis.files import read_json, write_json

Properties = Mapping[str, Any]


class Shelf:
    """The things of one kind. Names are letters, digits, `-` and `_`, as the service's model says.

    Every method may be called by any thread.
    """

    def __init__(self, folder: Path, what: str, most: int) -> None:
        """what: the kind's name in messages. most: how many there may be."""
        self._folder = folder
        self._what = what
        self._most = most
        self._lock = threading.Lock()

    def get(self, name: str) -> Properties:
        """Raises ResourceNotFoundException."""
        try:
            document: Properties = read_json(self._folder / name / "properties.json")
        except FileNotFoundError as error:
            message = f"There is no {self._what} named {name}"
            raise ServiceError("ResourceNotFoundException", message) from error
        return document

    def file(self, name: str) -> bytes:
        """The file of a thing that has one."""
        return (self._folder / name / "file").read_bytes()

    def has(self, name: str) -> bool:
        return (self._folder / name / "properties.json").is_file()

    def list(self) -> list[Properties]:
        """All of them by their names."""
        found = sorted(path.parent.name for path in self._folder.glob("*/properties.json"))
        return [self.get(name) for name in found]

    def put(self, name: str, properties: Properties, file: bytes | None = None) -> None:
        """Keep a thing; one of that name is replaced. Raises LimitExceededException."""
        with self._lock:
            if not self.has(name) and len(list(self._folder.glob("*/"))) >= self._most:
                message = f"There are {self._most} already, the most that are kept"
                raise ServiceError("LimitExceededException", message)
            folder = self._folder / name
            folder.mkdir(parents=True, exist_ok=True)
            if file is not None:
                (folder / "file").write_bytes(file)
            write_json(folder / "properties.json", properties)

    def remove(self, name: str) -> None:
        """Raises ResourceNotFoundException."""
        with self._lock:
            self.get(name)
            folder = self._folder / name
            # without its properties it is gone, whatever happens next
            (folder / "properties.json").unlink()
            (folder / "file").unlink(missing_ok=True)
            folder.rmdir()

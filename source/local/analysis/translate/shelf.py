"""Named things that are kept on disk: properties of each, and a file where it has one."""

import hashlib
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.faults import ServiceError
from analysis.files import read_json, write_bytes, write_json

Properties = Mapping[str, Any]

# of the name of a folder, on every file system
_LONGEST = 200


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
            document: Properties = read_json(self._place(name) / "properties.json")
        except FileNotFoundError as error:
            message = f"There is no {self._what} named {name}"
            raise ServiceError("ResourceNotFoundException", message) from error
        return document

    def file(self, name: str) -> bytes:
        """The file of a thing that has one."""
        return (self._place(name) / "file").read_bytes()

    def has(self, name: str) -> bool:
        return (self._place(name) / "properties.json").is_file()

    def list(self) -> list[Properties]:
        """All of them by their names."""
        found: list[Properties] = [
            read_json(path) for path in self._folder.glob("*/properties.json")
        ]
        return sorted(found, key=lambda properties: str(properties["Name"]))

    def put(self, name: str, properties: Properties, file: bytes | None = None) -> None:
        """Keep a thing with its properties, `Name` among them; one of that name is replaced.

        Raises LimitExceededException.
        """
        with self._lock:
            if not self.has(name) and len(list(self._folder.glob("*/"))) >= self._most:
                message = f"There are {self._most} already, the most that are kept"
                raise ServiceError("LimitExceededException", message)
            folder = self._place(name)
            if file is not None:
                write_bytes(folder / "file", file)
            write_json(folder / "properties.json", properties)

    def remove(self, name: str) -> None:
        """Raises ResourceNotFoundException."""
        with self._lock:
            self.get(name)
            folder = self._place(name)
            # without its properties it is gone, whatever happens next
            (folder / "properties.json").unlink()
            # also what a server that was killed had half written
            shutil.rmtree(folder)

    def _place(self, name: str) -> Path:
        if len(name) > _LONGEST:
            # a dot is in no name
            name = f"{name[:100]}.{hashlib.sha256(name.encode()).hexdigest()}"
        return self._folder / name

"""Definitions as they are, and as they were before updates."""

from typing import TypeVar

from mie.core.definitions import version_number
from mie.core.documents import Operation, Stage, Workflow
from mie.core.errors import NotFound
from mie.engine.ports import Definitions

Definition = TypeVar("Definition", Operation, Stage, Workflow)


def get(
    table: Definitions[Definition], kind: str, name: str, version: str | None = None
) -> Definition:
    """A definition, or one of its versions. Raises NotFound, and BadRequest for nonsense."""
    number = None if version is None else version_number(version)
    present = table.get(name)
    if present is None:
        raise NotFound.named(kind, name)
    if version is None or version == present["Version"]:
        return present
    # What is newer was left by a definition that had the same Id and was deleted.
    newer = number is not None and number > version_number(present["Version"])
    former = None if newer else table.former(present["Id"], version)
    if former is None:
        raise NotFound(f"Exception: {kind} '{name}' has no version '{version}'")
    return former

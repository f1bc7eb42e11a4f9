"""What becomes of the workflows that use a definition which changes.

A workflow goes on with what it was built from until it is built anew. So it is marked as stale
first, whatever the caller asks for: when its rebuilding breaks off or is refused, the mark tells.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from mie.core.documents import Workflow
from mie.core.errors import Conflict, MieError, NotFound
from mie.engine import workflows
from mie.engine.ports import DefinitionPlane

# How often something is built anew that others change at the same time.
_ATTEMPTS = 5


class Choice(StrEnum):
    """What the caller wants for the workflows that use the definition."""

    REBUILD = "rebuild"
    STALE = "stale"


@dataclass(frozen=True)
class Change:
    """An updated operation, and the stages that were built anew; what is it called in messages."""

    what: str
    operation: str | None
    stages: Collection[str]
    refusals: Sequence[str] = ()


def using(plane: DefinitionPlane, operation: str | None, stages: Collection[str]) -> list[Workflow]:
    """The workflows that were built from the operation or from one of the stages."""
    return [
        one
        for one in plane.workflows.list()
        if operation in one["Operations"] or any(name in one["Stages"] for name in stages)
    ]


def follow(plane: DefinitionPlane, change: Change, choice: Choice) -> None:
    """Marks the workflows that use what changed, and builds them anew when that is the choice.

    Raises Conflict when some could not be built anew, once all the others are.
    """
    found = using(plane, change.operation, change.stages)
    for workflow in found:
        _mark(plane, workflow, change)
    refusals = list(change.refusals)
    if choice is Choice.REBUILD:
        names = [one["Name"] for one in found]
        refusals += [
            refusal
            for name in names
            if (refusal := attempt(partial(workflows.rebuild, plane, name), name))
        ]
    if refusals:
        raise Conflict(
            f"{change.what} is updated, but not all that uses it could be built anew; such "
            f"workflows are marked as stale. {'; '.join(refusals)}"
        )


def attempt(build: Callable[[], Mapping[str, Any]], name: str) -> str | None:
    """Builds something anew; why it was refused, or None.

    What changes meanwhile is tried again, what is deleted meanwhile needs nothing.
    """
    for left in reversed(range(_ATTEMPTS)):
        try:
            build()
        except NotFound:
            return None
        except Conflict as error:
            if left:
                continue
            return f"{name}: {error}"
        except MieError as error:
            return f"{name}: {error}"
        else:
            return None
    return None


def _mark(plane: DefinitionPlane, workflow: Workflow, change: Change) -> None:
    name = workflow["Name"]
    if change.operation in workflow["Operations"]:
        plane.workflows.mark_stale(name, operation=change.operation, stage=None)
    for stage in change.stages:
        if stage in workflow["Stages"]:
            plane.workflows.mark_stale(name, operation=None, stage=stage)

"""What becomes of the workflows that use a definition which changes.

A workflow goes on with what it was built from until it is built anew. So it is marked as stale
first, whatever the caller asks for: when its rebuilding breaks off or is refused, the mark tells.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from mie.core.documents import Workflow
from mie.core.errors import Busy, Conflict, MieError, NotFound, TooManyRequests
from mie.engine import workflows
from mie.engine.ports import DefinitionPorts

# How often something is built anew that others change at the same time.
_ATTEMPTS = 5
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.2, 2.0


class Choice(StrEnum):
    """What the caller wants for the workflows that use the definition."""

    REBUILD = "rebuild"
    STALE = "stale"
    # built anew where the stack that asks has made them, marked elsewhere
    STACK = "stack"


class Unfinished(Exception):
    """The time is over, and workflows are left; the same change can be finished later."""


@dataclass(frozen=True)
class Change:
    """An updated operation, and the stages that list it; what is it called in messages.

    refusals: of stages that could not be built anew. left_alone: stages that wait for an update
    of their own, as do the workflows that have them.
    """

    what: str
    operation: str | None
    stages: Collection[str]
    refusals: Sequence[str] = ()
    left_alone: Collection[str] = ()

    def is_used_by(self, workflow: Workflow) -> bool:
        return self.operation in workflow["Operations"] or any(
            name in workflow["Stages"] for name in self.stages
        )

    def is_marked_in(self, workflow: Workflow) -> bool:
        return self.operation in workflow["StaleOperations"] or any(
            name in workflow["StaleStages"] for name in self.stages
        )


def using(ports: DefinitionPorts, operation: str | None, stages: Collection[str]) -> list[Workflow]:
    """The workflows that were built from the operation or from one of the stages."""
    change = Change("", operation, stages)
    return [one for one in ports.workflows.list() if change.is_used_by(one)]


def follow(ports: DefinitionPorts, change: Change, choice: Choice) -> None:
    """Marks the workflows that use what changed, and builds them anew when that is the choice.

    Raises Conflict when some could not be built anew, once all the others are, and Unfinished at
    the deadline of the ports.
    """
    found = using(ports, change.operation, change.stages)
    for workflow in found:
        _mark(ports, workflow, change)
    _rebuild(ports, change, found, choice)


def finish(ports: DefinitionPorts, change: Change, choice: Choice) -> None:
    """What follow left when it was Unfinished; raises as it does."""
    found = using(ports, change.operation, change.stages)
    _rebuild(ports, change, found, choice)


def attempt(
    ports: DefinitionPorts, build: Callable[[], Mapping[str, Any] | None], name: str
) -> str | None:
    """Builds something anew; why it was refused, or None.

    What changes meanwhile is tried again, what is deleted meanwhile needs nothing. With a
    deadline it is tried until then: many resources of a stack are updated at once, and what
    counts is that the last one succeeds. Raises Unfinished.
    """
    tries = 0
    while True:
        _check_time(ports)
        tries += 1
        try:
            build()
        except NotFound:
            return None
        except (Conflict, TooManyRequests) as error:
            # a machine that is being deleted has been waited for
            if ports.deadline is None and (tries >= _ATTEMPTS or isinstance(error, Busy)):
                return f"{name}: {error}"
        except MieError as error:
            return f"{name}: {error}"
        else:
            return None
        ports.pause(min(tries * _FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS))


def _rebuild(
    ports: DefinitionPorts, change: Change, found: Iterable[Workflow], choice: Choice
) -> None:
    refusals = list(change.refusals)
    for workflow in found:
        if choice is Choice.STALE or any(one in workflow["Stages"] for one in change.left_alone):
            continue
        name = workflow["Name"]
        build = partial(_bring_up_to_date, ports, change, choice, name)
        if (refusal := attempt(ports, build, name)) is not None:
            refusals.append(refusal)
    if refusals:
        raise Conflict(
            f"{change.what} is updated, but not all that uses it could be built anew; such "
            f"workflows are marked as stale. {'; '.join(refusals)}"
        )


def _bring_up_to_date(
    ports: DefinitionPorts, change: Change, choice: Choice, name: str
) -> Workflow | None:
    """Builds a workflow anew unless it is not meant or has the change already.

    Another update of the same stack may have built it, or the one that this one finishes; a mark
    that came later than the change was read is taken away by building it once more.
    """
    workflow = workflows.get(ports, name)
    if not _is_meant(ports, workflow, choice):
        return None
    if change.is_marked_in(workflow) or any(
        _is_older(ports, workflow, stage) for stage in change.stages
    ):
        return workflows.rebuild(ports, name)
    return None


def _is_older(ports: DefinitionPorts, workflow: Workflow, stage: str) -> bool:
    """Whether the workflow has another version of the stage than there is."""
    built_from = workflow["Stages"].get(stage)
    if built_from is None:
        return False
    present = ports.stages.get(stage)
    return present is None or any(built_from[key] != present[key] for key in ("Id", "Version"))


def _is_meant(ports: DefinitionPorts, workflow: Workflow, choice: Choice) -> bool:
    if choice is not Choice.STACK:
        return choice is Choice.REBUILD
    asking, owner = ports.stack, workflow.get("StackId")
    if asking is None or owner is None:
        return False
    # nested stacks are updated with the stack around them
    return asking == owner or ports.stacks.root(asking) == ports.stacks.root(owner)


def _check_time(ports: DefinitionPorts) -> None:
    if ports.deadline is not None and ports.clock() > ports.deadline:
        raise Unfinished


def _mark(ports: DefinitionPorts, workflow: Workflow, change: Change) -> None:
    name = workflow["Name"]
    if change.operation in workflow["Operations"]:
        ports.workflows.mark_stale(name, operation=change.operation, stage=None)
    for stage in change.stages:
        if stage in workflow["Stages"]:
            ports.workflows.mark_stale(name, operation=None, stage=stage)

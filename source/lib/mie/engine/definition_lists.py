"""The lists of operations, stages and workflows."""

from collections.abc import Callable
from typing import Any

from mie.core.documents import Workflow
from mie.engine.lists import Listing
from mie.engine.ports import DefinitionPorts, Definitions
from mie.engine.workflows import shown


def operations(ports: DefinitionPorts) -> Listing:
    return _listing(ports.operations, "Operations")


def stages(ports: DefinitionPorts) -> Listing:
    return _listing(ports.stages, "Stages")


def workflows(ports: DefinitionPorts) -> Listing:
    return _listing(ports.workflows, "Workflows", shown=shown)


def with_operation(ports: DefinitionPorts, operation: str) -> Listing:
    """The workflows that were built from an operation; none for an unknown one."""
    return _using(ports, f"operation/{operation}", lambda one: operation in one["Operations"])


def with_stage(ports: DefinitionPorts, stage: str) -> Listing:
    """The workflows that have a stage; none for an unknown one."""
    return _using(ports, f"stage/{stage}", lambda one: stage in one["Stages"])


def _using(ports: DefinitionPorts, name: str, wanted: Callable[[Workflow], bool]) -> Listing:
    return _listing(ports.workflows, "Workflows", f"/{name}", wanted=wanted, shown=shown)


def _listing(table: Definitions[Any], key: str, part: str = "", **more: Any) -> Listing:
    """part: what tells the list from that of the whole table."""
    return Listing(
        name=f"{key}{part}",
        keys=(key, "Cursor"),
        everything=table.list,
        page=table.page,
        position=lambda one: str(one["Name"]),
        bare=True,
        **more,
    )

"""The lists of executions: records of all, summaries of those of a status or an asset."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from mie.core.documents import Json, ListPage
from mie.core.executions import summary
from mie.engine.lists import Listing
from mie.engine.ports import ExecutionPorts

_listing = partial(Listing, keys=("Executions", "Cursor"), bare=True)


def everything(ports: ExecutionPorts) -> Listing:
    """All records."""
    return _listing(
        name="all", everything=ports.executions.list, page=ports.executions.page, position=_id
    )


def with_status(ports: ExecutionPorts, status: str) -> Listing:
    """Summaries of the executions that have a status; none for an unknown one."""
    return _listing(
        name=f"status/{status}",
        everything=partial(ports.executions.with_status, status),
        page=partial(ports.executions.page_with_status, status),
        position=_id,
        shown=summary,
    )


def of_asset(ports: ExecutionPorts, asset_id: str) -> Listing:
    """Summaries of an asset's executions, the newest first."""

    def everything() -> list[Json]:
        return sorted(ports.executions.of_asset(asset_id), key=_age, reverse=True)

    def page(most: int, after: str | None) -> ListPage:
        # an asset has few, and no index has them in this order
        found = everything()
        if after is not None:
            created, _, execution_id = after.partition(" ")
            found = [one for one in found if _age(one) < (float(created), execution_id)]
        return ListPage(found[:most], _position(found[most - 1]) if len(found) > most else None)

    return _listing(
        name=f"asset/{asset_id}",
        everything=everything,
        page=page,
        position=_position,
        shown=summary,
    )


def _id(execution: Mapping[str, Any]) -> str:
    return str(execution["Id"])


def _position(execution: Mapping[str, Any]) -> str:
    return f"{execution['Created']} {execution['Id']}"


def _age(execution: Mapping[str, Any]) -> tuple[float, str]:
    return float(execution["Created"]), str(execution["Id"])

"""Lists of executions: as a whole while they fit into an answer, and in pages."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mie.core import cursors
from mie.core.documents import Json, ListPage
from mie.core.errors import TooLarge
from mie.core.executions import summary
from mie.engine.ports import ExecutionPorts

# Lambda gives 6 MB; what else an answer contains stays well below 16 KB.
_LARGEST_ANSWER = 6 * 1024 * 1024 - 16 * 1024
MOST_PER_PAGE = 100


@dataclass(frozen=True)
class PageRequest:
    """How many executions an answer has at most, and behind which it begins."""

    limit: int
    cursor: str | None


def everything(ports: ExecutionPorts) -> list[Json]:
    """All records. Raises TooLarge when they do not fit into an answer."""
    return _whole({**one} for one in ports.executions.list())


def with_status(ports: ExecutionPorts, status: str) -> list[Json]:
    """Summaries of the executions that have a status; none for an unknown one. Raises TooLarge."""
    return _whole(map(summary, ports.executions.with_status(status)))


def of_asset(ports: ExecutionPorts, asset_id: str) -> list[Json]:
    """Summaries of an asset's executions, the newest first. Raises TooLarge."""
    return _whole(_newest_first(ports, asset_id))


def page(ports: ExecutionPorts, request: PageRequest) -> Json:
    """{"Executions", "Cursor"}: some records; no Cursor when there are no more.

    Raises BadRequest for a cursor of another list, as the other pages do.
    """
    return _page(ports, "all", request, ports.executions.page)


def page_with_status(ports: ExecutionPorts, status: str, request: PageRequest) -> Json:
    """The same with summaries of one status."""

    def read(most: int, after: str | None) -> ListPage:
        found = ports.executions.page_with_status(status, most, after)
        return ListPage([summary(one) for one in found.items], found.after)

    return _page(ports, f"status/{status}", request, read)


def page_of_asset(ports: ExecutionPorts, asset_id: str, request: PageRequest) -> Json:
    """The same with summaries of one asset, the newest first."""

    def read(most: int, after: str | None) -> ListPage:
        # an asset has few, and no index has them in this order
        found = _newest_first(ports, asset_id)
        if after is not None:
            created, _, execution_id = after.partition(" ")
            found = [one for one in found if _age(one) < (float(created), execution_id)]
        return ListPage(found[:most], _position(found[most - 1]) if len(found) > most else None)

    return _page(ports, f"asset/{asset_id}", request, read, _position)


def _id(execution: Mapping[str, Any]) -> str:
    return str(execution["Id"])


def _position(execution: Mapping[str, Any]) -> str:
    return f"{execution['Created']} {execution['Id']}"


def _age(execution: Mapping[str, Any]) -> tuple[float, str]:
    return float(execution["Created"]), str(execution["Id"])


def _newest_first(ports: ExecutionPorts, asset_id: str) -> list[Json]:
    return sorted(map(summary, ports.executions.of_asset(asset_id)), key=_age, reverse=True)


def _page(
    ports: ExecutionPorts,
    name: str,
    request: PageRequest,
    read: Callable[[int, str | None], ListPage],
    position: Callable[[Mapping[str, Any]], str] = _id,
) -> Json:
    """name: of the list, to which its cursors are bound; position: of an item in it."""
    secret = ports.secrets.cursor_secret()
    after = None
    if request.cursor is not None:
        after = cursors.unseal(request.cursor, name, secret, issuer="list")
    found = read(request.limit, after)
    shown, last = _first_that_fit(found.items), found.after
    if len(shown) < len(found.items):
        last = position(shown[-1])
    if last is None:
        return {"Executions": shown}
    return {"Executions": shown, "Cursor": cursors.seal(last, name, secret)}


def _whole(executions: Iterable[Json]) -> list[Json]:
    found, size = [], 0
    for execution in executions:
        size += _travelling_bytes(execution)
        if size > _LARGEST_ANSWER:
            raise TooLarge(
                "the list has more than the 6 MB that an answer can have; ask for it in pages "
                f"with ?limit= (up to {MOST_PER_PAGE}), and ?cursor= of the page before"
            )
        found.append(execution)
    return found


def _first_that_fit(executions: list[Json]) -> list[Json]:
    """At least one: a record has at most 400 KB."""
    size = 0
    for number, execution in enumerate(executions):
        size += _travelling_bytes(execution)
        if size > _LARGEST_ANSWER and number:
            return executions[:number]
    return executions


def _travelling_bytes(execution: Json) -> int:
    """The bytes of a record in an answer, which is JSON inside a JSON string."""
    text = json.dumps(execution, separators=(",", ":"))
    return len(json.dumps(text)) + 1

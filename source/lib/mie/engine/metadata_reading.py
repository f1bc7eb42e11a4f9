"""What operators found out about an asset, read page by page with cursors.

The newest result of each operator is what readers get, unless they ask for the results of one
workflow execution, or for those of all of them, the newest first.
"""

import json
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mie.core import assets, cursors, result_pages, transfers
from mie.core.copies import shown
from mie.core.cursors import Cursor
from mie.core.documents import Json
from mie.core.errors import BadRequest, Malformed, NotFound, TooLarge
from mie.core.lists import LARGEST_ANSWER
from mie.core.result_pages import Pointer
from mie.engine.assets import existing
from mie.engine.ports import DataPorts

EVERY_RUN = "*"
_NEWEST_RUN = ""
# A reading of an operator begins with its newest result, whichever that is.
_ANY_VERSION = ""


@dataclass(frozen=True)
class Position:
    """cursor: of an answer before. workflow_id: whose results are read, "*" for all."""

    cursor: str | None = None
    workflow_id: str | None = None


def read_all(ports: DataPorts, asset_id: str, position: Position) -> Json:
    """Without a cursor the asset itself, with one a page: {"asset_id", "operator", "results"}.

    Either has a "cursor" when something follows; a page has "workflow_id" when the reader asked
    for results of past executions. Results that fit into no answer have "url", from which they can
    be read, instead of "results". Raises BadRequest, NotFound.
    """
    runs = _runs(position)
    item = existing(ports, asset_id)
    if position.cursor is not None:
        return _page(ports, item, _decode(item, position))
    answer = {"asset_id": asset_id, "results": {**assets.location_of(item), **shown(item)}}
    return _with_cursor(answer, item, _next_operator(item, "", runs))


def read_one(ports: DataPorts, asset_id: str, operator: str, position: Position) -> Json:
    """A page of one operator's results, in the shape of :func:`read_all`.

    Raises BadRequest, NotFound.
    """
    assets.check_operator_name(operator, "operator_name")
    runs = _runs(position)
    item = existing(ports, asset_id)
    if not item.get(operator):
        raise NotFound(f"{operator} has stored no metadata of asset {asset_id}")
    if position.cursor is None:
        if not _chosen(item, operator, runs):
            raise NotFound(f"{operator} has stored no metadata of asset {asset_id} in {runs}")
        return _page(ports, item, Cursor(operator, _ANY_VERSION, 0, single=True, runs=runs))
    cursor = _decode(item, position)
    if cursor.operator != operator:
        raise BadRequest(f"cursor: this cursor was not issued for {operator}")
    return _page(ports, item, replace(cursor, single=True))


def document_of(ports: DataPorts, pointer: Pointer, page: int) -> bytes:
    """A page as it is stored. Raises NotFound when it was deleted since the item was read."""
    return _read(ports, _key_of(ports, pointer, page), None)


def keys_of_pages(ports: DataPorts, pointer: Pointer) -> list[str]:
    """Of a paged result, in order. Raises NotFound as above, and Malformed."""
    keys = result_pages.from_manifest(_read(ports, pointer.key, None))
    if len(keys) != pointer.pages:
        raise Malformed(f"{pointer.key} lists {len(keys)} pages instead of {pointer.pages}")
    return keys


def _runs(position: Position) -> str:
    if position.workflow_id is None:
        return _NEWEST_RUN
    if position.workflow_id == EVERY_RUN:
        return EVERY_RUN
    return assets.check_id(position.workflow_id, "workflow_id")


def _chosen(item: Json, operator: str, runs: str) -> list[Pointer]:
    """The results of an operator that are to be read, the newest first."""
    pointers = result_pages.pointers_of(item, operator)
    if runs == _NEWEST_RUN:
        return pointers[:1]
    return [one for one in pointers if runs in (EVERY_RUN, one.workflow)]


def _page(ports: DataPorts, item: Json, cursor: Cursor) -> Json:
    """The page at a cursor, and the cursor of what follows it."""
    chosen = _chosen(item, cursor.operator, cursor.runs)
    place = _place(chosen, cursor)
    pointer = chosen[place]
    answer = {
        "asset_id": item["AssetId"],
        "operator": cursor.operator,
        **({"workflow_id": pointer.workflow} if cursor.runs else {}),
        **_results(ports, _key_of(ports, pointer, cursor.page)),
    }
    if cursor.page + 1 < pointer.pages:
        page = cursor.page + 1
        here = replace(cursor, workflow=pointer.workflow, version=pointer.version, page=page)
        return _with_cursor(answer, item, here)
    if place + 1 < len(chosen):
        workflow = chosen[place + 1].workflow
        older = replace(cursor, workflow=workflow, version=_ANY_VERSION, page=0)
        return _with_cursor(answer, item, older)
    if cursor.single:
        return answer
    return _with_cursor(answer, item, _next_operator(item, cursor.operator, cursor.runs))


def _place(chosen: list[Pointer], cursor: Cursor) -> int:
    """Which of the results a cursor means. Raises BadRequest for one that is gone."""
    for place, pointer in enumerate(chosen):
        if cursor.workflow not in ("", pointer.workflow):
            continue
        if cursor.version in (_ANY_VERSION, pointer.version):
            return place
        break
    raise BadRequest(
        f"cursor: {cursor.operator} has stored other metadata since; begin again without one"
    )


def _results(ports: DataPorts, key: str) -> Json:
    try:
        body = _read(ports, key, LARGEST_ANSWER)
        if _bytes_in_an_answer(body) <= LARGEST_ANSWER:
            return {"results": json.loads(body)}
    except TooLarge:
        # what an answer cannot carry is read from where it lies
        pass
    return {"url": ports.objects.presign_get(key, transfers.URL_SECONDS)}


def _bytes_in_an_answer(body: bytes) -> int:
    """An answer carries the document in the text of a JSON string, which is what Lambda counts."""
    # without spaces and needless escapes, as documents are stored, only these two are escaped
    return len(body) + body.count(b'"') + body.count(b"\\")


def _next_operator(item: Json, operator: str, runs: str) -> Cursor | None:
    names = assets.operators_of(item)
    for name in _behind(names, operator):
        if _chosen(item, name, runs):
            return Cursor(name, _ANY_VERSION, 0, single=False, runs=runs)
    return None


def _behind(names: list[str], operator: str) -> Iterator[str]:
    yield from names[bisect_right(names, operator) :]


def _with_cursor(answer: Json, item: Json, cursor: Cursor | None) -> Json:
    if cursor is None:
        return answer
    token = cursors.encode(cursor, item["AssetId"], item[assets.CURSOR_SECRET])
    return {**answer, "cursor": token}


def _decode(item: Json, position: Position) -> Cursor:
    token = str(position.cursor)
    cursor = cursors.decode(token, item["AssetId"], item[assets.CURSOR_SECRET])
    if position.workflow_id not in (None, cursor.runs):
        raise BadRequest("workflow_id: the cursor was issued for another one")
    return cursor


def _key_of(ports: DataPorts, pointer: Pointer, page: int) -> str:
    return pointer.key_of_page(page) or keys_of_pages(ports, pointer)[page]


def _read(ports: DataPorts, key: str, most: int | None) -> bytes:
    stored = ports.objects.get(key, most)
    if stored is None:
        raise NotFound(f"{key} does not exist any more")
    return stored.body

"""What operators find out about an asset: stored, read page by page, deleted.

Documents lie in S3, the asset's item points to them. A pointer is changed only while it still is
what was read, so that writers side by side lose nothing.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mie.core import assets, cursors, pages
from mie.core.cursors import Cursor
from mie.core.documents import Json
from mie.core.errors import BadRequest, Conflict, Malformed, NotFound, TooLarge
from mie.core.pages import Pointer
from mie.engine.assets import existing
from mie.engine.ports import DataPlane

# Lambda takes and gives 6 MB; what else an answer contains stays well below 16 KB.
LARGEST_DOCUMENT = 6 * 1024 * 1024 - 16 * 1024
# Each writer that gets in first costs the others one attempt.
_ATTEMPTS = 40
# A reading of an operator begins with its newest result, whichever that is.
_ANY_VERSION = ""


@dataclass(frozen=True)
class Result:
    """What an operator stores: Results is a JSON object."""

    operator: str
    workflow_id: str
    results: Json


@dataclass(frozen=True)
class Page:
    """The place of a result that arrives in pages.

    number: from 0, with which a page that is sent again replaces itself; None when it is to be
    appended. last: no page follows.
    """

    number: int | None
    last: bool


def store(plane: DataPlane, asset_id: str, result: Result) -> Json:
    """Stores a result as a whole: {"Status", "Bucket", "Key"}.

    Raises BadRequest, NotFound, TooLarge, Conflict.
    """
    body = _document(result)
    key = assets.result_key(asset_id, result.workflow_id, result.operator)

    def put() -> Pointer:
        # stored anew at each attempt: what made the last one fail may have deleted it
        return Pointer(result.workflow_id, key, version=plane.objects.put(key, body))

    return _stored(plane, _point(plane, asset_id, result.operator, put))


def store_page(plane: DataPlane, asset_id: str, result: Result, page: Page) -> Json:
    """Stores a page: {"Status"}, and Bucket and Key with the last one, which shows the result.

    Raises BadRequest, NotFound, TooLarge, Conflict.
    """
    body = _document(result)
    present = pages.pointers_of(existing(plane, asset_id), result.operator)
    if page.last and (finished := _finished_before(plane, present, result, page, body)):
        return _stored(plane, finished)
    generation = pages.next_generation(present, result.workflow_id)
    prefix = pages.generation_prefix(asset_id, result.workflow_id, result.operator, generation)
    key = _page_key(plane, prefix, page)
    plane.objects.put(key, body)
    _keep_only_for_an_asset(plane, asset_id, key)
    if not page.last:
        return {"Status": "Success"}

    def finish() -> Pointer:
        keys = pages.finished_pages(plane.objects.keys(prefix), page.number)
        if key not in keys:
            raise Conflict(f"the pages of {result.operator} were deleted while they were stored")
        manifest = pages.manifest_key(prefix)
        version = plane.objects.put(manifest, pages.to_manifest(keys))
        return Pointer(result.workflow_id, manifest, version, len(keys), generation)

    return _stored(plane, _point(plane, asset_id, result.operator, finish))


def read_all(plane: DataPlane, asset_id: str, token: str | None) -> Json:
    """Without a cursor the asset itself, with one a page: {"asset_id", "operator", "results"}.

    Either has a "cursor" when something follows. Raises BadRequest, NotFound.
    """
    item = existing(plane, asset_id)
    if token is not None:
        return _page(plane, item, _decode(item, token))
    answer = {"asset_id": asset_id, "results": assets.location_of(item)}
    return _with_cursor(answer, item, _next_operator(item, ""))


def read_one(plane: DataPlane, asset_id: str, operator: str, token: str | None) -> Json:
    """A page of one operator's newest result, in the shape of :func:`read_all`.

    Raises BadRequest, NotFound.
    """
    assets.check_operator_name(operator, "operator_name")
    item = existing(plane, asset_id)
    if not item.get(operator):
        raise NotFound(f"{operator} has stored no metadata of asset {asset_id}")
    if token is None:
        return _page(plane, item, Cursor(operator, _ANY_VERSION, page=0, single=True))
    cursor = _decode(item, token)
    if cursor.operator != operator:
        raise BadRequest(f"cursor: this cursor was not issued for {operator}")
    return _page(plane, item, replace(cursor, single=True))


def delete(plane: DataPlane, asset_id: str, operator: str) -> Json:
    """Deletes all results of an operator: {"Deleted": [{"Key"}]}. Raises BadRequest, NotFound.

    Documents go before the pointers: a deletion that broke can be repeated.
    """
    assets.check_operator_name(operator, "operator_name")
    for _ in range(_ATTEMPTS):
        item = existing(plane, asset_id)
        pointers = pages.pointers_of(item, operator)
        if not pointers:
            raise NotFound(f"Unable to delete metadata, pointer does not exist for {operator}")
        keys = _keys_of(plane, asset_id, operator, pointers)
        plane.objects.delete(keys)
        if plane.assets.set_pointers(asset_id, operator, [], item[operator]):
            return {"Deleted": [{"Key": key} for key in keys]}
    raise _too_busy(operator)


def _document(result: Result) -> bytes:
    """The stored form. Raises BadRequest, TooLarge."""
    try:
        # an answer carries the document in the text of a JSON string, which is what Lambda counts
        text = json.dumps(
            result.results, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
        body, on_the_wire = text.encode(), json.dumps(text, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise BadRequest(
            "Results: must be JSON of finite numbers and valid Unicode, nested less deeply than "
            "a few hundred times"
        ) from error
    if len(on_the_wire) > LARGEST_DOCUMENT:
        raise TooLarge(
            f"Results: {len(on_the_wire)} bytes cannot be read back in one piece, at most "
            f"{LARGEST_DOCUMENT} can; store them in pages with paginated=true"
        )
    return body


def _point(
    plane: DataPlane,
    asset_id: str,
    operator: str,
    put: Callable[[], Pointer],
) -> Pointer:
    """Stores what the new pointer names, then the pointer, ahead of the present ones."""
    for _ in range(_ATTEMPTS):
        item = existing(plane, asset_id)
        present = pages.pointers_of(item, operator)
        pointer = put()
        newest_first = [one.to_item() for one in pages.with_newest(present, pointer)]
        try:
            if plane.assets.set_pointers(asset_id, operator, newest_first, item.get(operator, [])):
                return pointer
        except NotFound:
            # the asset's deletion may have passed by what was stored just now
            plane.objects.delete([pointer.key])
            raise
    raise _too_busy(operator)


def _stored(plane: DataPlane, pointer: Pointer) -> Json:
    return {"Status": "Success", "Bucket": plane.objects.bucket, "Key": pointer.key}


def _page_key(plane: DataPlane, prefix: str, page: Page) -> str:
    if page.number is not None:
        return pages.numbered_key(prefix, page.number)
    return pages.appended_key(prefix, int(plane.clock() * 1000), plane.new_id())


def _keep_only_for_an_asset(plane: DataPlane, asset_id: str, key: str) -> None:
    """Takes a page back when the asset was deleted meanwhile. Raises NotFound."""
    try:
        existing(plane, asset_id)
    except NotFound:
        plane.objects.delete([key])
        raise


def _finished_before(
    plane: DataPlane, present: Sequence[Pointer], result: Result, page: Page, body: bytes
) -> Pointer | None:
    """The result that this last page has already completed: its answer did not arrive."""
    for pointer in present:
        if pointer.workflow != result.workflow_id or page.number is None:
            continue
        if pointer.pages == page.number + 1 and _read(plane, pointer, page.number) == body:
            return pointer
    return None


def _keys_of(
    plane: DataPlane, asset_id: str, operator: str, pointers: Sequence[Pointer]
) -> list[str]:
    """The operator's documents, and pages that were never finished, of these executions."""
    found = set()
    for workflow_id in {one.workflow for one in pointers}:
        found.add(assets.result_key(asset_id, workflow_id, operator))
        prefix = assets.workflow_prefix(asset_id, workflow_id)
        found.update(plane.objects.keys(f"{prefix}{operator}/"))
    return sorted(found)


def _page(plane: DataPlane, item: Json, cursor: Cursor) -> Json:
    """The page at a cursor, and the cursor of what follows it."""
    pointers = pages.pointers_of(item, cursor.operator)
    if not pointers or cursor.version not in (_ANY_VERSION, pointers[0].version):
        raise BadRequest(
            f"cursor: {cursor.operator} has stored other metadata since; begin again without one"
        )
    newest = pointers[0]
    answer = {
        "asset_id": item["AssetId"],
        "operator": cursor.operator,
        "results": json.loads(_read(plane, newest, cursor.page)),
    }
    if cursor.page + 1 < newest.pages:
        following = replace(cursor, version=newest.version, page=cursor.page + 1)
        return _with_cursor(answer, item, following)
    if cursor.single:
        return answer
    return _with_cursor(answer, item, _next_operator(item, cursor.operator))


def _next_operator(item: Json, operator: str) -> Cursor | None:
    names = assets.operators_of(item)
    following = bisect_right(names, operator)
    if following == len(names):
        return None
    return Cursor(names[following], _ANY_VERSION, page=0, single=False)


def _with_cursor(answer: Json, item: Json, cursor: Cursor | None) -> Json:
    if cursor is None:
        return answer
    token = cursors.encode(cursor, item["AssetId"], item[assets.CURSOR_SECRET])
    return {**answer, "cursor": token}


def _decode(item: Json, token: str) -> Cursor:
    return cursors.decode(token, item["AssetId"], item[assets.CURSOR_SECRET])


def _read(plane: DataPlane, pointer: Pointer, page: int) -> bytes:
    """A stored document. Raises NotFound when it was deleted since the item was read."""
    key = pointer.key
    if pointer.pages:
        key = _pages_of(plane, pointer)[page]
    stored = plane.objects.get(key)
    if stored is None:
        raise _gone(key)
    return stored.body


def _pages_of(plane: DataPlane, pointer: Pointer) -> list[str]:
    manifest = plane.objects.get(pointer.key)
    if manifest is None:
        raise _gone(pointer.key)
    keys = pages.from_manifest(manifest.body)
    if len(keys) != pointer.pages:
        raise Malformed(f"{pointer.key} lists {len(keys)} pages instead of {pointer.pages}")
    return keys


def _gone(key: str) -> NotFound:
    return NotFound(f"{key} does not exist any more")


def _too_busy(operator: str) -> Conflict:
    return Conflict(f"the metadata of {operator} is changed by many at once; try again")

"""What operators find out about an asset: stored and deleted.

Documents lie in S3, the asset's item points to them. A pointer is changed only while it still is
what was read, so that writers side by side lose nothing.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from mie.core import assets, media, pages
from mie.core.documents import Json
from mie.core.errors import BadRequest, Conflict, NotFound, TooLarge
from mie.core.pages import Pointer
from mie.engine.assets import existing
from mie.engine.ports import DataPlane
from mie.engine.reading import document_of, keys_of_pages

# Each writer that gets in first costs the others one attempt.
_ATTEMPTS = 40
# How many deleted objects an answer names.
_NAMED_OBJECTS = 1_000


@dataclass(frozen=True)
class Result:
    """What an operator stores: results is a JSON object."""

    operator: str
    workflow_id: str
    results: Json


@dataclass(frozen=True)
class Page:
    """The place of a result that arrives in pages.

    number: from 0, with which a page that is sent again replaces itself; None when it is to be
    appended. last: no page follows. token: of the call that appends it; a call that is sent again
    with its token replaces what it stored. None when nobody could send it again.
    """

    number: int | None
    last: bool
    token: str | None = None


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
    generation = pages.next_generation(present, result.workflow_id)
    prefix = pages.generation_prefix(asset_id, result.workflow_id, result.operator, generation)
    first = None if page.number is not None else plane.objects.first_key(prefix)
    if first is None and (finished := _finished_before(plane, present, result, page, body)):
        return _stored(plane, finished) if page.last else {"Status": "Success"}
    key = _page_key(plane, prefix, first, page)
    plane.objects.put(key, body)
    _keep_only_for_an_asset(plane, asset_id, key)
    if not page.last:
        return {"Status": "Success"}

    def finish() -> Pointer:
        stored = [*plane.objects.keys(prefix)]
        keys = pages.finished_pages(stored, page.number)
        if key not in stored:
            raise Conflict(f"the pages of {result.operator} were deleted while they were stored")
        manifest = pages.manifest_key(prefix)
        version = plane.objects.put(manifest, pages.to_manifest(keys))
        numbered = page.number is not None
        return Pointer(result.workflow_id, manifest, version, len(keys), generation, numbered)

    return _stored(plane, _point(plane, asset_id, result.operator, finish))


def delete(plane: DataPlane, asset_id: str, operator: str) -> Json:
    """Deletes all results of an operator; documents before pointers, so that it can be repeated.

    Returns {"Deleted": [{"Key"}], "Objects", "Workflows"}: the first thousand keys, how many there
    were, and the executions whose results are gone. Raises BadRequest, NotFound.
    """
    assets.check_operator_name(operator, "operator_name")
    deleted: dict[str, None] = {}
    for _ in range(_ATTEMPTS):
        item = existing(plane, asset_id)
        pointers = pages.pointers_of(item, operator)
        if not pointers:
            raise NotFound(f"Unable to delete metadata, pointer does not exist for {operator}")
        keys = dict.fromkeys(_keys_of(plane, asset_id, operator, pointers))
        plane.objects.delete(keys)
        deleted.update(keys)
        if plane.assets.set_pointers(asset_id, operator, [], item[operator]):
            return {
                "Deleted": [{"Key": key} for key in islice(sorted(deleted), _NAMED_OBJECTS)],
                "Objects": len(deleted),
                "Workflows": [one.workflow for one in pointers],
            }
    raise _too_busy(operator)


def _document(result: Result) -> bytes:
    """The stored form. Raises BadRequest, TooLarge."""
    try:
        body = json.dumps(
            result.results, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        ).encode()
    except (ValueError, RecursionError) as error:
        raise BadRequest(
            "Results: must be JSON of finite numbers and valid Unicode, nested less deeply than "
            "a few hundred times"
        ) from error
    if len(body) > media.LARGEST_RESULT:
        raise TooLarge(
            f"Results: {len(body)} bytes are too many for one document, at most "
            f"{media.LARGEST_RESULT} are not; store them in pages with paginated=true"
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


def _page_key(plane: DataPlane, prefix: str, first: str | None, page: Page) -> str:
    if page.number is not None:
        return pages.numbered_key(prefix, page.number)
    return pages.appended_key(prefix, first, page.token or plane.new_id())


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
    """The result of this execution to which this page belongs already: its answer got lost."""
    for pointer in present:
        if pointer.workflow != result.workflow_id or not pointer.pages:
            continue
        if page.number is None:
            echo = page.token is not None and pages.has_page_of(
                keys_of_pages(plane, pointer), page.token
            )
        else:
            echo = (
                page.last
                and pointer.pages == page.number + 1
                and document_of(plane, pointer, page.number) == body
            )
        if echo:
            return pointer
    return None


def _keys_of(
    plane: DataPlane, asset_id: str, operator: str, pointers: Sequence[Pointer]
) -> Iterator[str]:
    """The operator's documents in these executions, and what was never finished of them."""
    for workflow_id in sorted({one.workflow for one in pointers}):
        whole = assets.result_key(asset_id, workflow_id, operator)
        # nothing that begins with a key comes before the key itself
        if plane.objects.first_key(whole) == whole:
            yield whole
        yield from plane.objects.keys(pages.operator_prefix(asset_id, workflow_id, operator))
        yield from plane.objects.keys(assets.uploads_prefix(asset_id, workflow_id, operator))


def _too_busy(operator: str) -> Conflict:
    return Conflict(f"the metadata of {operator} is changed by many at once; try again")

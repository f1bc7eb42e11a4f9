"""What operators find out about an asset: stored and deleted.

Documents lie in S3, the asset's item points to them. A pointer is changed only while it still is
what was read, so that writers side by side lose nothing.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from mie.core import assets, result_pages, transfers
from mie.core.documents import Json
from mie.core.errors import BadRequest, Conflict, NotFound, TooLarge
from mie.core.result_pages import Pointer
from mie.engine.assets import existing, whole_asset
from mie.engine.metadata_reading import document_of, keys_of_pages
from mie.engine.ports import DataPorts

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


def store(ports: DataPorts, asset_id: str, result: Result) -> Json:
    """Stores a result as a whole: {"Status", "Bucket", "Key"}.

    Raises BadRequest, NotFound, TooLarge, Conflict.
    """
    body = _document(result)
    key = assets.result_key(asset_id, result.workflow_id, result.operator)

    def put() -> Pointer:
        # stored anew at each attempt: what made the last one fail may have deleted it
        return Pointer(result.workflow_id, key, version=ports.objects.put(key, body))

    return _stored(ports, _point(ports, asset_id, result.operator, put))


def store_page(ports: DataPorts, asset_id: str, result: Result, page: Page) -> Json:
    """Stores a page: {"Status"}, and Bucket and Key with the last one, which shows the result.

    Raises BadRequest, NotFound, TooLarge, Conflict.
    """
    body = _document(result)
    present = result_pages.pointers_of(whole_asset(ports, asset_id), result.operator)
    generation = result_pages.next_generation(present, result.workflow_id)
    prefix = result_pages.generation_prefix(
        asset_id, result.workflow_id, result.operator, generation
    )
    first = None if page.number is not None else ports.objects.first_key(prefix)
    if first is None and (finished := _finished_before(ports, present, result, page, body)):
        return _stored(ports, finished) if page.last else {"Status": "Success"}
    key = _page_key(ports, prefix, first, page)
    ports.objects.put(key, body)
    _keep_only_for_an_asset(ports, asset_id, key)
    if not page.last:
        return {"Status": "Success"}

    def finish() -> Pointer:
        stored = [*ports.objects.keys(prefix)]
        keys = result_pages.finished_pages(stored, page.number)
        if key not in stored:
            raise Conflict(f"the pages of {result.operator} were deleted while they were stored")
        manifest = result_pages.manifest_key(prefix)
        version = ports.objects.put(manifest, result_pages.to_manifest(keys))
        numbered = page.number is not None
        return Pointer(result.workflow_id, manifest, version, len(keys), generation, numbered)

    return _stored(ports, _point(ports, asset_id, result.operator, finish))


def delete(ports: DataPorts, asset_id: str, operator: str) -> Json:
    """Deletes all results of an operator; documents before pointers, so that it can be repeated.

    Returns {"Deleted": [{"Key"}], "Objects", "Workflows"}: the first thousand keys, how many there
    were, and the executions whose results are gone. Raises BadRequest, NotFound.
    """
    assets.check_operator_name(operator, "operator_name")
    deleted: dict[str, None] = {}
    for _ in range(_ATTEMPTS):
        item = existing(ports, asset_id)
        pointers = result_pages.pointers_of(item, operator)
        if not pointers:
            raise NotFound(f"Unable to delete metadata, pointer does not exist for {operator}")
        keys = dict.fromkeys(_keys_of(ports, asset_id, operator, pointers))
        ports.objects.delete(keys)
        deleted.update(keys)
        if ports.assets.set_pointers(asset_id, operator, [], item[operator]):
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
    if len(body) > transfers.LARGEST_RESULT:
        raise TooLarge(
            f"Results: {len(body)} bytes are too many for one document, at most "
            f"{transfers.LARGEST_RESULT} are not; store them in pages with paginated=true"
        )
    return body


def _point(
    ports: DataPorts,
    asset_id: str,
    operator: str,
    put: Callable[[], Pointer],
) -> Pointer:
    """Stores what the new pointer names, then the pointer, ahead of the present ones."""
    for _ in range(_ATTEMPTS):
        item = whole_asset(ports, asset_id)
        present = result_pages.pointers_of(item, operator)
        pointer = put()
        newest_first = [one.to_item() for one in result_pages.with_newest(present, pointer)]
        try:
            if ports.assets.set_pointers(asset_id, operator, newest_first, item.get(operator, [])):
                return pointer
        except NotFound:
            # the asset's deletion may have passed by what was stored just now
            ports.objects.delete([pointer.key])
            raise
    raise _too_busy(operator)


def _stored(ports: DataPorts, pointer: Pointer) -> Json:
    return {"Status": "Success", "Bucket": ports.objects.bucket, "Key": pointer.key}


def _page_key(ports: DataPorts, prefix: str, first: str | None, page: Page) -> str:
    if page.number is not None:
        return result_pages.numbered_key(prefix, page.number)
    return result_pages.appended_key(prefix, first, page.token or ports.new_id())


def _keep_only_for_an_asset(ports: DataPorts, asset_id: str, key: str) -> None:
    """Takes a page back when the asset was deleted meanwhile. Raises NotFound."""
    try:
        existing(ports, asset_id)
    except NotFound:
        ports.objects.delete([key])
        raise


def _finished_before(
    ports: DataPorts, present: Sequence[Pointer], result: Result, page: Page, body: bytes
) -> Pointer | None:
    """The result of this execution to which this page belongs already: its answer got lost."""
    for pointer in present:
        if pointer.workflow != result.workflow_id or not pointer.pages:
            continue
        if page.number is None:
            echo = page.token is not None and result_pages.has_page_of(
                keys_of_pages(ports, pointer), page.token
            )
        else:
            echo = (
                page.last
                and pointer.pages == page.number + 1
                and document_of(ports, pointer, page.number) == body
            )
        if echo:
            return pointer
    return None


def _keys_of(
    ports: DataPorts, asset_id: str, operator: str, pointers: Sequence[Pointer]
) -> Iterator[str]:
    """The operator's documents in these executions, and what was never finished of them."""
    for workflow_id in sorted({one.workflow for one in pointers}):
        whole = assets.result_key(asset_id, workflow_id, operator)
        # nothing that begins with a key comes before the key itself
        if ports.objects.first_key(whole) == whole:
            yield whole
        yield from ports.objects.keys(result_pages.operator_prefix(asset_id, workflow_id, operator))
        yield from ports.objects.keys(assets.uploads_prefix(asset_id, workflow_id, operator))


def _too_busy(operator: str) -> Conflict:
    return Conflict(f"the metadata of {operator} is changed by many at once; try again")

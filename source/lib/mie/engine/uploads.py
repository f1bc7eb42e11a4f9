"""Results that are too large for a request: uploaded by their writer, then registered.

A form takes one document to a place below the asset's prefix, where nobody reads it. What lies
there becomes a result, or a page of one, only when it is registered; it is then read, checked and
stored as any other, and what was uploaded is deleted.
"""

import json

from mie.core import assets, transfers
from mie.core.documents import Json
from mie.core.errors import BadRequest, NotFound, TooLarge
from mie.engine.assets import existing, whole_asset
from mie.engine.metadata_writing import Page, Result, store, store_page
from mie.engine.ports import DataPorts


def form(ports: DataPorts, asset_id: str, operator: str, workflow_id: str) -> Json:
    """{"Upload", "url", "fields"}: the upload's id, and a form. Raises BadRequest, NotFound."""
    whole_asset(ports, asset_id)
    upload = ports.new_id()
    key = assets.upload_key(asset_id, workflow_id, operator, upload)
    signed = ports.objects.presign_post(
        key, transfers.JSON_TYPE, transfers.LARGEST_RESULT, transfers.URL_SECONDS
    )
    return {"Upload": upload, **signed}


def register(
    ports: DataPorts, asset_id: str, upload: str, result: Result, page: Page | None
) -> Json:
    """Stores what was uploaded, in the shape of store and store_page.

    result: without results. Raises BadRequest, NotFound, TooLarge, Conflict.
    """
    assets.check_id(upload, "uploaded")
    key = assets.upload_key(asset_id, result.workflow_id, result.operator, upload)
    try:
        existing(ports, asset_id)
    except NotFound:
        # the asset's deletion may have passed by what was uploaded since
        ports.objects.delete([key])
        raise
    complete = Result(result.operator, result.workflow_id, _uploaded(ports, key))
    if page is None:
        answer = store(ports, asset_id, complete)
    else:
        answer = store_page(ports, asset_id, complete, page)
    ports.objects.delete([key])
    return answer


def _uploaded(ports: DataPorts, key: str) -> Json:
    try:
        stored = ports.objects.get(key, transfers.LARGEST_RESULT)
    except TooLarge as error:
        raise TooLarge(
            f"uploaded: results may have {transfers.LARGEST_RESULT} bytes; store them in pages"
        ) from error
    if stored is None:
        raise NotFound(
            "uploaded: nothing has been uploaded under this id for this operator and workflow, or "
            "it was registered already"
        )
    try:
        results = json.loads(stored.body.decode())
    except (ValueError, RecursionError) as error:
        raise BadRequest("uploaded: what was uploaded is not JSON") from error
    if not isinstance(results, dict):
        raise BadRequest("uploaded: results are not the required data type, dict")
    return results

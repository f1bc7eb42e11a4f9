"""Results that are too large for a request: uploaded by their writer, then registered.

A form takes one document to a place below the asset's prefix, where nobody reads it. What lies
there becomes a result, or a page of one, only when it is registered; it is then read, checked and
stored as any other, and what was uploaded is deleted.
"""

import json

from mie.core import assets, media
from mie.core.documents import Json
from mie.core.errors import BadRequest, NotFound, TooLarge
from mie.engine.assets import existing
from mie.engine.metadata import Page, Result, store, store_page
from mie.engine.ports import DataPlane


def form(plane: DataPlane, asset_id: str, operator: str, workflow_id: str) -> Json:
    """{"Upload", "url", "fields"}: the upload's id, and a form. Raises BadRequest, NotFound."""
    existing(plane, asset_id)
    upload = plane.new_id()
    key = assets.upload_key(asset_id, workflow_id, operator, upload)
    signed = plane.objects.presign_post(
        key, media.JSON_TYPE, media.LARGEST_RESULT, media.URL_SECONDS
    )
    return {"Upload": upload, **signed}


def register(
    plane: DataPlane, asset_id: str, upload: str, result: Result, page: Page | None
) -> Json:
    """Stores what was uploaded, in the shape of store and store_page.

    result: without results. Raises BadRequest, NotFound, TooLarge, Conflict.
    """
    assets.check_id(upload, "uploaded")
    key = assets.upload_key(asset_id, result.workflow_id, result.operator, upload)
    try:
        existing(plane, asset_id)
    except NotFound:
        # the asset's deletion may have passed by what was uploaded since
        plane.objects.delete([key])
        raise
    complete = Result(result.operator, result.workflow_id, _uploaded(plane, key))
    if page is None:
        answer = store(plane, asset_id, complete)
    else:
        answer = store_page(plane, asset_id, complete, page)
    plane.objects.delete([key])
    return answer


def _uploaded(plane: DataPlane, key: str) -> Json:
    try:
        stored = plane.objects.get(key, media.LARGEST_RESULT)
    except TooLarge as error:
        raise TooLarge(
            f"uploaded: results may have {media.LARGEST_RESULT} bytes; store them in pages"
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

"""Assets: registered with a copy of their source, listed, deleted with all that belongs to them."""

import re
from fnmatch import fnmatchcase

from mie.core import assets
from mie.core.documents import Json
from mie.core.errors import Forbidden, NotFound
from mie.engine.ports import DataPlane

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def create(plane: DataPlane, bucket: str, key: str, media_type: str | None) -> Json:
    """Copies a source object into the data plane and registers the copy.

    Returns {"AssetId", "S3Bucket", "S3Key"}, and MediaType when there is one. The source stays as
    it is. Raises BadRequest, NotFound, Forbidden, Conflict; what was copied is then deleted.
    """
    _check_bucket(plane, bucket)
    asset_id = plane.new_id()
    target = assets.input_key(asset_id, key)
    described: Json = {"AssetId": asset_id, "S3Bucket": plane.objects.bucket, "S3Key": target}
    if media_type is not None:
        described = {**described, "MediaType": media_type}
    plane.objects.copy_from(bucket, key, target)
    try:
        plane.assets.create(
            {
                **described,
                "Created": str(plane.clock()),
                assets.CURSOR_SECRET: plane.new_secret(),
            }
        )
    except Exception:
        plane.objects.delete([target])
        raise
    return described


def listing(plane: DataPlane) -> Json:
    """{"assets": ids}."""
    return {"assets": list(plane.assets.ids())}


def existing(plane: DataPlane, asset_id: str) -> Json:
    """The item of an asset. Raises BadRequest, NotFound."""
    item = plane.assets.get(assets.check_id(asset_id, "asset_id"))
    if item is None:
        raise not_found(asset_id)
    return item


def not_found(asset_id: str) -> NotFound:
    # the wording that clients match on
    return NotFound(f"Exception occurred while verifying asset exists: {asset_id} does not exist")


def delete(plane: DataPlane, asset_id: str) -> str:
    """Deletes the objects of an asset and then its item; a deletion that broke can be repeated.

    Returns a sentence. Raises NotFound.
    """
    assets.check_id(asset_id, "asset_id")
    if not plane.assets.begin_delete(asset_id):
        raise not_found(asset_id)
    plane.objects.delete(plane.objects.keys(assets.prefix(asset_id)))
    plane.assets.delete(asset_id)
    return f"Deleted asset: {asset_id} from the dataplane"


def _check_bucket(plane: DataPlane, bucket: str) -> None:
    if bucket == plane.objects.bucket:
        return
    allowed = any(fnmatchcase(bucket, pattern) for pattern in plane.external_buckets)
    # a pattern also matches what is no name of a bucket
    if not allowed or not _BUCKET.fullmatch(bucket):
        raise Forbidden(
            f"Input.S3Bucket: '{bucket}' is neither the data plane's bucket nor one of those that "
            "the stack's parameter ExternalBucketArns allows"
        )

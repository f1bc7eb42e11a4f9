"""Where derived media go, and signed URLs with which callers move bytes themselves."""

from mie.core import assets, media
from mie.core.documents import Json
from mie.engine.assets import existing
from mie.engine.ports import DataPlane


def path(plane: DataPlane, asset_id: str, workflow_id: str) -> Json:
    """{"S3Bucket", "S3Key"}: the prefix for what operators of one execution derive.

    Raises BadRequest, NotFound.
    """
    assets.check_id(workflow_id, "workflow_id")
    existing(plane, asset_id)
    return {
        "S3Bucket": plane.objects.bucket,
        "S3Key": assets.workflow_prefix(asset_id, workflow_id),
    }


def upload(plane: DataPlane, bucket: str, key: str, content_type: str | None = None) -> Json:
    """{"url", "fields"} of a form that uploads one object of one type.

    Raises BadRequest, Forbidden.
    """
    media.check_upload(bucket, key, plane.objects.bucket)
    bound_to = media.content_type(key, content_type)
    return plane.objects.presign_post(key, bound_to, media.LARGEST_UPLOAD, media.URL_SECONDS)


def download(plane: DataPlane, bucket: str, key: str) -> str:
    """A URL from which one object can be read. Raises BadRequest, Forbidden."""
    media.check_download(bucket, key, plane.objects.bucket)
    return plane.objects.presign_get(key, media.URL_SECONDS)

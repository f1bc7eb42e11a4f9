"""Where derived media go, and signed URLs with which callers move bytes themselves."""

from mie.core import assets, transfers
from mie.core.documents import Json
from mie.engine.assets import existing
from mie.engine.ports import DataPorts


def path(ports: DataPorts, asset_id: str, workflow_id: str) -> Json:
    """{"S3Bucket", "S3Key"}: the prefix for what operators of one execution derive.

    Raises BadRequest, NotFound.
    """
    assets.check_id(workflow_id, "workflow_id")
    existing(ports, asset_id)
    return {
        "S3Bucket": ports.objects.bucket,
        "S3Key": assets.workflow_prefix(asset_id, workflow_id),
    }


def upload(ports: DataPorts, bucket: str, key: str, content_type: str | None = None) -> Json:
    """{"url", "fields"} of a form that uploads one object of one type.

    Raises BadRequest, Forbidden.
    """
    transfers.check_upload(bucket, key, ports.objects.bucket)
    bound_to = transfers.content_type(key, content_type)
    return ports.objects.presign_post(
        key, bound_to, transfers.LARGEST_UPLOAD, transfers.URL_SECONDS
    )


def download(ports: DataPorts, bucket: str, key: str) -> str:
    """A URL from which one object can be read. Raises BadRequest, Forbidden."""
    transfers.check_download(bucket, key, ports.objects.bucket)
    return ports.objects.presign_get(key, transfers.URL_SECONDS)

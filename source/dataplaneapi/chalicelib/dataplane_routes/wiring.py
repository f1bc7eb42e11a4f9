"""What the routes work with, made on first use and kept for the life of the process."""

import secrets
import time
import uuid
from functools import cache

from mie.adapters.assets import AssetTable
from mie.adapters.copy_queue import CopyQueue
from mie.adapters.object_parts import ObjectParts
from mie.adapters.objects import BucketObjects
from mie.adapters.request_tokens import RequestTokenTable
from mie.engine.ports import DataPorts, Search
from mie.settings import dataplane_settings


@cache
def ports() -> DataPorts:
    settings = dataplane_settings()
    return DataPorts(
        assets=AssetTable(settings.table),
        objects=BucketObjects(settings.bucket),
        parts=ObjectParts(settings.bucket),
        copies=CopyQueue(settings.copy_queue_url),
        most_at_once=settings.most_at_once,
        clock=time.time,
        new_id=_new_id,
        new_secret=lambda: secrets.token_urlsafe(32),
        tokens=RequestTokenTable(settings.claim_table, time.time, _new_id),
        external_buckets=[_bucket_name(arn) for arn in settings.external_buckets],
        search=_search(settings.search_endpoint),
    )


def _new_id() -> str:
    return str(uuid.uuid4())


def _search(endpoint: str | None) -> Search | None:
    if endpoint is None:
        return None
    # where there is no search, nobody waits for its import
    import boto3

    from mie.adapters.search import SearchEndpoint

    session = boto3.Session()
    return SearchEndpoint(endpoint, session.region_name, session.get_credentials())


def _bucket_name(arn: str) -> str:
    """arn:aws:s3:::name, or the ARN of objects in it -> name."""
    return arn.rsplit(":", 1)[-1].split("/", 1)[0]

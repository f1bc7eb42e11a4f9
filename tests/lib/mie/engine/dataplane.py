"""A data plane in memory, with one asset."""

import itertools

from tests.fakes.assets import AssetsInMemory
from tests.fakes.object_parts import Copies
from tests.fakes.objects import ObjectsInMemory
from tests.fakes.request_tokens import RequestTokens

from mie.adapters.object_parts import ObjectParts
from mie.engine import assets
from mie.engine.ports import DataPorts

BUCKET = "dataplane"


def ports(objects=None, allowed=("team-*",)):
    numbers = itertools.count()
    ticks = itertools.count(1_000_000)
    store = objects or ObjectsInMemory(BUCKET, {"team-media": {"v.mp4": b"video"}})
    store.bodies["upload/v.mp4"] = b"video"
    return DataPorts(
        assets=AssetsInMemory(),
        objects=store,
        parts=ObjectParts(BUCKET),
        copies=Copies(),
        most_at_once=1024**3,
        clock=lambda: next(ticks) / 1000,
        new_id=lambda: f"id-{next(numbers)}",
        new_secret=lambda: f"secret-{next(numbers)}",
        tokens=RequestTokens(lambda: next(ticks) / 1000),
        external_buckets=allowed,
    )


def asset(dataplane):
    """The id of a new asset."""
    return assets.create(dataplane, assets.Source(BUCKET, "upload/v.mp4"))["AssetId"]

"""Assets, in memory."""

import pytest
from tests.fakes.objects import ObjectsInMemory
from tests.lib.mie.engine.dataplane import BUCKET, asset, plane

from mie.core.errors import Conflict, Forbidden, NotFound
from mie.engine import assets, metadata
from mie.engine.assets import Source
from mie.engine.metadata import Result


def test_an_asset_is_a_copy_of_its_source():
    dataplane = plane()
    created = assets.create(dataplane, Source(BUCKET, "upload/v.mp4", "Video"))
    key = f"private/assets/{created['AssetId']}/input/upload/v.mp4"
    assert created["S3Key"] == key
    assert dataplane.objects.bodies == {"upload/v.mp4": b"video", key: b"video"}
    item = dataplane.assets.get(created["AssetId"])
    assert {key: item[key] for key in created} == created
    assert item["Created"] == "1000.0"


def test_the_secret_of_an_asset_is_its_own_and_not_told():
    dataplane = plane()
    one, other = asset(dataplane), asset(dataplane)
    secrets = {dataplane.assets.get(key)["CursorSecret"] for key in (one, other)}
    assert len(secrets) == 2
    assert "CursorSecret" not in assets.create(dataplane, Source(BUCKET, "upload/v.mp4"))


@pytest.mark.parametrize("bucket", ["team-media", "team-x"])
def test_sources_of_allowed_buckets_are_looked_for(bucket):
    dataplane = plane()
    if bucket == "team-media":
        assert assets.create(dataplane, Source(bucket, "v.mp4"))["S3Bucket"] == BUCKET
        return
    with pytest.raises(NotFound):
        assets.create(dataplane, Source(bucket, "v.mp4"))


@pytest.mark.parametrize(
    ("bucket", "allowed"),
    [
        ("other", ()),
        ("my-team-media", ("team-*",)),
        ("team", ("team-*",)),
        ("team-/ö", ("team-*",)),
    ],
)
def test_other_buckets_are_refused_before_anything_is_copied(bucket, allowed):
    dataplane = plane(ObjectsInMemory(BUCKET, {bucket: {"v.mp4": b"video"}}), allowed)
    with pytest.raises(Forbidden, match=bucket):
        assets.create(dataplane, Source(bucket, "v.mp4"))
    assert list(dataplane.objects.bodies) == ["upload/v.mp4"]


def test_a_copy_whose_registration_fails_is_deleted(monkeypatch):
    dataplane = plane()

    def refuse(item):
        raise Conflict("there is an asset")

    monkeypatch.setattr(dataplane.assets, "create", refuse)
    with pytest.raises(Conflict):
        asset(dataplane)
    assert list(dataplane.objects.bodies) == ["upload/v.mp4"]


def test_an_asset_is_deleted_with_everything_below_its_prefix():
    dataplane = plane()
    asset_id, kept = asset(dataplane), asset(dataplane)
    dataplane.objects.put(f"private/assets/{asset_id}/x_proxy.mp4", b"")
    dataplane.objects.put(f"private/assets/{asset_id}/workflows/w/op/000001/0.json", b"")
    metadata.store(dataplane, asset_id, Result("op", "w", {}))
    deleted = assets.delete(dataplane, asset_id)
    assert deleted == {
        "Message": f"Deleted asset: {asset_id} from the dataplane",
        "AssetId": asset_id,
        "Deleted": {"Objects": 4, "Operators": ["op"]},
    }
    assert assets.listing(dataplane, None) == {"assets": [kept]}
    assert not list(dataplane.objects.keys(f"private/assets/{asset_id}/"))
    assert list(dataplane.objects.keys(f"private/assets/{kept}/"))
    with pytest.raises(NotFound):
        assets.delete(dataplane, asset_id)


def test_a_deletion_that_broke_goes_on_when_it_is_asked_for_again(monkeypatch):
    dataplane = plane()
    asset_id = asset(dataplane)

    def refuse(keys):
        raise RuntimeError("S3 is not there")

    with monkeypatch.context() as broken:
        broken.setattr(dataplane.objects, "delete", refuse)
        with pytest.raises(RuntimeError):
            assets.delete(dataplane, asset_id)
    with pytest.raises(NotFound):
        assets.existing(dataplane, asset_id)
    assets.delete(dataplane, asset_id)
    assert list(dataplane.objects.bodies) == ["upload/v.mp4"]
    assert dataplane.assets.items == {}

"""Assets, in memory."""

from dataclasses import replace

import pytest
from tests.fakes.crashes import Killed, die_at
from tests.fakes.objects import ObjectsInMemory
from tests.fakes.request_tokens import RequestTokens
from tests.lib.mie.engine.dataplane import BUCKET, asset, ports

from mie.core.errors import BadRequest, Conflict, Forbidden, NotFound, TooLarge
from mie.core.lists import PageRequest
from mie.core.request_tokens import named
from mie.engine import assets, metadata_writing
from mie.engine.assets import Source
from mie.engine.metadata_writing import Result


def test_an_asset_is_a_copy_of_its_source():
    dataplane = ports()
    created = assets.create(dataplane, Source(BUCKET, "upload/v.mp4", "Video"))
    key = f"private/assets/{created['AssetId']}/input/upload/v.mp4"
    assert created["S3Key"] == key
    assert dataplane.objects.bodies == {"upload/v.mp4": b"video", key: b"video"}
    item = dataplane.assets.get(created["AssetId"])
    assert {key: item[key] for key in created} == created
    assert item["Created"] == "1000.0"


def test_the_secret_of_an_asset_is_its_own_and_not_told():
    dataplane = ports()
    one, other = asset(dataplane), asset(dataplane)
    secrets = {dataplane.assets.get(key)["CursorSecret"] for key in (one, other)}
    assert len(secrets) == 2
    assert "CursorSecret" not in assets.create(dataplane, Source(BUCKET, "upload/v.mp4"))


@pytest.mark.parametrize("bucket", ["team-media", "team-x"])
def test_sources_of_allowed_buckets_are_looked_for(bucket):
    dataplane = ports()
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
    dataplane = ports(ObjectsInMemory(BUCKET, {bucket: {"v.mp4": b"video"}}), allowed)
    with pytest.raises(Forbidden, match=bucket):
        assets.create(dataplane, Source(bucket, "v.mp4"))
    assert list(dataplane.objects.bodies) == ["upload/v.mp4"]


def test_a_copy_whose_registration_fails_is_deleted(monkeypatch):
    dataplane = ports()

    def refuse(item):
        raise Conflict("there is an asset")

    monkeypatch.setattr(dataplane.assets, "create", refuse)
    with pytest.raises(Conflict):
        asset(dataplane)
    assert list(dataplane.objects.bodies) == ["upload/v.mp4"]


def test_an_asset_is_deleted_with_everything_below_its_prefix():
    dataplane = ports()
    asset_id, kept = asset(dataplane), asset(dataplane)
    dataplane.objects.put(f"private/assets/{asset_id}/x_proxy.mp4", b"")
    dataplane.objects.put(f"private/assets/{asset_id}/workflows/w/op/000001/0.json", b"")
    metadata_writing.store(dataplane, asset_id, Result("op", "w", {}))
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
    dataplane = ports()
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


IN_PLACE = Source("team-media", "v.mp4", "Video", in_place=True)


def test_a_source_in_place_is_the_asset_itself_and_outlives_it():
    dataplane = ports()
    created = assets.create(dataplane, IN_PLACE)
    asset_id = created["AssetId"]
    assert created == {
        "AssetId": asset_id,
        "S3Bucket": "team-media",
        "S3Key": "v.mp4",
        "MediaType": "Video",
    }
    assert list(dataplane.objects.bodies) == ["upload/v.mp4"]
    metadata_writing.store(dataplane, asset_id, Result("op", "w", {}))
    assert assets.delete(dataplane, asset_id)["Deleted"]["Objects"] == 1
    assert dataplane.objects.others == {"team-media": {"v.mp4": b"video"}}


@pytest.mark.parametrize(
    ("source", "error", "said"),
    [
        (Source(BUCKET, "upload/v.mp4", in_place=True), BadRequest, "InPlace"),
        (Source("team-media", "none", in_place=True), NotFound, "none"),
        (Source("other", "v.mp4", in_place=True), Forbidden, "other"),
        (Source("team-media", "k" * 1025, in_place=True), BadRequest, "S3Key"),
        (Source("team-media", "\ud800", in_place=True), BadRequest, "S3Key"),
        (Source("team-media", "v.mp4", "\ud800", in_place=True), BadRequest, "MediaType"),
        (Source("team-media", "v.mp4", "x" * 257), BadRequest, "MediaType"),
    ],
)
def test_what_cannot_be_an_asset_in_its_place_is_refused(source, error, said):
    dataplane = ports()
    with pytest.raises(error, match=said):
        assets.create(dataplane, source)
    assert dataplane.assets.items == {}


def test_assets_are_listed_in_pages_while_they_come_and_go():
    dataplane = ports()
    ids = {asset(dataplane) for _ in range(7)}
    first = assets.listing(dataplane, PageRequest(3, None))
    for asset_id in first["assets"]:
        assets.delete(dataplane, asset_id)
    rest = assets.listing(dataplane, PageRequest(100, first["cursor"]))
    assert {*first["assets"], *rest["assets"]} == ids
    assert "cursor" not in rest


def test_a_list_that_fits_into_no_answer_says_how_it_can_be_had():
    dataplane = ports()
    dataplane.assets.ids = lambda: (f"{number:036d}" for number in range(200_000))
    with pytest.raises(TooLarge, match=r"\?limit="):
        assets.listing(dataplane, None)


@pytest.mark.parametrize(("port", "effect"), [("objects", "copy_from"), ("assets", "create")])
@pytest.mark.parametrize("before", [False, True])
def test_whoever_dies_in_a_named_request_is_made_up_for(port, effect, before):
    now = [1_000.0]
    dataplane = replace(ports(), tokens=RequestTokens(lambda: now[0]))
    request = named("asset", {}, "t", 32)
    die_at(dataplane, port, effect, before=before)
    with pytest.raises(Killed):
        assets.create(dataplane, Source(BUCKET, "upload/v.mp4"), request)
    with pytest.raises(Conflict, match="being worked on"):
        assets.create(dataplane, Source(BUCKET, "upload/v.mp4"), request)
    now[0] += 33
    made = assets.create(dataplane, Source(BUCKET, "upload/v.mp4"), request)
    assert list(dataplane.assets.ids()) == [made["AssetId"]]
    assert set(dataplane.objects.bodies) == {"upload/v.mp4", made["S3Key"]}
    assert assets.create(dataplane, Source(BUCKET, "upload/v.mp4"), request) == made

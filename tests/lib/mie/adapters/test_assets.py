"""What the engine relies on of the items of assets, against the fake and against DynamoDB."""

import pytest
from tests.fakes.assets import AssetsInMemory
from tests.lib.mie.adapters.dataplane_on_moto import (
    TABLE,
    clients_of_their_own,
    dataplane,
)

from mie.adapters.assets import AssetTable
from mie.core.errors import Conflict, NotFound, TooLarge

ASSET = {"AssetId": "a", "S3Bucket": "b", "S3Key": "k", "Created": "1.5", "CursorSecret": "s"}
FIRST = {"workflow": "w1", "pointer": "k1", "version": "v1"}
SECOND = {"workflow": "w2", "pointer": "k2", "version": "v2", "pages": 3, "generation": 1}


@pytest.fixture(scope="module", autouse=True)
def clients():
    with clients_of_their_own():
        yield


@pytest.fixture(params=["memory", "dynamodb"])
def assets(request, monkeypatch):
    if request.param == "memory":
        yield AssetsInMemory()
        return
    with dataplane(monkeypatch):
        yield AssetTable(TABLE)


@pytest.fixture
def asset(assets):
    assets.create(ASSET)
    return assets


def test_an_asset_is_read_as_it_was_created(asset):
    assert asset.get("a") == ASSET
    assert list(asset.ids()) == ["a"]


def test_an_unknown_asset_is_none(assets):
    assert assets.get("a") is None
    assert list(assets.ids()) == []


def test_an_id_is_created_once(asset):
    with pytest.raises(Conflict):
        asset.create({**ASSET, "S3Key": "other"})
    assert asset.get("a") == ASSET


def test_all_ids_are_listed(assets):
    for number in range(30):
        assets.create({**ASSET, "AssetId": str(number)})
    assert sorted(map(int, assets.ids())) == list(range(30))


def test_pointers_are_set_changed_and_removed(asset):
    assert asset.set_pointers("a", "op", [FIRST], [])
    assert asset.get("a") == {**ASSET, "op": [FIRST]}
    assert asset.set_pointers("a", "op", [SECOND, FIRST], [FIRST])
    assert asset.get("a")["op"] == [SECOND, FIRST]
    assert asset.set_pointers("a", "op", [], [SECOND, FIRST])
    assert asset.get("a") == ASSET


@pytest.mark.parametrize("previous", [[], [SECOND]])
def test_pointers_that_have_changed_are_left_alone(asset, previous):
    asset.set_pointers("a", "op", [FIRST], [])
    assert not asset.set_pointers("a", "op", [SECOND], previous)
    assert not asset.set_pointers("a", "op", [], previous)
    assert asset.get("a")["op"] == [FIRST]


def test_operators_do_not_get_in_each_others_way(asset):
    asset.set_pointers("a", "one.A-b_", [FIRST], [])
    assert asset.set_pointers("a", "other", [SECOND], [])
    assert asset.get("a") == {**ASSET, "one.A-b_": [FIRST], "other": [SECOND]}


def test_pointers_of_an_unknown_asset_make_no_item(assets):
    with pytest.raises(NotFound):
        assets.set_pointers("a", "op", [FIRST], [])
    with pytest.raises(NotFound):
        assets.set_pointers("a", "op", [], [FIRST])
    assert not assets.begin_delete("a")
    assert assets.get("a") is None
    assert list(assets.ids()) == []


def test_an_asset_whose_deletion_has_begun_is_gone_for_all_but_the_deletion(asset):
    assert asset.begin_delete("a")
    assert asset.get("a") is None
    assert list(asset.ids()) == []
    with pytest.raises(NotFound):
        asset.set_pointers("a", "op", [FIRST], [])
    with pytest.raises(Conflict):
        asset.create(ASSET)
    assert asset.begin_delete("a")
    asset.delete("a")
    assert not asset.begin_delete("a")
    asset.delete("a")


def test_an_item_that_would_outgrow_the_table_is_too_large(monkeypatch):
    many = [{**FIRST, "workflow": str(number), "pointer": "k" * 900} for number in range(500)]
    with dataplane(monkeypatch):
        table = AssetTable(TABLE)
        table.create(ASSET)
        with pytest.raises(TooLarge, match="delete"):
            table.set_pointers("a", "op", many, [])
        assert table.get("a") == ASSET

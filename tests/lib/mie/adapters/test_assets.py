"""What the engine relies on of the items of assets, against the fake and against DynamoDB."""

from dataclasses import replace

import pytest
from tests.fakes.assets import AssetsInMemory
from tests.lib.mie.adapters.dataplane_on_moto import (
    TABLE,
    clients_of_their_own,
    dataplane,
)

from mie.adapters.assets import AssetTable
from mie.core.copies import COPY, Copy
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
        asset.create({**ASSET, "S3Key": "other", "CursorSecret": "other"})
    asset.create(ASSET)
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
    asset.set_pointers("a", "op", [FIRST], [])
    assert asset.begin_delete("a") == {**ASSET, "op": [FIRST]}
    assert asset.get("a") is None
    assert list(asset.ids()) == []
    with pytest.raises(NotFound):
        asset.set_pointers("a", "op", [FIRST], [])
    with pytest.raises(Conflict):
        asset.create({**ASSET, "CursorSecret": "other"})
    assert asset.begin_delete("a")
    asset.delete("a")
    assert not asset.begin_delete("a")
    asset.delete("a")


def pages(read, most):
    found, after = [], None
    while True:
        page = read(most, after)
        found.append(page.items)
        after = page.after
        if after is None:
            return found


@pytest.mark.parametrize(("most", "sizes"), [(4, [4, 4, 2]), (5, [5, 5]), (10, [10]), (11, [10])])
def test_ids_are_listed_in_pages_that_are_full_but_for_the_last(assets, most, sizes):
    for number in range(14):
        assets.create({**ASSET, "AssetId": str(number)})
    for gone in (1, 5, 12, 13):
        assets.begin_delete(str(gone))
    assert assets.cursor_secret(lambda: "secret") == "secret"
    found = pages(assets.page, most)
    assert [len(one) for one in found] == sizes
    listed = [one for page in found for one in page]
    assert sorted(listed) == sorted(assets.ids())
    assert len(set(listed)) == 10


def test_a_page_goes_on_behind_an_asset_that_is_gone(assets):
    for number in range(6):
        assets.create({**ASSET, "AssetId": str(number)})
    first = assets.page(3, None)
    for asset_id in first.items:
        assets.delete(asset_id)
    rest = assets.page(3, first.after)
    assert len({*first.items, *rest.items}) == 6
    assert rest.after is None


def test_there_are_no_ids_in_an_empty_table(assets):
    assert assets.page(3, None).items == []
    assert list(assets.all_locks()) == []
    assert assets.locks(3, None).items == []


def test_a_lock_is_taken_and_given_back_once(asset):
    assert asset.lock("a", "ada", 5)
    assert not asset.lock("a", "bob", 6)
    lock = {"Locked": "true", "LockedBy": "ada", "LockedAt": 5}
    assert asset.get("a") == {**ASSET, **lock}
    assert list(asset.all_locks()) == [{"AssetId": "a", "LockedBy": "ada", "LockedAt": 5}]
    assert asset.unlock("a")
    assert not asset.unlock("a")
    assert asset.get("a") == ASSET
    assert list(asset.all_locks()) == []


def test_locks_of_unknown_assets_make_no_item(assets):
    assert not assets.lock("a", "ada", 5)
    assert not assets.unlock("a")
    assert assets.get("a") is None


def test_a_locked_asset_is_not_deleted_and_one_that_is_deleted_not_locked(asset):
    asset.lock("a", "ada", 5)
    with pytest.raises(Conflict, match="ada"):
        asset.begin_delete("a")
    asset.unlock("a")
    assert asset.begin_delete("a") == ASSET
    assert not asset.lock("a", "bob", 6)
    assert not asset.unlock("a")


def test_a_lock_leaves_the_pointers_alone(asset):
    asset.set_pointers("a", "op", [FIRST], [])
    asset.lock("a", "ada", 5)
    assert asset.set_pointers("a", "op", [SECOND], [FIRST])
    asset.unlock("a")
    assert asset.get("a") == {**ASSET, "op": [SECOND]}


def test_locks_are_listed_in_pages_the_oldest_first(assets):
    for number in range(5):
        assets.create({**ASSET, "AssetId": str(number)})
        # two of one second
        assets.lock(str(number), "ada", 100 - number // 2)
    found = pages(assets.locks, 2)
    assert [len(one) for one in found] == [2, 2, 1]
    listed = [one for page in found for one in page]
    assert [one["LockedAt"] for one in listed] == [98, 99, 99, 100, 100]
    assert {one["AssetId"] for one in listed} == set("01234")
    assert [one["LockedAt"] for one in assets.all_locks()] == [98, 99, 99, 100, 100]


def test_the_secret_of_lists_is_made_once_and_is_no_asset(assets):
    secrets = iter(["first", "second"])
    for _ in range(2):
        assert assets.cursor_secret(lambda: next(secrets)) == "first"
    assert list(assets.ids()) == []
    assert assets.page(5, None).items == []


def test_the_secret_of_whoever_was_faster_is_taken(monkeypatch):
    with dataplane(monkeypatch):
        table = AssetTable(TABLE)

        def slow():
            assert table.cursor_secret(lambda: "faster") == "faster"
            return "slower"

        assert table.cursor_secret(slow) == "faster"


def test_an_item_that_would_outgrow_the_table_is_too_large(monkeypatch):
    many = [{**FIRST, "workflow": str(number), "pointer": "k" * 900} for number in range(500)]
    with dataplane(monkeypatch):
        table = AssetTable(TABLE)
        table.create(ASSET)
        with pytest.raises(TooLarge, match="delete"):
            table.set_pointers("a", "op", many, [])
        assert table.get("a") == ASSET


COPYING = Copy("b", "k", '"etag"', 50 * 10**9, 256 * 1024**2)


def test_a_copy_goes_on_from_where_it_stood(assets):
    assets.create({**ASSET, COPY: COPYING.to_item()})
    begun = replace(COPYING, upload="u")
    assert assets.set_copy("a", begun, COPYING)
    assert Copy.of_item(assets.get("a")) == begun
    # somebody else began another one
    assert not assets.set_copy("a", replace(COPYING, upload="other"), COPYING)
    # its own echo
    assert assets.set_copy("a", begun, COPYING)
    assert assets.set_copy("a", replace(COPYING, state="Ready"), begun)
    assert assets.get("a") == {**ASSET, COPY: replace(COPYING, state="Ready").to_item()}


def test_the_copy_of_an_asset_that_goes_is_left_alone(assets):
    assert not assets.set_copy("a", replace(COPYING, upload="u"), COPYING)
    assert assets.get("a") is None
    assets.create({**ASSET, COPY: COPYING.to_item()})
    assets.begin_delete("a")
    assert not assets.set_copy("a", replace(COPYING, upload="u"), COPYING)


def test_an_asset_without_a_copy_gets_none(asset):
    assert not asset.set_copy("a", replace(COPYING, upload="u"), COPYING)
    assert asset.get("a") == ASSET

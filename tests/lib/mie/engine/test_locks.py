"""Locks, in memory."""

import pytest
from tests.lib.mie.engine.dataplane import asset, ports

from mie.core.errors import BadRequest, Conflict, NotFound
from mie.core.lists import PageRequest
from mie.engine import assets, locks, metadata_writing
from mie.engine.metadata_writing import Result


def held(dataplane):
    return [(one["AssetId"], one["LockedBy"]) for one in locks.listing(dataplane, None)["locks"]]


def test_an_asset_is_checked_out_by_one_at_a_time():
    dataplane = ports()
    asset_id = asset(dataplane)
    lock = locks.checkout(dataplane, asset_id, "ada")
    assert lock == {"AssetId": asset_id, "LockedBy": "ada", "LockedAt": 1000}
    for user in ("bob", "ada"):
        with pytest.raises(Conflict, match="by ada since 1000"):
            locks.checkout(dataplane, asset_id, user)
    assert locks.listing(dataplane, None) == {"locks": [lock]}
    assert locks.checkin(dataplane, asset_id) == f"Unlocked asset {asset_id}"
    assert held(dataplane) == []
    assert locks.checkout(dataplane, asset_id, "bob")["LockedBy"] == "bob"


def test_what_is_not_checked_out_cannot_be_checked_in():
    dataplane = ports()
    with pytest.raises(Conflict, match="not checked out"):
        locks.checkin(dataplane, asset(dataplane))


@pytest.mark.parametrize("ask", [lambda one, key: locks.checkout(one, key, "ada"), locks.checkin])
def test_an_unknown_asset_is_not_found_and_not_made(ask):
    dataplane = ports()
    with pytest.raises(NotFound, match="does not exist"):
        ask(dataplane, "none")
    with pytest.raises(BadRequest, match="asset_id"):
        ask(dataplane, "a/b")
    assert dataplane.assets.items == {}


@pytest.mark.parametrize("user", ["", "x" * 257, "\ud800"])
def test_who_holds_a_lock_is_a_short_text(user):
    dataplane = ports()
    with pytest.raises(BadRequest, match="LockedBy"):
        locks.checkout(dataplane, asset(dataplane), user)


def test_a_locked_asset_is_not_deleted_but_worked_on():
    dataplane = ports()
    asset_id = asset(dataplane)
    locks.checkout(dataplane, asset_id, "ada")
    with pytest.raises(Conflict, match="ada"):
        assets.delete(dataplane, asset_id)
    metadata_writing.store(dataplane, asset_id, Result("op", "w", {}))
    metadata_writing.delete(dataplane, asset_id, "op")
    locks.checkin(dataplane, asset_id)
    assets.delete(dataplane, asset_id)
    assert dataplane.assets.items == {}


def test_an_asset_that_is_being_deleted_cannot_be_checked_out():
    dataplane = ports()
    asset_id = asset(dataplane)
    dataplane.assets.begin_delete(asset_id)
    with pytest.raises(NotFound):
        locks.checkout(dataplane, asset_id, "ada")


def test_locks_are_listed_in_pages_the_oldest_first():
    dataplane = ports()
    ids = [asset(dataplane) for _ in range(5)]
    for asset_id in reversed(ids):
        locks.checkout(dataplane, asset_id, f"user of {asset_id}")
    cursor, found = None, []
    while True:
        answer = locks.listing(dataplane, PageRequest(2, cursor))
        found.append([one["AssetId"] for one in answer["locks"]])
        cursor = answer.get("cursor")
        if cursor is None:
            break
    assert [len(one) for one in found] == [2, 2, 1]
    listed = [one for page in found for one in page]
    assert listed == [one["AssetId"] for one in locks.listing(dataplane, None)["locks"]]
    assert set(listed) == set(ids)


def test_a_cursor_is_good_for_its_list_only():
    dataplane = ports()
    for _ in range(2):
        locks.checkout(dataplane, asset(dataplane), "ada")
    of_locks = locks.listing(dataplane, PageRequest(1, None))["cursor"]
    of_assets = assets.listing(dataplane, PageRequest(1, None))["cursor"]
    with pytest.raises(BadRequest, match="cursor"):
        assets.listing(dataplane, PageRequest(1, of_locks))
    for forged in (of_assets, "x", "", of_locks[:-1], of_locks[::-1]):
        with pytest.raises(BadRequest, match="cursor"):
            locks.listing(dataplane, PageRequest(1, forged))

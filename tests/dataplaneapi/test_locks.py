"""Routes of locks."""

import pytest


def test_an_asset_is_checked_out_listed_and_checked_in(api):
    asset_id = api.asset()
    lock = api.post(f"/checkout/{asset_id}", {"LockedBy": "ada"}).json
    assert (set(lock), lock["AssetId"], lock["LockedBy"]) == (
        {"AssetId", "LockedBy", "LockedAt"},
        asset_id,
        "ada",
    )
    assert type(lock["LockedAt"]) is int
    assert api.get("/checkouts").json == {"locks": [lock]}
    answer = api.request("POST", f"/checkin/{asset_id}")
    assert (answer.status, answer.body.decode()) == (200, f"Unlocked asset {asset_id}")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert api.get("/checkouts").json == {"locks": []}


def test_a_lock_that_is_held_or_not_held_is_a_conflict(api):
    asset_id = api.asset()
    refused(api.post(f"/checkin/{asset_id}", {}), 409, "Unable to unlock asset")
    api.post(f"/checkout/{asset_id}", {"LockedBy": "ada"})
    refused(api.post(f"/checkout/{asset_id}", {"LockedBy": "bob"}), 409, "ada")


@pytest.mark.parametrize("path", ["/checkout/none", "/checkin/none"])
def test_an_unknown_asset_is_not_found_and_not_made(api, path):
    refused(api.post(path, {"LockedBy": "ada"}), 404, "none does not exist")
    assert api.get("/metadata").json == {"assets": []}


@pytest.mark.parametrize(
    "body", [{}, {"LockedBy": ""}, {"LockedBy": 5}, {"LockedBy": "x" * 257}, {"LockedBy": "\ud800"}]
)
def test_who_checks_an_asset_out_is_named(api, body):
    asset_id = api.asset()
    refused(api.post(f"/checkout/{asset_id}", body), 400, "LockedBy")
    assert api.get("/checkouts").json == {"locks": []}


def test_a_locked_asset_is_read_and_stored_for_but_not_deleted(api):
    asset_id = api.asset()
    before = api.get(f"/metadata/{asset_id}").json
    api.post(f"/checkout/{asset_id}", {"LockedBy": "ada"})
    assert api.get(f"/metadata/{asset_id}").json == before
    assert api.store(asset_id, {"a": 1}).status == 200
    assert api.delete(f"/metadata/{asset_id}/labelDetection").status == 200
    refused(api.delete(f"/metadata/{asset_id}"), 409, "ada")
    assert api.stored_keys(f"private/assets/{asset_id}/")
    api.post(f"/checkin/{asset_id}", {})
    assert api.delete(f"/metadata/{asset_id}").status == 200
    assert api.stored_keys(f"private/assets/{asset_id}/") == []


def refused(answer, status, said):
    assert answer.status == status, answer.body
    assert said in answer.json["Message"]

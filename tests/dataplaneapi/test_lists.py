"""Lists of any length."""

import pytest
from tests.lib.mie.adapters.dataplane_on_moto import TABLE

from mie import aws

ASSETS = 10_000


@pytest.fixture
def many(api):
    """Ten thousand assets, of which some are big; the ids."""
    ids = [f"{number:08d}-0000-4000-8000-000000000000" for number in range(ASSETS)]
    pointers = {"L": [{"M": {"pointer": {"S": "k" * 500}, "workflow": {"S": "w"}}}]}
    for begin in range(0, ASSETS, 25):
        requests = [
            {
                "PutRequest": {
                    "Item": {
                        "AssetId": {"S": asset_id},
                        "S3Bucket": {"S": "b"},
                        "S3Key": {"S": "k"},
                        "op": pointers,
                    }
                }
            }
            for asset_id in ids[begin : begin + 25]
        ]
        aws.client("dynamodb").batch_write_item(RequestItems={TABLE: requests})
    return ids


def test_ten_thousand_assets_are_listed_as_a_whole_and_in_pages(api, many):
    # more than the megabyte that DynamoDB reads at once
    assert sorted(api.get("/metadata").json["assets"]) == many
    found, query = [], {"limit": 999}
    while True:
        answer = api.get("/metadata", **query).json
        found.append(answer["assets"])
        if "cursor" not in answer:
            break
        query = {**query, "cursor": answer["cursor"]}
    assert [len(one) for one in found] == [999] * 10 + [10]
    assert sorted(one for page in found for one in page) == many


@pytest.mark.parametrize("path", ["/metadata", "/checkouts"])
@pytest.mark.parametrize("limit", ["0", "1001", "-1", "x", "", "1.0"])
def test_a_limit_that_is_none_is_refused(api, path, limit):
    answer = api.get(path, limit=limit)
    assert (answer.status, answer.json["Code"]) == (400, "BadRequestError")
    assert answer.json["Message"].startswith("limit")


@pytest.mark.parametrize("path", ["/metadata", "/checkouts"])
def test_a_cursor_that_was_made_up_or_belongs_elsewhere_is_refused(api, path):
    for _ in range(2):
        asset_id = api.asset()
        api.store(asset_id, {"a": 1})
        api.post(f"/checkout/{asset_id}", {"LockedBy": "ada"})
    (other,) = {"/metadata", "/checkouts"} - {path}
    mine = api.get(path, limit=1).json["cursor"]
    theirs = api.get(other, limit=1).json["cursor"]
    of_asset = api.get(f"/metadata/{asset_id}").json["cursor"]
    for forged in (theirs, of_asset, "x", "", "%%%", mine[:-2], mine[::-1]):
        answer = api.get(path, cursor=forged)
        assert answer.status == 400, forged
        assert answer.json["Message"].startswith("cursor")
    assert api.get(path, cursor=mine).status == 200
    assert api.get(f"/metadata/{asset_id}", cursor=mine).status == 400

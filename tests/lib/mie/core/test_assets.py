"""Where an asset's objects lie, and what its item holds."""

import pytest

from mie.core import assets
from mie.core.errors import BadRequest

ITEM = {
    "AssetId": "asset",
    "S3Bucket": "b",
    "S3Key": "private/assets/asset/input/k.jpg",
    "Created": "1700000000.5",
    "MediaType": "Image",
    "CursorSecret": "s",
    "Locked": "true",
    "LockedBy": "me",
    "LockedAt": 1,
    "textDetection": [{"workflow": "run", "pointer": "k", "version": "v"}],
    "labels": [{"workflow": "run", "pointer": "k", "version": "v"}],
    "gone": [],
}


def test_everything_of_an_asset_lies_below_its_prefix():
    assert assets.prefix("a") == "private/assets/a/"
    assert assets.input_key("a", "upload/v.mp4") == "private/assets/a/input/upload/v.mp4"
    assert assets.workflow_prefix("a", "w") == "private/assets/a/workflows/w/"
    assert assets.result_key("a", "w", "o") == "private/assets/a/workflows/w/o.json"


def test_a_key_that_s3_could_not_store_is_refused():
    room = 1_024 - len(assets.input_key("a", ""))
    assert len(assets.input_key("a", "k" * room)) == 1_024
    for key in ("k" * (room + 1), "ü" * (room // 2 + 1)):
        with pytest.raises(BadRequest, match=r"^Input\.S3Key: the key is too long"):
            assets.input_key("a", key)


def test_half_a_surrogate_pair_is_no_key():
    with pytest.raises(BadRequest, match=r"^Input\.S3Key: the key is not valid Unicode"):
        assets.input_key("a", "k\ud800.jpg")


@pytest.mark.parametrize(
    "name", ["a", "a.b", "faceDetectionImage", "-", "_", "..a", "a" * 128, "0"]
)
def test_names_of_one_path_segment_are_fine(name):
    assert assets.check_id(name, "WorkflowId") == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "...",
        "a/b",
        "../a",
        "a\\b",
        "a b",
        "a\n",
        "a\x00",
        "ü",
        "a%2Fb",
        "a" * 129,
        None,
        7,
        True,
        ["a"],
        {},
    ],
)
def test_anything_else_is_refused_naming_the_field(name):
    with pytest.raises(BadRequest, match=r"^WorkflowId: "):
        assets.check_id(name, "WorkflowId")


# those with an exclamation mark are no name at all
@pytest.mark.parametrize("name", sorted(one for one in assets.RESERVED if "!" not in one))
def test_an_operator_cannot_overwrite_an_assets_own_attribute(name):
    with pytest.raises(BadRequest, match=r"^OperatorName: .*own attribute"):
        assets.check_operator_name(name)


def test_readers_see_the_assets_own_attributes_and_no_secret():
    assert assets.location_of(ITEM) == {
        "S3Key": ITEM["S3Key"],
        "S3Bucket": "b",
        "Created": "1700000000.5",
        "MediaType": "Image",
    }
    assert assets.location_of({"AssetId": "a", "S3Key": "k"}) == {"S3Key": "k"}


def test_only_operators_with_results_are_read_in_a_fixed_order():
    assert assets.operators_of(ITEM) == ["labels", "textDetection"]
    assert assets.operators_of({"AssetId": "a"}) == []

"""What followers of the stream are told of a change."""

import pytest

from mie.core.changes import (
    changes_of,
    place_in_kinesis,
    place_in_table_stream,
    removed_results,
)

ASSET = {
    "AssetId": "a",
    "S3Bucket": "b",
    "S3Key": "k",
    "Created": "1.5",
    "CursorSecret": "never told",
}


def pointer(workflow="w1", version="v1", key=None):
    return {"workflow": workflow, "pointer": key or f"{workflow}.json", "version": version}


def modified(operator, workflow="w1", key=None):
    return {
        "Action": "MODIFY",
        "Pointer": key or f"{workflow}.json",
        "Operator": operator,
        "Workflow": workflow,
        "AssetId": "a",
    }


def removed(operator):
    return {"Action": "REMOVE", "Operator": operator, "AssetId": "a"}


INSERTED = {"Action": "INSERT", "S3Key": "k", "S3Bucket": "b", "Created": "1.5", "AssetId": "a"}
LOCK = {"Locked": "true", "LockedBy": "me", "LockedAt": 5}
COPY = {"S3Bucket": "b", "S3Key": "k", "ETag": "e", "Size": 50, "PartSize": 5}
COPYING, READY, FAILED = (
    {"!copy": {**COPY, "State": state}} for state in ("Copying", "Ready", "Failed")
)
PAGED = {**pointer(version="v2", key="w1/op/000001/manifest.json"), "pages": 2, "generation": 1}


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        pytest.param(None, {}, [INSERTED], id="a new asset"),
        pytest.param(
            None,
            {"MediaType": "Video"},
            [{**INSERTED, "MediaType": "Video"}],
            id="a new asset with its type",
        ),
        pytest.param(
            None,
            {"op": [pointer()]},
            [INSERTED, modified("op")],
            id="an asset that comes with results, as from a backup",
        ),
        pytest.param(None, COPYING, [], id="an asset whose object is not there yet"),
        pytest.param(COPYING, {**COPYING, **LOCK}, [], id="nor after a change"),
        pytest.param(COPYING, READY, [INSERTED], id="now it is there"),
        pytest.param(COPYING, FAILED, [], id="it will never be"),
        pytest.param({}, {"op": [pointer()]}, [modified("op")], id="a first result"),
        pytest.param(
            {"op": [pointer()]},
            {"op": [pointer("w2"), pointer()]},
            [modified("op", "w2")],
            id="a result of another workflow",
        ),
        pytest.param(
            {"op": [pointer(version="v1")]},
            {"op": [pointer(version="v2")]},
            [modified("op")],
            id="another result in the same workflow",
        ),
        pytest.param(
            {"op": [pointer()]},
            {"op": [PAGED]},
            [
                {
                    **modified("op", key="w1/op/000001/pages.json"),
                    "Manifest": "w1/op/000001/manifest.json",
                }
            ],
            id="pages in the place of a whole result",
        ),
        pytest.param(
            {"a1": [pointer()], "b1": [pointer()]},
            {"b1": [pointer("w2")], "c1": [pointer()], "d1": [pointer()]},
            [modified("b1", "w2"), modified("c1"), modified("d1"), removed("a1")],
            id="several operators at once",
        ),
        pytest.param({"op": [pointer()]}, {}, [removed("op")], id="results that are deleted"),
        pytest.param({"op": [pointer()]}, {"op": []}, [removed("op")], id="an emptied list"),
        pytest.param({"op": [pointer()]}, {"op": [pointer()]}, [], id="nothing"),
        pytest.param(
            {"op": [pointer("w2"), pointer()]},
            {"op": [pointer("w2")]},
            [],
            id="an older result that is forgotten",
        ),
        pytest.param({}, LOCK, [], id="a lock"),
        pytest.param(LOCK, {}, [], id="a lock that is taken away"),
        pytest.param({}, {"Deleting": True}, [], id="a deletion that begins"),
        pytest.param({"S3Key": "k"}, {"S3Key": "l"}, [], id="the asset's own attribute"),
        pytest.param(
            {},
            {"a": 1, "b": "x", "c": {"pointer": "k"}, "d": ["k"], "e": [{}], "f": None},
            [],
            id="attributes that are no lists of pointers",
        ),
        pytest.param(
            LOCK, {**LOCK, "op": [pointer()], "n": 1}, [modified("op")], id="a result beside a lock"
        ),
    ],
)
def test_a_change_is_told_as(old, new, changes):
    before = None if old is None else {**ASSET, **old}
    assert changes_of("a", before, {**ASSET, **new}) == changes


def test_what_is_removed_lay_below_the_asset_or_the_operators_executions():
    whole = {**ASSET, **LOCK, "op": [pointer("w2"), pointer("w1")], "other": [pointer()]}
    workflows = "private/assets/a/workflows"
    assert removed_results("a", whole, None) == ["private/assets/a/"]
    assert removed_results("a", whole, {**ASSET, "other": [pointer("w3")]}) == [
        f"{workflows}/w2/op/",
        f"{workflows}/w1/op/",
    ]
    for old, new in ((None, whole), (ASSET, whole), (whole, whole)):
        assert removed_results("a", old, new) == []
    assert removed_results("!cursors", {"AssetId": "!cursors"}, None) == []


def test_an_asset_whose_object_never_came_goes_untold():
    for state in (COPYING, FAILED):
        assert changes_of("a", {**ASSET, **state}, None) == []
    assert changes_of("a", {**ASSET, **READY}, None) == [{"Action": "REMOVE", "AssetId": "a"}]


def test_an_asset_that_is_gone_is_one_removal():
    whole = {**ASSET, **LOCK, "op": [pointer()]}
    assert changes_of("a", whole, None) == [{"Action": "REMOVE", "AssetId": "a"}]


def test_the_keys_of_a_result_come_in_the_order_that_readers_know():
    (change,) = changes_of("a", ASSET, {**ASSET, "op": [pointer()]})
    assert list(change)[:4] == ["Action", "Pointer", "Operator", "Workflow"]


def test_the_secret_of_cursors_is_no_asset():
    assert changes_of("!cursors", None, {"AssetId": "!cursors", "CursorSecret": "s"}) == []
    assert changes_of("!cursors", {"AssetId": "!cursors"}, None) == []


def test_the_place_of_a_record_is_said_as_lambda_says_it():
    """By which a failure can be replayed, whoever reports it."""
    place = {
        "startSequenceNumber": "7",
        "endSequenceNumber": "7",
        "batchSize": 1,
        "streamArn": "arn",
    }
    record = {"eventID": "shard-1:7", "eventSourceARN": "arn", "kinesis": {"sequenceNumber": "7"}}
    assert place_in_kinesis(record) == {"KinesisBatchInfo": {"shardId": "shard-1", **place}}
    record = {"eventID": "f00", "eventSourceARN": "arn", "dynamodb": {"SequenceNumber": "7"}}
    assert place_in_table_stream(record) == {"DDBStreamBatchInfo": place}

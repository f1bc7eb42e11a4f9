"""What a change of an asset's item means to those who follow the data plane's stream.

A change never carries metadata itself, only the place where it lies.
"""

from collections.abc import Mapping
from typing import Any

from mie.core import assets, copies, result_pages
from mie.core.documents import Json
from mie.core.result_pages import Pointer

Image = Mapping[str, Any]
ACTIONS = ("INSERT", "MODIFY", "REMOVE")


def changes_of(asset_id: str, old: Image | None, new: Image | None) -> list[Json]:
    """The records of one change, in the order in which they are to be read.

    old and new: the item before and after, None when there was or is none.

    - a new asset: {"Action": "INSERT", "AssetId", "S3Bucket", "S3Key", "Created", "MediaType"?}
    - an operator's newest result: {"Action": "MODIFY", "Pointer", "Operator", "Workflow",
      "AssetId", "Manifest"?}; Pointer is the key of a JSON object, or of the JSON array of a result
      in pages, which is made from its Manifest
    - an operator's results are gone: {"Action": "REMOVE", "Operator", "AssetId"}
    - the asset is gone: {"Action": "REMOVE", "AssetId"}

    What is not the list of an operator's pointers, such as a lock, changes nothing; and the item
    that keeps the secret of cursors is no asset. An asset whose source is still being copied is
    not there yet: it is new when the copy is whole.
    """
    old, new = _told(old), _told(new)
    if asset_id == assets.LIST_SECRET_ID or (old is None and new is None):
        return []
    if new is None:
        return [{"Action": "REMOVE", "AssetId": asset_id}]
    before, after = _newest(old or {}), _newest(new)
    inserted = [] if old is not None else [_inserted(asset_id, new)]
    modified = [
        _modified(asset_id, operator, pointer)
        for operator, pointer in after.items()
        if pointer != before.get(operator)
    ]
    removed = [
        {"Action": "REMOVE", "Operator": operator, "AssetId": asset_id}
        for operator in before
        if operator not in after
    ]
    return [*inserted, *modified, *removed]


def removed_results(asset_id: str, old: Image | None, new: Image | None) -> list[str]:
    """The prefixes below which the results lay that a change has removed."""
    if old is None or asset_id == assets.LIST_SECRET_ID:
        return []
    if new is None:
        return [assets.prefix(asset_id)]
    after = _newest(new)
    return [
        result_pages.operator_prefix(asset_id, pointer.workflow, operator)
        for operator in _newest(old)
        if operator not in after
        for pointer in result_pages.pointers_of(old, operator)
    ]


def _told(image: Image | None) -> Image | None:
    return image if image is not None and copies.is_whole(image) else None


def _newest(image: Image) -> dict[str, Mapping[str, Any]]:
    """The newest pointer of each operator."""
    return {
        name: value[0]
        for name, value in sorted(image.items())
        if name not in assets.RESERVED and _is_list_of_pointers(value)
    }


def _is_list_of_pointers(value: Any) -> bool:
    if not isinstance(value, list) or not value or not isinstance(value[0], Mapping):
        return False
    return {"pointer", "workflow"} <= value[0].keys()


def _inserted(asset_id: str, image: Image) -> Json:
    return {"Action": "INSERT", **assets.location_of(image), "AssetId": asset_id}


def _modified(asset_id: str, operator: str, item: Mapping[str, Any]) -> Json:
    pointer = Pointer.from_item(item)
    paged = pointer.pages > 0
    return {
        "Action": "MODIFY",
        "Pointer": result_pages.array_key(pointer.key) if paged else pointer.key,
        "Operator": operator,
        "Workflow": pointer.workflow,
        "AssetId": asset_id,
        **({"Manifest": pointer.key} if paged else {}),
    }


def place_in_kinesis(record: Mapping[str, Any]) -> Json:
    """Where a record of an event from Kinesis lies, as Lambda's failure destinations say it."""
    return {
        "KinesisBatchInfo": _batch_of_one(record, record.get("kinesis", {}).get("sequenceNumber"))
    }


def place_in_table_stream(record: Mapping[str, Any]) -> Json:
    """Where a record of an event from DynamoDB lies, in the same way."""
    return {
        "DDBStreamBatchInfo": _batch_of_one(
            record, record.get("dynamodb", {}).get("SequenceNumber")
        )
    }


def _batch_of_one(record: Mapping[str, Any], sequence_number: Any) -> Json:
    return {
        # Kinesis tells the shard here, DynamoDB tells none
        **_shard(record.get("eventID", "")),
        "startSequenceNumber": sequence_number,
        "endSequenceNumber": sequence_number,
        "batchSize": 1,
        "streamArn": record.get("eventSourceARN"),
    }


def _shard(event_id: str) -> Json:
    shard, colon, _ = event_id.rpartition(":")
    return {"shardId": shard} if colon else {}

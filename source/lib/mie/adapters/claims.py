"""Which execution works on an asset: an item that is there while the execution is active.

It is written and deleted in the transactions that make an execution active and end it, so that
two requests at once start one, and no crash leaves it behind.
"""

from collections.abc import Mapping
from typing import Any

from mie.adapters import items

_NAMES = {"#id": "Id", "#execution": "ExecutionId"}


def take(
    table: str, asset_id: str, execution_id: str, instead_of: str | None = None
) -> Mapping[str, Any]:
    """The write of a claim where there is none but its own.

    instead_of: an execution whose claim it may replace.
    """
    item = {**_key(asset_id), "ExecutionId": {"S": execution_id}}
    whose = [execution_id] if instead_of is None else [execution_id, instead_of]
    return {"Put": {"TableName": table, "Item": item, **_free_or_of(*whose)}}


def give_back(table: str, asset_id: str, execution_id: str) -> Mapping[str, Any]:
    """The deletion of a claim, which may be gone but not somebody else's."""
    return {"Delete": {"TableName": table, "Key": _key(asset_id), **_free_or_of(execution_id)}}


def holder(table: str, asset_id: str) -> str | None:
    """The id of the execution that has the asset."""
    claim = items.get(table, items.from_item(_key(asset_id)))
    return None if claim is None else str(claim["ExecutionId"])


def _key(asset_id: str) -> dict[str, Any]:
    # other claims may have other beginnings
    return {"Id": {"S": f"asset/{asset_id}"}}


def _free_or_of(*execution_ids: str) -> dict[str, Any]:
    values = {f":e{number}": {"S": one} for number, one in enumerate(execution_ids)}
    return {
        "ConditionExpression": f"attribute_not_exists(#id) OR #execution IN ({', '.join(values)})",
        "ExpressionAttributeNames": _NAMES,
        "ExpressionAttributeValues": values,
    }

"""The counter of the slots that running executions hold.

It is one item of the system table, where neither the list of executions nor the system
configuration, which knows its parameters by name, shows it.
"""

from collections.abc import Mapping
from typing import Any

from mie.adapters import items, writes
from mie.core.documents import Slots

COUNTER = "RunningExecutions"


def read(table: str) -> Slots:
    counter = items.get(table, {"Name": COUNTER}) or {}
    return Slots(int(counter.get("Value", 0)), counter.get("Doubted"))


def take(table: str, limit: int) -> Mapping[str, Any]:
    """The write of a slot more, where fewer than ``limit`` are taken."""
    return _update(
        table,
        "SET #value = if_not_exists(#value, :zero) + :one REMOVE #doubted",
        {":zero": 0, ":one": 1, ":limit": limit},
        "attribute_not_exists(#value) OR #value < :limit",
    )


def free(table: str) -> Mapping[str, Any]:
    """The write of a slot less."""
    change = "SET #value = if_not_exists(#value, :one) - :one REMOVE #doubted"
    return _update(table, change, {":one": 1})


def doubt(table: str, seen: Slots, at: float) -> bool:
    """False when a slot was taken or freed since."""
    values = {":seen": seen.taken, ":at": at}
    return not writes.transact([_update(table, "SET #doubted = :at", values, "#value = :seen")])


def correct(table: str, seen: Slots, taken: int) -> bool:
    """False when a slot was taken or freed since, or nobody doubted the count."""
    if seen.doubted is None:
        return False
    values = {":seen": seen.taken, ":doubted": seen.doubted, ":taken": taken}
    condition = "#value = :seen AND #doubted = :doubted"
    change = "SET #value = :taken REMOVE #doubted"
    return not writes.transact([_update(table, change, values, condition)])


def _update(
    table: str, change: str, values: Mapping[str, Any], condition: str | None = None
) -> Mapping[str, Any]:
    update = {
        "TableName": table,
        "Key": {"Name": {"S": COUNTER}},
        "UpdateExpression": change,
        "ExpressionAttributeNames": {"#value": "Value", "#doubted": "Doubted"},
        "ExpressionAttributeValues": items.to_item(values),
    }
    return {"Update": update if condition is None else {**update, "ConditionExpression": condition}}

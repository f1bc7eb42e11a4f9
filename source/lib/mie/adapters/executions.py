"""Executions in a DynamoDB table, with the slots and the assets that come and go with their status.

:mod:`mie.adapters.slots` and :mod:`mie.adapters.claims` write these; :mod:`mie.core.lifecycle`
says when.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, cast

from mie import aws
from mie.adapters import claims, items, slots, writes
from mie.adapters.service_errors import too_large
from mie.core import lifecycle, statuses
from mie.core.documents import Execution, Json, ListPage, Slots
from mie.core.errors import Changed, Conflict, TooManyRequests
from mie.core.executions import SUMMARY
from mie.core.rollup import Settlement

STATUS_INDEX, ASSET_INDEX = "WorkflowExecutionStatus", "WorkflowExecutionAssetId"
# How often a claim is looked at that changes between two looks.
_LOOKS = 5


class ExecutionTable:
    def __init__(self, table: str, system_table: str, claim_table: str) -> None:
        self._table = table
        self._system_table = system_table
        self._claim_table = claim_table

    def get(self, execution_id: str) -> Execution | None:
        return cast("Execution | None", items.get(self._table, {"Id": execution_id}))

    def list(self) -> Iterator[Execution]:
        return cast("Iterator[Execution]", items.scan(self._table))

    def with_status(self, status: str) -> Iterator[Json]:
        return items.query(self._table, STATUS_INDEX, "Status", status, **_SUMMARY)

    def of_asset(self, asset_id: str) -> Iterator[Json]:
        return items.query(self._table, ASSET_INDEX, "AssetId", asset_id, **_SUMMARY)

    def page(self, most: int, after: str | None) -> ListPage:
        return items.scan_page(self._table, "Id", most, after)

    def page_with_status(self, status: str, most: int, after: str | None) -> ListPage:
        request = items.query_request(self._table, STATUS_INDEX, "Status", status, **_SUMMARY)
        if after is not None:
            key = items.to_item({"Id": after, "Status": status})
            request = {**request, "ExclusiveStartKey": key}
        return items.list_page(aws.client("dynamodb").query(**request, Limit=most), "Id")

    def running(self) -> int:
        return self.slots().taken

    def slots(self) -> Slots:
        return slots.read(self._system_table)

    def number_with_status(self, status: str) -> int:
        request = items.query_request(self._table, STATUS_INDEX, "Status", status)
        pages = aws.client("dynamodb").get_paginator("query")
        return sum(page["Count"] for page in pages.paginate(**request, Select="COUNT"))

    def doubt_slots(self, seen: Slots, at: float) -> bool:
        return slots.doubt(self._system_table, seen, at)

    def correct_slots(self, seen: Slots, taken: int) -> bool:
        return slots.correct(self._system_table, seen, taken)

    def create(self, execution: Execution) -> None:
        absent = {
            "ConditionExpression": "attribute_not_exists(#id)",
            "ExpressionAttributeNames": {"#id": "Id"},
        }
        self._write(None, self._put(execution, absent), execution)

    def replace(self, execution: Execution, previous: Execution) -> None:
        self._write(previous, self._put(execution, _unchanged(previous)), execution)

    def claim(self, listed: Mapping[str, Any]) -> bool:
        if claims.holder(self._claim_table, listed["AssetId"]) is not None:
            return False
        is_active = self._check_status(listed["Id"], "#status IN ({})", lifecycle.ACTIVE)
        take = claims.take(self._claim_table, listed["AssetId"], listed["Id"])
        return not writes.transact([is_active, take])

    def mark_cancelled(self, execution: Execution, at: str) -> None:
        self._update(execution, {"Cancelled": at})

    def admit(self, execution: Execution, limit: int, machine_execution_arn: str) -> bool:
        changed = lifecycle.changes(execution, statuses.STARTED)
        arn = {"StateMachineExecutionArn": machine_execution_arn}
        return self._update(execution, {**changed, **arn}, limit)

    def settle(self, execution: Execution, stage: str, settlement: Settlement) -> None:
        self._update(execution, settlement.changes(stage))

    def move(self, execution: Execution, status: str, *, message: str | None = None) -> None:
        self._update(execution, lifecycle.changes(execution, status, message))

    def end_copy(self, execution: Execution) -> None:
        condition = _unchanged(execution)
        names = {"#copying": "Copying", "#message": "Message", "#cancelled": "Cancelled"}
        update = {
            "TableName": self._table,
            "Key": {"Id": {"S": execution["Id"]}},
            "UpdateExpression": "REMOVE #copying, #message",
            "ConditionExpression": f"{condition['ConditionExpression']} AND "
            "attribute_exists(#copying) AND attribute_not_exists(#cancelled)",
            "ExpressionAttributeNames": {**condition["ExpressionAttributeNames"], **names},
            "ExpressionAttributeValues": condition["ExpressionAttributeValues"],
        }
        self._write(execution, {"Update": update}, execution)

    def delete(self, execution: Execution) -> None:
        key = {"Id": {"S": execution["Id"]}}
        delete = {"TableName": self._table, "Key": key, **_unchanged(execution)}
        self._write(execution, {"Delete": delete}, None)

    def _put(self, execution: Execution, condition: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "Put": {"TableName": self._table, "Item": items.to_item(execution), **condition},
        }

    def _update(
        self, execution: Execution, changed: Mapping[str, Any], limit: int | None = None
    ) -> bool:
        """Sets what has changed in a record that is as ``execution`` says.

        changed: path -> value; the parts of a path are joined by dots, names have none.
        """
        condition = _unchanged(execution)
        names = condition["ExpressionAttributeNames"]
        values = condition["ExpressionAttributeValues"]
        assignments = []
        for number, (path, value) in enumerate(changed.items()):
            parts = path.split(".")
            placeholders = [f"#p{number}_{depth}" for depth in range(len(parts))]
            names.update(zip(placeholders, parts, strict=True))
            values[f":v{number}"] = items.to_attribute(value)
            assignments.append(f"{'.'.join(placeholders)} = :v{number}")
        update = {
            "TableName": self._table,
            "Key": {"Id": {"S": execution["Id"]}},
            "UpdateExpression": f"SET {', '.join(assignments)}",
            **condition,
        }
        status = changed.get("Status", execution["Status"])
        return self._write(execution, {"Update": update}, {**execution, "Status": status}, limit)

    def _write(
        self,
        before: Execution | None,
        write: Mapping[str, Any],
        after: Execution | None,
        limit: int | None = None,
    ) -> bool:
        """The write of a record, with the slot and the asset that its status takes or frees.

        before and after: the record, None where there is none. False when all ``limit`` slots are
        taken. Raises Conflict, TooLarge.
        """
        execution: Any = before or after
        step = lifecycle.step(before and before["Status"], after and after["Status"])
        slot = self._slot(step.slots, limit)
        holder: str | None = None
        for _ in range(_LOOKS):
            asset = self._asset(execution, step.assets, holder)
            with _room_for(execution):
                reasons = writes.transact([write, *slot, *asset])
            if not reasons:
                return True
            if reasons[0] != "None":
                raise Changed(_is_another(before, execution))
            if slot and reasons[1] != "None":
                return False
            holder = claims.holder(self._claim_table, execution["AssetId"])
            if step.assets > 0:
                self._check_has_ended(holder, execution["AssetId"])
        raise TooManyRequests(f"too many claim the asset {execution['AssetId']} at a time; retry")

    def _slot(self, number: int, limit: int | None) -> Sequence[Mapping[str, Any]]:
        if number < 0:
            return [slots.free(self._system_table)]
        if number == 0:
            return []
        if limit is None:
            raise Conflict("an execution cannot become Started without being admitted")
        return [slots.take(self._system_table, limit)]

    def _asset(
        self, execution: Execution, number: int, holder: str | None
    ) -> Sequence[Mapping[str, Any]]:
        """holder: the other execution whose claim was in the way."""
        asset_id, execution_id = execution["AssetId"], execution["Id"]
        if number > 0:
            take = claims.take(self._claim_table, asset_id, execution_id, instead_of=holder)
            if holder is None:
                return [take]
            # it may be retried at this moment
            over = "attribute_not_exists(#status) OR NOT #status IN ({})"
            return [take, self._check_status(holder, over, lifecycle.ACTIVE)]
        # one that began before there were claims never had the asset
        if number == 0 or holder is not None:
            return []
        return [claims.give_back(self._claim_table, asset_id, execution_id)]

    def _check_has_ended(self, holder: str | None, asset_id: str) -> None:
        execution = None if holder is None else self.get(holder)
        if execution is not None and not lifecycle.has_ended(execution):
            raise Conflict(
                f"There is currently another workflow execution(Id = {holder}) active on AssetId "
                f"{asset_id}."
            )

    def _check_status(
        self, execution_id: str, condition: str, some: Collection[str]
    ) -> dict[str, Any]:
        """condition: on the status, with a place for the names of ``some`` statuses."""
        values = {f":s{number}": {"S": one} for number, one in enumerate(sorted(some))}
        return {
            "ConditionCheck": {
                "TableName": self._table,
                "Key": {"Id": {"S": execution_id}},
                "ConditionExpression": condition.format(", ".join(values)),
                "ExpressionAttributeNames": {"#status": "Status"},
                "ExpressionAttributeValues": values,
            }
        }


# Lists show little of records that have up to 400 KB.
_PATHS = {f"#s{number}": name for number, name in enumerate(SUMMARY)}
_SUMMARY = {
    "ProjectionExpression": ", ".join([*_PATHS, "#workflow.#name"]),
    "ExpressionAttributeNames": {**_PATHS, "#workflow": "Workflow", "#name": "Name"},
}


def _unchanged(execution: Execution) -> dict[str, Any]:
    """The condition that the record is as the caller read it.

    The attempt keeps what an earlier one left behind, such as a function that still runs, from
    writing into a later one.
    """
    names = {"#status": "Status", "#current": "CurrentStage", "#attempt": "Attempt"}
    values = {":was": {"S": execution["Status"]}, ":stage": {"S": execution["CurrentStage"]}}
    attempt = "attribute_not_exists(#attempt)"
    if "Attempt" in execution:
        values[":attempt"] = {"N": str(execution["Attempt"])}
        attempt = "#attempt = :attempt"
    return {
        "ConditionExpression": f"#status = :was AND #current = :stage AND {attempt}",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }


def _is_another(before: Execution | None, execution: Execution) -> str:
    if before is None:
        return f"there is an execution '{execution['Id']}' already"
    return (
        f"the execution '{execution['Id']}' is no longer {before['Status']} in "
        f"{before['CurrentStage']}"
    )


def _room_for(execution: Execution) -> AbstractContextManager[None]:
    return too_large(f"the record of execution '{execution['Id']}' would have more than 400 KB")

"""Executions in a DynamoDB table, and the counter of the slots that running ones hold.

The counter is one item of the system table, where neither the list of executions nor the system
configuration, which knows its parameters by name, shows it.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, cast

from mie import aws
from mie.adapters import items, writes
from mie.adapters.service_errors import too_large
from mie.core import statuses
from mie.core.documents import Execution, Json, ListPage, Slots
from mie.core.errors import Conflict
from mie.core.executions import SUMMARY
from mie.core.rollup import Settlement

COUNTER = "RunningExecutions"
STATUS_INDEX, ASSET_INDEX = "WorkflowExecutionStatus", "WorkflowExecutionAssetId"
# What makes a record this one, whatever becomes of the execution.
_MARKS = ("Id", "Created")


class ExecutionTable:
    def __init__(self, table: str, system_table: str) -> None:
        self._table = table
        self._system_table = system_table

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
        counter = items.get(self._system_table, {"Name": COUNTER}) or {}
        return Slots(int(counter.get("Value", 0)), counter.get("Doubted"))

    def number_with_status(self, status: str) -> int:
        request = items.query_request(self._table, STATUS_INDEX, "Status", status)
        pages = aws.client("dynamodb").get_paginator("query")
        return sum(page["Count"] for page in pages.paginate(**request, Select="COUNT"))

    def doubt_slots(self, seen: Slots, at: float) -> bool:
        values = {":seen": seen.taken, ":at": at}
        return self._change_counter("SET #doubted = :at", "#value = :seen", values)

    def correct_slots(self, seen: Slots, taken: int) -> bool:
        if seen.doubted is None:
            return False
        values = {":seen": seen.taken, ":doubted": seen.doubted, ":taken": taken}
        condition = "#value = :seen AND #doubted = :doubted"
        return self._change_counter("SET #value = :taken REMOVE #doubted", condition, values)

    def _change_counter(self, expression: str, condition: str, values: Mapping[str, Any]) -> bool:
        """False when the condition does not hold."""
        change = {
            **self._counter(expression),
            "ConditionExpression": condition,
            "ExpressionAttributeValues": items.to_item(values),
        }
        return not writes.transact([{"Update": change}])

    def create(self, execution: Execution) -> None:
        with _room_for(execution):
            created = writes.create(self._table, "Id", execution, _MARKS)
        if not created:
            raise Conflict(f"there is an execution '{execution['Id']}' already")

    def replace(self, execution: Execution, previous: Execution) -> None:
        put = {
            "TableName": self._table,
            "Item": items.to_item(execution),
            **_unchanged(previous),
        }
        self._write(previous, {"Put": put}, ends=False)

    def mark_cancelled(self, execution: Execution, at: str) -> None:
        self._write(execution, {"Update": self._update(execution, {"Cancelled": at})}, ends=False)

    def admit(self, execution: Execution, limit: int, machine_execution_arn: str) -> bool:
        update = self._update(
            execution,
            {"Status": statuses.STARTED, "StateMachineExecutionArn": machine_execution_arn},
        )
        take = {
            **self._counter("SET #value = if_not_exists(#value, :zero) + :one REMOVE #doubted"),
            "ConditionExpression": "attribute_not_exists(#value) OR #value < :limit",
        }
        values = {**take["ExpressionAttributeValues"], ":limit": {"N": str(limit)}}
        reasons = writes.transact(
            [{"Update": update}, {"Update": {**take, "ExpressionAttributeValues": values}}]
        )
        if reasons and reasons[0] == "ConditionalCheckFailed":
            raise _changed(execution)
        return not reasons

    def settle(self, execution: Execution, stage: str, settlement: Settlement) -> None:
        changed: dict[str, Any] = {
            f"Workflow.Stages.{stage}": settlement.stage,
            "Globals": settlement.globals,
            "CurrentStage": settlement.current_stage,
        }
        if settlement.following is not None:
            changed[f"Workflow.Stages.{settlement.current_stage}"] = settlement.following
        if settlement.status is not None:
            changed["Status"] = settlement.status
        if settlement.message is not None:
            changed["Message"] = settlement.message
        update = self._update(execution, changed, stage)
        self._write(execution, {"Update": update}, ends=settlement.status is not None)

    def move(
        self,
        execution: Execution,
        status: str,
        *,
        message: str | None = None,
        stage: str | None = None,
    ) -> None:
        changed = {"Status": status} if message is None else {"Status": status, "Message": message}
        update = self._update(execution, changed, stage)
        self._write(execution, {"Update": update}, ends=status not in statuses.HOLDS_A_SLOT)

    def delete(self, execution: Execution) -> None:
        delete = {
            "TableName": self._table,
            "Key": {"Id": {"S": execution["Id"]}},
            **_unchanged(execution),
        }
        self._write(execution, {"Delete": delete}, ends=True)

    def _write(self, execution: Execution, write: Mapping[str, Any], *, ends: bool) -> None:
        """One write, with the counter when a slot becomes free by it."""
        together = [write]
        if ends and execution["Status"] in statuses.HOLDS_A_SLOT:
            free = self._counter("SET #value = if_not_exists(#value, :one) - :one REMOVE #doubted")
            del free["ExpressionAttributeValues"][":zero"]
            together = [write, {"Update": free}]
        with _room_for(execution):
            reasons = writes.transact(together)
        if reasons:
            raise _changed(execution)

    def _update(
        self, execution: Execution, changed: Mapping[str, Any], stage: str | None = None
    ) -> dict[str, Any]:
        """An update of the record on the condition that it is as ``execution`` says.

        changed: path -> value; the parts of a path are joined by dots, names have none.
        """
        condition = _unchanged(execution, stage)
        names = condition["ExpressionAttributeNames"]
        values = condition["ExpressionAttributeValues"]
        assignments = []
        for number, (path, value) in enumerate(changed.items()):
            parts = path.split(".")
            placeholders = [f"#p{number}_{depth}" for depth in range(len(parts))]
            names.update(zip(placeholders, parts, strict=True))
            values[f":v{number}"] = items.to_attribute(value)
            assignments.append(f"{'.'.join(placeholders)} = :v{number}")
        return {
            "TableName": self._table,
            "Key": {"Id": {"S": execution["Id"]}},
            "UpdateExpression": f"SET {', '.join(assignments)}",
            "ConditionExpression": condition["ConditionExpression"],
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }

    def _counter(self, expression: str) -> dict[str, Any]:
        return {
            "TableName": self._system_table,
            "Key": {"Name": {"S": COUNTER}},
            "UpdateExpression": expression,
            "ExpressionAttributeNames": {"#value": "Value", "#doubted": "Doubted"},
            "ExpressionAttributeValues": {":one": {"N": "1"}, ":zero": {"N": "0"}},
        }


# Lists show little of records that have up to 400 KB.
_PATHS = {f"#s{number}": name for number, name in enumerate(SUMMARY)}
_SUMMARY = {
    "ProjectionExpression": ", ".join([*_PATHS, "#workflow.#name"]),
    "ExpressionAttributeNames": {**_PATHS, "#workflow": "Workflow", "#name": "Name"},
}


def _unchanged(execution: Execution, stage: str | None = None) -> dict[str, Any]:
    """The condition that the record is as the caller read it.

    stage: what CurrentStage must be. The attempt keeps what an earlier one left behind, such as
    a function that still runs, from writing into a later one.
    """
    names = {"#status": "Status", "#attempt": "Attempt"}
    values = {":was": {"S": execution["Status"]}}
    condition = "#status = :was AND attribute_not_exists(#attempt)"
    if "Attempt" in execution:
        values[":attempt"] = {"N": str(execution["Attempt"])}
        condition = "#status = :was AND #attempt = :attempt"
    if stage is not None:
        names["#current"] = "CurrentStage"
        values[":stage"] = {"S": stage}
        condition += " AND #current = :stage"
    return {
        "ConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }


def _changed(execution: Execution) -> Conflict:
    return Conflict(
        f"the execution '{execution['Id']}' is no longer {execution['Status']} in "
        f"{execution['CurrentStage']}"
    )


def _room_for(execution: Execution) -> AbstractContextManager[None]:
    return too_large(f"the record of execution '{execution['Id']}' would have more than 400 KB")

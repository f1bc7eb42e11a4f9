"""Executions in a DynamoDB table, the slots that running ones hold and the assets of active ones.

The counter of slots is one item of the system table, where neither the list of executions nor the
system configuration, which knows its parameters by name, shows it. An asset is claimed by an item
of the table of claims, see :mod:`mie.adapters.claims`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, cast

from botocore.exceptions import ClientError

from mie import aws
from mie.adapters import claims, items, writes
from mie.adapters.service_errors import is_item_too_large
from mie.core import statuses
from mie.core.documents import Execution, Json, ListPage, Slots
from mie.core.errors import Conflict, TooLarge, TooManyRequests
from mie.core.executions import SUMMARY
from mie.core.rollup import Settlement

COUNTER = "RunningExecutions"
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
        start = {} if after is None else {"ExclusiveStartKey": items.to_item({"Id": after})}
        answer = aws.client("dynamodb").scan(
            TableName=self._table, ConsistentRead=True, Limit=most, **start
        )
        return _page(answer)

    def page_with_status(self, status: str, most: int, after: str | None) -> ListPage:
        request = items.query_request(self._table, STATUS_INDEX, "Status", status, **_SUMMARY)
        if after is not None:
            key = items.to_item({"Id": after, "Status": status})
            request = {**request, "ExclusiveStartKey": key}
        return _page(aws.client("dynamodb").query(**request, Limit=most))

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
        put = {
            "TableName": self._table,
            "Item": items.to_item(execution),
            "ConditionExpression": "attribute_not_exists(#id)",
            "ExpressionAttributeNames": {"#id": "Id"},
        }
        taken = Conflict(f"there is an execution '{execution['Id']}' already")
        self._write_claiming(execution, {"Put": put}, taken)

    def replace(self, execution: Execution, previous: Execution) -> None:
        put = {
            "TableName": self._table,
            "Item": items.to_item(execution),
            **_unchanged(previous),
        }
        self._write_claiming(execution, {"Put": put}, _changed(previous))

    def claim(self, listed: Mapping[str, Any]) -> bool:
        asset_id, execution_id = listed["AssetId"], listed["Id"]
        if claims.holder(self._claim_table, asset_id) is not None:
            return False
        active = statuses.EXECUTION_STATUSES - statuses.FINAL
        return not writes.transact(
            [
                claims.take(self._claim_table, asset_id, execution_id),
                self._check_status(execution_id, "#status IN ({})", active),
            ]
        )

    def mark_cancelled(self, execution: Execution, at: str) -> None:
        update = self._update(execution, {"Cancelled": at})
        self._write(execution, {"Update": update}, execution["Status"])

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
        self._write(execution, {"Update": update}, settlement.status or execution["Status"])

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
        self._write(execution, {"Update": update}, status)

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
        self._write(execution, {"Update": update}, execution["Status"])

    def delete(self, execution: Execution) -> None:
        delete = {
            "TableName": self._table,
            "Key": {"Id": {"S": execution["Id"]}},
            **_unchanged(execution),
        }
        self._write(execution, {"Delete": delete}, None)

    def _write_claiming(
        self, execution: Execution, write: Mapping[str, Any], refusal: Conflict
    ) -> None:
        """Writes the record of an execution that becomes active, with its claim of the asset.

        refusal: raised when the condition of ``write`` does not hold.
        """
        asset_id, former = execution["AssetId"], None
        for _ in range(_LOOKS):
            take = claims.take(self._claim_table, asset_id, execution["Id"], instead_of=former)
            # one that has ended may be retried at this moment
            over = "attribute_not_exists(#status) OR #status IN ({})"
            ended: Any = (
                [] if former is None else [self._check_status(former, over, statuses.FINAL)]
            )
            reasons = _transact(execution, [write, take, *ended])
            if not reasons:
                return
            if reasons[0] != "None":
                raise refusal
            former = claims.holder(self._claim_table, asset_id)
            holder = None if former is None else self.get(former)
            if holder is not None and holder["Status"] not in statuses.FINAL:
                raise Conflict(
                    f"There is currently another workflow execution(Id = {former}) active on "
                    f"AssetId {asset_id}."
                )
        raise TooManyRequests(f"the asset {asset_id} is claimed by too many at a time; retry")

    def _write(self, execution: Execution, write: Mapping[str, Any], status: str | None) -> None:
        """One write, with the slot and the asset that become free by it.

        status: what the execution has afterwards; None when it is gone.
        """
        together = [write]
        if execution["Status"] in statuses.HOLDS_A_SLOT and status not in statuses.HOLDS_A_SLOT:
            free = self._counter("SET #value = if_not_exists(#value, :one) - :one REMOVE #doubted")
            del free["ExpressionAttributeValues"][":zero"]
            together = [*together, {"Update": free}]
        ends = status is None or status in statuses.FINAL
        if ends and execution["Status"] not in statuses.FINAL:
            give_back = claims.give_back(self._claim_table, execution["AssetId"], execution["Id"])
            reasons = _transact(execution, [*together, give_back])
            if not reasons or reasons[0] != "None":
                _raise_changed(reasons, execution)
                return
            # it is somebody else's: the execution began before there were claims
        _raise_changed(_transact(execution, together), execution)

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


def _transact(execution: Execution, together: Sequence[Mapping[str, Any]]) -> list[str]:
    """together: the write of the record and what goes with it. Raises TooLarge."""
    try:
        reasons = writes.transact(together)
    except ClientError as error:
        if is_item_too_large(error):
            raise _too_large(execution) from error
        raise
    if reasons and reasons[0] == "ValidationError":
        raise _too_large(execution)
    return reasons


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


def _page(answer: Mapping[str, Any]) -> ListPage:
    """answer: of one query or scan, which ends after 1 MB if not before."""
    last = answer.get("LastEvaluatedKey")
    return ListPage(
        [items.from_item(one) for one in answer["Items"]],
        items.from_item(last)["Id"] if last else None,
    )


def _raise_changed(reasons: Sequence[str], execution: Execution) -> None:
    if reasons:
        raise _changed(execution)


def _changed(execution: Execution) -> Conflict:
    return Conflict(
        f"the execution '{execution['Id']}' is no longer {execution['Status']} in "
        f"{execution['CurrentStage']}"
    )


def _too_large(execution: Execution) -> TooLarge:
    return TooLarge(f"the record of execution '{execution['Id']}' would have more than 400 KB")

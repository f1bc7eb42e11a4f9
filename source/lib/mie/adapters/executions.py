"""Executions in a DynamoDB table, and the counter of the slots that running ones hold.

The counter is one item of the system table, where neither the list of executions nor the system
configuration, which knows its parameters by name, shows it.
"""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from botocore.exceptions import ClientError

from mie import aws
from mie.adapters import items
from mie.adapters.service_errors import code, is_condition, is_item_too_large
from mie.core import statuses
from mie.core.documents import Execution
from mie.core.errors import Conflict, MieError, TooLarge, TooManyRequests
from mie.core.rollup import Settlement

COUNTER = "RunningExecutions"
STATUS_INDEX, ASSET_INDEX = "WorkflowExecutionStatus", "WorkflowExecutionAssetId"

# Two transactions on the counter at a time: one is cancelled and tries again. Twelve tries with
# up to a second between them outlast a hundred stages that end at once.
_ATTEMPTS = 12
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.05, 1.0


class ExecutionTable:
    def __init__(self, table: str, system_table: str) -> None:
        self._table = table
        self._system_table = system_table

    def get(self, execution_id: str) -> Execution | None:
        return cast("Execution | None", items.get(self._table, {"Id": execution_id}))

    def list(self) -> Iterator[Execution]:
        return cast("Iterator[Execution]", items.scan(self._table))

    def with_status(self, status: str) -> Iterator[Execution]:
        found = items.query(self._table, STATUS_INDEX, "Status", status)
        return cast("Iterator[Execution]", found)

    def of_asset(self, asset_id: str) -> Iterator[Execution]:
        found = items.query(self._table, ASSET_INDEX, "AssetId", asset_id)
        return cast("Iterator[Execution]", found)

    def running(self) -> int:
        counter = items.get(self._system_table, {"Name": COUNTER})
        return int(counter["Value"]) if counter else 0

    def create(self, execution: Execution) -> None:
        put = {
            "TableName": self._table,
            "Item": items.to_item(execution),
            "ConditionExpression": "attribute_not_exists(Id)",
        }
        try:
            aws.client("dynamodb").put_item(**put)
        except ClientError as error:
            refusal = _refusal(error, execution)
            if refusal is None:
                raise
            raise refusal from error

    def admit(self, execution: Execution, limit: int, machine_execution_arn: str) -> bool:
        update = self._update(
            execution,
            {"Status": statuses.STARTED, "StateMachineExecutionArn": machine_execution_arn},
        )
        take = {
            **self._counter("SET #value = if_not_exists(#value, :zero) + :one"),
            "ConditionExpression": "attribute_not_exists(#value) OR #value < :limit",
        }
        values = {**take["ExpressionAttributeValues"], ":limit": {"N": str(limit)}}
        reasons = _transact(
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
            "ConditionExpression": "#status = :was",
            "ExpressionAttributeNames": {"#status": "Status"},
            "ExpressionAttributeValues": {":was": {"S": execution["Status"]}},
        }
        self._write(execution, {"Delete": delete}, ends=True)

    def _write(self, execution: Execution, write: Mapping[str, Any], *, ends: bool) -> None:
        """One write, with the counter when a slot becomes free by it."""
        writes = [write]
        if ends and execution["Status"] in statuses.HOLDS_A_SLOT:
            free = self._counter("SET #value = if_not_exists(#value, :one) - :one")
            del free["ExpressionAttributeValues"][":zero"]
            writes = [write, {"Update": free}]
        try:
            reasons = _transact(writes)
        except ClientError as error:
            refusal = _refusal(error, execution)
            if refusal is None:
                raise
            raise refusal from error
        if not reasons:
            return
        if reasons[0] == "ValidationError":
            raise _too_large(execution)
        raise _changed(execution)

    def _update(
        self, execution: Execution, changed: Mapping[str, Any], stage: str | None = None
    ) -> dict[str, Any]:
        """An update of the record on the condition that it is as ``execution`` says.

        changed: path -> value; the parts of a path are joined by dots, names have none.
        """
        names = {"#status": "Status"}
        values = {":was": {"S": execution["Status"]}}
        condition = "#status = :was"
        if stage is not None:
            names["#current"] = "CurrentStage"
            values[":stage"] = {"S": stage}
            condition += " AND #current = :stage"
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
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }

    def _counter(self, expression: str) -> dict[str, Any]:
        return {
            "TableName": self._system_table,
            "Key": {"Name": {"S": COUNTER}},
            "UpdateExpression": expression,
            "ExpressionAttributeNames": {"#value": "Value"},
            "ExpressionAttributeValues": {":one": {"N": "1"}, ":zero": {"N": "0"}},
        }


def _transact(writes: Sequence[Mapping[str, Any]]) -> list[str]:
    """Writes all or nothing; a list of the reasons, one for each write, when it was nothing.

    Raises TooManyRequests when other transactions were always in the way.
    """
    for attempt in range(_ATTEMPTS):
        try:
            aws.client("dynamodb").transact_write_items(TransactItems=list(writes))
        except ClientError as error:
            if code(error) != "TransactionCanceledException":
                raise
            reasons = [str(one.get("Code")) for one in error.response["CancellationReasons"]]
            if "TransactionConflict" not in reasons and "ThrottlingError" not in reasons:
                return reasons
        else:
            return []
        pause = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**attempt)
        time.sleep(random.uniform(0, pause))  # noqa: S311 - spreads retries, keeps no secret
    raise TooManyRequests("the records of executions are written too often at a time; retry")


def _changed(execution: Execution) -> Conflict:
    return Conflict(
        f"the execution '{execution['Id']}' is no longer {execution['Status']} in "
        f"{execution['CurrentStage']}"
    )


def _too_large(execution: Execution) -> TooLarge:
    return TooLarge(f"the record of execution '{execution['Id']}' would have more than 400 KB")


def _refusal(error: ClientError, execution: Execution) -> MieError | None:
    """What DynamoDB's refusal means; None when it is no refusal."""
    if is_condition(error):
        return _changed(execution)
    if is_item_too_large(error):
        return _too_large(execution)
    return None

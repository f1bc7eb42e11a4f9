"""Operations, stages and workflows in DynamoDB tables."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Generic, TypeVar, cast

from botocore.exceptions import ClientError

from mie.adapters import items, writes
from mie.adapters.service_errors import is_condition, too_large
from mie.core.documents import Json, ListPage, Operation, Stage, Workflow
from mie.core.errors import AlreadyExists, Conflict

Definition = TypeVar("Definition", Operation, Stage, Workflow)

# What makes a definition this one, in all its versions. A resource of a template has the same Id
# whenever it is made.
_MARKS = ("Id", "Created")


class DefinitionTable(Generic[Definition]):
    """One table, keyed by Name; kind is the word for its items in messages.

    history: the table that keeps former versions, keyed by Id and Version.
    """

    def __init__(self, table: str, kind: str, history: str) -> None:
        self._table = table
        self._kind = kind
        self._history = history

    def get(self, name: str) -> Definition | None:
        return cast("Definition | None", items.get(self._table, {"Name": name}))

    def list(self) -> Iterator[Definition]:
        return cast("Iterator[Definition]", items.scan(self._table))

    def page(self, most: int, after: str | None) -> ListPage:
        return items.scan_page(self._table, "Name", most, after)

    def former(self, definition_id: str, version: str) -> Definition | None:
        key = {"Id": definition_id, "Version": version}
        return cast("Definition | None", items.get(self._history, key))

    def create(self, item: Definition) -> None:
        with self._room_for(item):
            created = writes.create(self._table, "Name", item, _MARKS)
        if not created:
            raise AlreadyExists(self._kind, item["Name"])

    def replace(self, item: Definition, previous: Definition) -> None:
        names = {f"#{one}": one for one in self._unchanged()}
        condition = " AND ".join(f"#{one} = :{one}" for one in self._unchanged())
        values = {
            f":{one}": items.to_attribute(cast("Json", previous)[one]) for one in self._unchanged()
        }
        put = {
            "TableName": self._table,
            "Item": items.to_item(item),
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }
        keep = {"TableName": self._history, "Item": items.to_item(previous)}
        with self._room_for(item):
            reasons = writes.transact([{"Put": put}, {"Put": keep}])
        if reasons:
            raise Conflict(
                f"the {self._kind} '{item['Name']}' was changed by somebody else meanwhile"
            )

    def delete(self, item: Definition) -> None:
        request = {
            "TableName": self._table,
            "Key": {"Name": {"S": item["Name"]}},
            "ConditionExpression": "#id = :id",
            "ExpressionAttributeNames": {"#id": "Id"},
            "ExpressionAttributeValues": {":id": {"S": item["Id"]}},
        }
        try:
            writes.single("delete_item", request)
        except ClientError as error:
            if not is_condition(error):
                raise

    def _unchanged(self) -> tuple[str, ...]:
        """The attributes by which a replaced item is recognised."""
        return ("Id", "Version")

    def _room_for(self, item: Definition) -> AbstractContextManager[None]:
        return too_large(f"the {self._kind} '{item['Name']}' has more than 400 KB")


class PresentWorkflows:
    """The table of workflows, without their former versions."""

    def __init__(self, table: str) -> None:
        self._table = table

    def get(self, name: str) -> Workflow | None:
        return cast("Workflow | None", items.get(self._table, {"Name": name}))


class WorkflowTable(DefinitionTable[Workflow]):
    """The table of workflows."""

    def __init__(self, table: str, history: str) -> None:
        super().__init__(table, "workflow", history)

    def mark_stale(self, name: str, *, operation: str | None, stage: str | None) -> None:
        if operation is not None:
            self._append(name, "StaleOperations", operation)
        if stage is not None:
            self._append(name, "StaleStages", stage)

    def _unchanged(self) -> tuple[str, ...]:
        return (*super()._unchanged(), "StaleOperations", "StaleStages")

    def _append(self, name: str, attribute: str, value: str) -> None:
        request = {
            "TableName": self._table,
            "Key": {"Name": {"S": name}},
            "UpdateExpression": "SET #stale = list_append(#stale, :added)",
            # a workflow that is gone, or knows it already, needs nothing
            "ConditionExpression": "attribute_exists(#name) AND NOT contains(#stale, :value)",
            "ExpressionAttributeNames": {"#stale": attribute, "#name": "Name"},
            "ExpressionAttributeValues": {
                ":added": {"L": [{"S": value}]},
                ":value": {"S": value},
            },
        }
        try:
            writes.single("update_item", request)
        except ClientError as error:
            if not is_condition(error):
                raise

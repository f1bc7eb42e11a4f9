"""Operations, stages and workflows in DynamoDB tables."""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar, cast

from botocore.exceptions import ClientError

from mie import aws
from mie.adapters import items
from mie.adapters.service_errors import is_condition, is_item_too_large
from mie.core.documents import Operation, Stage, Workflow
from mie.core.errors import AlreadyExists, Conflict, TooLarge

Definition = TypeVar("Definition", Operation, Stage, Workflow)


class DefinitionTable(Generic[Definition]):
    """One table, keyed by Name; kind is the word for its items in messages."""

    def __init__(self, table: str, kind: str) -> None:
        self._table = table
        self._kind = kind

    def get(self, name: str) -> Definition | None:
        return cast("Definition | None", items.get(self._table, {"Name": name}))

    def list(self) -> Iterator[Definition]:
        return cast("Iterator[Definition]", items.scan(self._table))

    def create(self, item: Definition) -> None:
        try:
            self._put(item, "attribute_not_exists(#name)", {"#name": "Name"}, {})
        except ClientError as error:
            if is_condition(error):
                raise AlreadyExists(self._kind, item["Name"]) from error
            raise

    def replace(self, item: Definition, previous: Definition) -> None:
        try:
            self._put(
                item,
                "#id = :id AND #version = :version",
                {"#id": "Id", "#version": "Version"},
                {":id": {"S": previous["Id"]}, ":version": {"S": previous["Version"]}},
            )
        except ClientError as error:
            if is_condition(error):
                raise Conflict(
                    f"the {self._kind} '{item['Name']}' was changed by somebody else meanwhile"
                ) from error
            raise

    def delete(self, item: Definition) -> None:
        try:
            aws.client("dynamodb").delete_item(
                TableName=self._table,
                Key={"Name": {"S": item["Name"]}},
                ConditionExpression="#id = :id",
                ExpressionAttributeNames={"#id": "Id"},
                ExpressionAttributeValues={":id": {"S": item["Id"]}},
            )
        except ClientError as error:
            if not is_condition(error):
                raise

    def _put(
        self, item: Definition, condition: str, names: dict[str, str], values: dict[str, Any]
    ) -> None:
        bound = {"ExpressionAttributeValues": values} if values else {}
        try:
            aws.client("dynamodb").put_item(
                TableName=self._table,
                Item=items.to_item(item),
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                **bound,
            )
        except ClientError as error:
            if is_item_too_large(error):
                raise TooLarge(f"the {self._kind} '{item['Name']}' has more than 400 KB") from error
            raise


class WorkflowTable(DefinitionTable[Workflow]):
    """The table of workflows."""

    def __init__(self, table: str) -> None:
        super().__init__(table, "workflow")

    def mark_stale(self, name: str, *, operation: str | None, stage: str | None) -> None:
        if operation is not None:
            self._append(name, "StaleOperations", operation)
        if stage is not None:
            self._append(name, "StaleStages", stage)

    def _append(self, name: str, attribute: str, value: str) -> None:
        try:
            aws.client("dynamodb").update_item(
                TableName=self._table,
                Key={"Name": {"S": name}},
                UpdateExpression="SET #stale = list_append(#stale, :added)",
                # a workflow that is gone, or knows it already, needs nothing
                ConditionExpression="attribute_exists(#name) AND NOT contains(#stale, :value)",
                ExpressionAttributeNames={"#stale": attribute, "#name": "Name"},
                ExpressionAttributeValues={
                    ":added": {"L": [{"S": value}]},
                    ":value": {"S": value},
                },
            )
        except ClientError as error:
            if not is_condition(error):
                raise

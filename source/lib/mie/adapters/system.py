"""The system table: parameters of the whole system, by name."""

from typing import Any

from mie import aws
from mie.adapters import items


class SystemTable:
    def __init__(self, table: str) -> None:
        self._table = table

    def get(self, name: str) -> Any:
        item = items.get(self._table, {"Name": name})
        return item["Value"] if item else None

    def put(self, name: str, value: Any) -> None:
        aws.client("dynamodb").put_item(
            TableName=self._table, Item=items.to_item({"Name": name, "Value": value})
        )

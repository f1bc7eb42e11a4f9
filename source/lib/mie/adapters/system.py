"""The system table: parameters of the whole system, and what only the engine reads, by name."""

import secrets
from typing import Any

from mie import aws
from mie.adapters import items, writes

# Not among the parameters that GET /system/configuration shows.
CURSOR_SECRET = "CursorSecret"  # noqa: S105 - the name of an item, not a secret


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

    def cursor_secret(self) -> str:
        """The key that cursors of lists are signed with, made by whoever asks first."""
        stored = self.get(CURSOR_SECRET)
        if stored is not None:
            return str(stored)
        made = secrets.token_urlsafe(32)
        item = {"Name": CURSOR_SECRET, "Value": made}
        if writes.create(self._table, "Name", item, ("Value",)):
            return made
        # somebody else was faster
        return str(self.get(CURSOR_SECRET))

"""Assets in the data plane's table: one item each, one attribute per operator."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from mie import aws
from mie.adapters import items, writes
from mie.adapters.service_errors import is_condition, is_item_too_large
from mie.core.assets import CURSOR_SECRET, DELETING, LIST_SECRET_ID
from mie.core.copies import COPY, Copy
from mie.core.documents import Json, ListPage
from mie.core.errors import Conflict, NotFound, TooLarge

LOCK_INDEX = "LockIndex"
_PRESENT = "attribute_exists(AssetId) AND attribute_not_exists(#deleting)"
# What makes an item this asset, or the secret of lists, whatever is changed in it.
_MARKS = ("Created", CURSOR_SECRET)
# The value of Locked, by which the index finds all locks.
_LOCKED = "true"


class AssetTable:
    def __init__(self, table: str) -> None:
        self._table = table

    def get(self, asset_id: str) -> Json | None:
        item = items.get(self._table, {"AssetId": asset_id})
        return None if item is None or DELETING in item else item

    def ids(self) -> Iterator[str]:
        pages = aws.client("dynamodb").get_paginator("scan")
        for page in pages.paginate(**self._scan()):
            yield from map(_asset_id, page["Items"])

    def page(self, most: int, after: str | None) -> ListPage:
        found: list[Any] = []
        # one more tells whether there are more
        while len(found) <= most:
            start = {} if after is None else {"ExclusiveStartKey": _key(after)}
            # the limit also counts what the filter then leaves out
            limit = most + 1 - len(found)
            answer = aws.client("dynamodb").scan(**self._scan(), **start, Limit=limit)
            found += map(_asset_id, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                break
            after = _asset_id(answer["LastEvaluatedKey"])
        return ListPage(found[:most], found[most - 1] if len(found) > most else None)

    def create(self, item: Json) -> None:
        if not writes.create(self._table, "AssetId", item, _MARKS):
            raise Conflict(f"there is an asset {item['AssetId']} already")

    def set_pointers(
        self, asset_id: str, operator: str, pointers: Sequence[Json], previous: Sequence[Json]
    ) -> bool:
        values = {}
        if pointers:
            values[":pointers"] = items.to_attribute(list(pointers))
        if previous:
            values[":previous"] = items.to_attribute(list(previous))
        unchanged = "#operator = :previous" if previous else "attribute_not_exists(#operator)"
        try:
            writes.single(
                "update_item",
                self._update(
                    asset_id,
                    "SET #operator = :pointers" if pointers else "REMOVE #operator",
                    f"{_PRESENT} AND {unchanged}",
                    {"#operator": operator, "#deleting": DELETING},
                    values,
                ),
            )
        except ClientError as error:
            if is_item_too_large(error):
                raise TooLarge(
                    f"asset {asset_id} cannot list more results: delete those of an operator first"
                ) from error
            if not is_condition(error):
                raise
            present = self.get(asset_id)
            if present is None:
                raise NotFound(f"the asset {asset_id} was deleted meanwhile") from error
            # They are there when the first answer got lost. Each storing makes another version of
            # the document, so nobody else writes the same; of two deletions both have succeeded.
            return bool(present.get(operator, []) == list(pointers))
        return True

    def set_copy(self, asset_id: str, copy: Copy, previous: Copy) -> bool:
        values = {":copy": copy.to_item(), ":previous": previous.to_item()}
        try:
            writes.single(
                "update_item",
                self._update(
                    asset_id,
                    "SET #copy = :copy",
                    f"{_PRESENT} AND #copy = :previous",
                    {"#copy": COPY, "#deleting": DELETING},
                    items.to_item(values),
                ),
            )
        except ClientError as error:
            if not is_condition(error):
                raise
            present = self.get(asset_id)
            # it is there when the first answer got lost; who else writes the same has done the same
            return present is not None and Copy.of_item(present) == copy
        return True

    def begin_delete(self, asset_id: str) -> Json | None:
        try:
            request = self._update(
                asset_id,
                "SET #deleting = :true",
                # also true of one whose deletion has begun
                "attribute_exists(AssetId) AND "
                "(attribute_not_exists(LockedBy) OR attribute_exists(#deleting))",
                {"#deleting": DELETING},
                {":true": items.to_attribute(True)},
            )
            answer = writes.single("update_item", {**request, "ReturnValues": "ALL_OLD"})
        except ClientError as error:
            if not is_condition(error):
                raise
            present = self.get(asset_id)
            if present is None:
                return None
            raise Conflict(
                f"{asset_id} is checked out by {present.get('LockedBy')}; check it in first"
            ) from error
        return items.from_item(answer["Attributes"])

    def delete(self, asset_id: str) -> None:
        writes.single("delete_item", {"TableName": self._table, "Key": _key(asset_id)})

    def lock(self, asset_id: str, user: str, at: int) -> bool:
        values = {":locked": _LOCKED, ":user": user, ":at": at}
        return self._change_lock(
            asset_id,
            "SET Locked = :locked, LockedBy = :user, LockedAt = :at",
            "attribute_not_exists(LockedBy) AND attribute_not_exists(LockedAt)",
            items.to_item(values),
        )

    def unlock(self, asset_id: str) -> bool:
        return self._change_lock(
            asset_id, "REMOVE Locked, LockedBy, LockedAt", "attribute_exists(LockedBy)", {}
        )

    def all_locks(self) -> Iterator[Json]:
        return map(_lock, items.query(self._table, LOCK_INDEX, "Locked", _LOCKED))

    def locks(self, most: int, after: str | None) -> ListPage:
        request = items.query_request(self._table, LOCK_INDEX, "Locked", _LOCKED)
        if after is not None:
            at, _, asset_id = after.partition(" ")
            start = {"AssetId": asset_id, "Locked": _LOCKED, "LockedAt": int(at)}
            request = {**request, "ExclusiveStartKey": items.to_item(start)}
        answer = aws.client("dynamodb").query(**request, Limit=most + 1)
        found = [_lock(items.from_item(item)) for item in answer["Items"]]
        shown = found[:most]
        if len(found) == len(shown):
            return ListPage(shown, None)
        return ListPage(shown, f"{shown[-1]['LockedAt']} {shown[-1]['AssetId']}")

    def cursor_secret(self, new_secret: Callable[[], str]) -> str:
        stored = self._list_secret()
        if stored is not None:
            return stored
        made = {"AssetId": LIST_SECRET_ID, CURSOR_SECRET: new_secret()}
        try:
            self.create(made)
        except Conflict:
            # somebody else was faster
            return str(self._list_secret())
        return made[CURSOR_SECRET]

    def _list_secret(self) -> str | None:
        item = items.get(self._table, {"AssetId": LIST_SECRET_ID})
        return None if item is None else str(item[CURSOR_SECRET])

    def _scan(self) -> dict[str, Any]:
        """What asks for the ids of assets: not of those that go, nor for the secret of lists."""
        return {
            "TableName": self._table,
            "ConsistentRead": True,
            "ProjectionExpression": "AssetId",
            "FilterExpression": "attribute_exists(S3Key) AND attribute_not_exists(#deleting)",
            "ExpressionAttributeNames": {"#deleting": DELETING},
        }

    def _change_lock(
        self, asset_id: str, expression: str, condition: str, values: Mapping[str, Any]
    ) -> bool:
        """False when the condition does not hold.

        A transaction, because a lock that is gone does not say who took it away.
        """
        change = self._update(
            asset_id, expression, f"{_PRESENT} AND {condition}", {"#deleting": DELETING}, values
        )
        return not writes.transact([{"Update": change}])

    def _update(
        self,
        asset_id: str,
        expression: str,
        condition: str,
        names: Mapping[str, str],
        values: Mapping[str, Any],
    ) -> dict[str, Any]:
        """What asks DynamoDB for a change."""
        return {
            "TableName": self._table,
            "Key": _key(asset_id),
            "UpdateExpression": expression,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": dict(names),
            # DynamoDB refuses an empty map of values
            **({"ExpressionAttributeValues": dict(values)} if values else {}),
        }


def _key(asset_id: str) -> dict[str, Any]:
    return items.to_item({"AssetId": asset_id})


def _lock(item: Mapping[str, Any]) -> Json:
    return {key: item[key] for key in ("AssetId", "LockedBy", "LockedAt")}


def _asset_id(item: Mapping[str, Any]) -> str:
    return str(item["AssetId"]["S"])

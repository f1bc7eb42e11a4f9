"""Assets in the data plane's table: one item each, one attribute per operator."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from mie import aws
from mie.adapters import items
from mie.adapters.service_errors import is_condition, is_item_too_large
from mie.core.assets import DELETING
from mie.core.documents import Json
from mie.core.errors import Conflict, NotFound, TooLarge

_PRESENT = "attribute_exists(AssetId) AND attribute_not_exists(#deleting)"


class AssetTable:
    def __init__(self, table: str) -> None:
        self._table = table

    def get(self, asset_id: str) -> Json | None:
        item = items.get(self._table, {"AssetId": asset_id})
        return None if item is None or DELETING in item else item

    def ids(self) -> Iterator[str]:
        pages = aws.client("dynamodb").get_paginator("scan")
        for page in pages.paginate(
            TableName=self._table,
            ConsistentRead=True,
            ProjectionExpression="AssetId",
            FilterExpression="attribute_not_exists(#deleting)",
            ExpressionAttributeNames={"#deleting": DELETING},
        ):
            yield from (items.from_item(item)["AssetId"] for item in page["Items"])

    def create(self, item: Json) -> None:
        try:
            aws.client("dynamodb").put_item(
                TableName=self._table,
                Item=items.to_item(item),
                ConditionExpression="attribute_not_exists(AssetId)",
            )
        except ClientError as error:
            if is_condition(error):
                raise Conflict(f"there is an asset {item['AssetId']} already") from error
            raise

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
            self._update(
                asset_id,
                "SET #operator = :pointers" if pointers else "REMOVE #operator",
                f"{_PRESENT} AND {unchanged}",
                {"#operator": operator, "#deleting": DELETING},
                values,
            )
        except ClientError as error:
            if is_item_too_large(error):
                raise TooLarge(
                    f"asset {asset_id} cannot list more results: delete those of an operator first"
                ) from error
            if not is_condition(error):
                raise
            if self.get(asset_id) is None:
                raise NotFound(f"the asset {asset_id} was deleted meanwhile") from error
            return False
        return True

    def begin_delete(self, asset_id: str) -> bool:
        try:
            self._update(
                asset_id,
                "SET #deleting = :true",
                "attribute_exists(AssetId)",
                {"#deleting": DELETING},
                {":true": items.to_attribute(True)},
            )
        except ClientError as error:
            if is_condition(error):
                return False
            raise
        return True

    def delete(self, asset_id: str) -> None:
        aws.client("dynamodb").delete_item(
            TableName=self._table, Key=items.to_item({"AssetId": asset_id})
        )

    def _update(
        self,
        asset_id: str,
        expression: str,
        condition: str,
        names: Mapping[str, str],
        values: Mapping[str, Any],
    ) -> None:
        aws.client("dynamodb").update_item(
            TableName=self._table,
            Key=items.to_item({"AssetId": asset_id}),
            UpdateExpression=expression,
            ConditionExpression=condition,
            ExpressionAttributeNames=dict(names),
            # DynamoDB refuses an empty map of values
            **({"ExpressionAttributeValues": dict(values)} if values else {}),
        )

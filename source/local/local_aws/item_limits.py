"""DynamoDB refuses keys that are too long in indices and in queries, too.

MiniStack 1.5.33 looks at the size of a table's own key only, and only where the key is a whole one.
"""

from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import dynamodb

Json = dict[str, Any]

_LONGEST = {"HASH": 2_048, "RANGE": 1_024}


def enforce() -> None:
    dynamodb._index_key_type_reason = _limiting_indices(dynamodb._index_key_type_reason)
    dynamodb._empty_key_value_error = _limiting_values(dynamodb._empty_key_value_error)


def _limiting_indices(
    reason: Callable[[Json, Json], str | None],
) -> Callable[[Json, Json], str | None]:
    """What is wrong with an item as the indices of its table see it."""

    def reasoned(table: Json, item: Json) -> str | None:
        found = reason(table, item)
        if found:
            return found
        for index in table.get("GlobalSecondaryIndexes") or []:
            for key in index["KeySchema"]:
                name, longest = key["AttributeName"], _LONGEST[key["KeyType"]]
                size = _size(item.get(name))
                if size > longest:
                    return (
                        "One or more parameter values were invalid: Size limit exceeded for Index "
                        f"Key {name} Actual Size: {size} bytes Max Size: {longest} bytes "
                        f"IndexName: {index['IndexName']}"
                    )
        return None

    return reasoned


def _limiting_values(refused: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    """Of what is looked for: no key of any kind is longer than that of a partition."""

    def checked(name: str, value: Any) -> Any:
        found = refused(name, value)
        if found is None and _size(value) > _LONGEST["HASH"]:
            return error_response_json(
                "ValidationException",
                "One or more parameter values were invalid: Size of hashkey has exceeded the "
                f"maximum size limit of{_LONGEST['HASH']} bytes",
                400,
            )
        return found

    return checked


def _size(value: Any) -> int:
    """Of a text; other kinds of keys are not ours."""
    text = value.get("S") if isinstance(value, dict) else None
    return len(text.encode()) if isinstance(text, str) else 0

"""The configuration that an operator declares: its keys, of which type, within which limits.

A registration's ``Settings`` are rows {"Name", "Type", "Description"?, "Default"?, "Allowed"?,
"Minimum"?, "Maximum"?, "Items"?}. CloudFormation and forms hand values on as text, which is read
back into the declared type here: at registration, in stages, workflows and executions. Operators
that declare nothing take any key.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from mie.core import polling
from mie.core.documents import Json
from mie.core.errors import BadRequest
from mie.core.known_keys import suggestion

Settings = Sequence[Mapping[str, Any]]

# What the engine itself reads of every operator's configuration.
ENGINE_KEYS = ("MediaType", "Enabled", *polling.LIMITS)

# What forms and templates send of a field that was left empty; the operator sees it as it is.
_NOT_GIVEN: tuple[object, ...] = (None, "")
_NUMBERS = ("Number", "Integer")
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")
_BOOLEANS = {"true": True, "false": False}
# Keys that would silently leave an operator's switch as it is, besides those of another case.
_ALMOST = {"enable": "Enabled"}
_LONGEST_SHOWN = 60


class _Wrong(ValueError):
    """A value is not what its row declares."""


def declared(given: Settings) -> list[Json]:
    """The rows of a registration, with defaults and allowed values of the declared type.

    Raises BadRequest that names the row and its field.
    """
    rows: list[Json] = []
    for row in given:
        field = f"Settings.{row['Name']}"
        if row["Name"] in ENGINE_KEYS:
            raise BadRequest(f"{field}: the engine itself takes this key of every operator")
        if any(row["Name"] == one["Name"] for one in rows):
            raise BadRequest(f"{field}: it is declared more than once")
        rows.append(_checked(row, field))
    return rows


def defaults(settings: Settings) -> Json:
    """What holds where a registration's Configuration says nothing."""
    return {row["Name"]: row["Default"] for row in settings if "Default" in row}


def compact(settings: Settings) -> list[Json]:
    """What is needed to check values, for the copies in stages and workflows."""
    left_out = ("Description", "Default")
    return [{key: row[key] for key in row if key not in left_out} for row in settings]


def read(values: Mapping[str, Any], settings: Settings | None, operator: str, field: str) -> Json:
    """The values of an operator's configuration in their declared types.

    settings: None of an operator that declares nothing. Raises BadRequest that names the operator,
    the key and what is taken.
    """
    rows = {row["Name"]: row for row in settings or ()}
    result: Json = {}
    for key, value in values.items():
        if key in rows:
            result[key] = _value(value, rows[key], operator, f"{field}.{key}")
            continue
        if key not in ENGINE_KEYS:
            _check_unknown(key, None if settings is None else list(rows.values()), operator, field)
        result[key] = value
    return result


def taken(row: Mapping[str, Any]) -> str:
    """What a row takes, for people: "a Number from 0 to 100"."""
    kind = row["Type"]
    if kind == "List" and "Items" in row:
        kind = f"List of {row['Items']}"
    article = "an" if kind[0] in "IO" else "a"
    limits = [
        f"{word} {row[key]}" for word, key in (("from", "Minimum"), ("to", "Maximum")) if key in row
    ]
    listed = ", ".join(map(_plain, row.get("Allowed", ())))
    return " ".join([article, kind, *limits]) + (f", one of {listed}" if listed else "")


def _checked(row: Mapping[str, Any], field: str) -> Json:
    kind = row["Type"]
    for key in ("Minimum", "Maximum"):
        if key in row and kind not in _NUMBERS:
            raise BadRequest(f"{field}.{key}: only a Number or an Integer has one, this is {kind}")
    if row.get("Minimum", -math.inf) > row.get("Maximum", math.inf):
        raise BadRequest(f"{field}.Minimum: it is greater than the Maximum, {row['Maximum']}")
    if "Items" in row and kind != "List":
        raise BadRequest(f"{field}.Items: only a List has them, this is {kind}")
    checked = dict(row)
    if "Allowed" in row:
        if kind in ("Boolean", "Object"):
            raise BadRequest(f"{field}.Allowed: a value of type {kind} cannot be listed")
        member = {key: row[key] for key in ("Minimum", "Maximum") if key in row}
        of_one: Json = {"Type": row.get("Items", "String") if kind == "List" else kind, **member}
        checked["Allowed"] = [_part(one, of_one, f"{field}.Allowed") for one in row["Allowed"]]
    if "Default" in row:
        checked["Default"] = _part(row["Default"], checked, f"{field}.Default")
    return checked


def _part(value: Any, row: Mapping[str, Any], field: str) -> Any:
    """A value of the declaration itself."""
    try:
        return _typed(value, row)
    except _Wrong as error:
        raise BadRequest(f"{field}: {_shown(value)} is not {taken(row)}") from error


def _value(value: Any, row: Mapping[str, Any], operator: str, field: str) -> Any:
    if value in _NOT_GIVEN:
        return value
    try:
        return _typed(value, row)
    except _Wrong as error:
        raise BadRequest(
            f"{field}: the operator '{operator}' takes {taken(row)} here, got {_shown(value)}"
        ) from error


def _typed(value: Any, row: Mapping[str, Any]) -> Any:
    """Raises _Wrong."""
    typed = _READERS[row["Type"]](value)
    if row["Type"] == "List":
        member = {"Type": row.get("Items")}
        if member["Type"] is not None:
            typed = [_typed(one, member) for one in typed]
        _check_allowed(typed, row)
        return typed
    if row["Type"] in _NUMBERS and not (
        row.get("Minimum", -math.inf) <= typed <= row.get("Maximum", math.inf)
    ):
        raise _Wrong
    _check_allowed([typed], row)
    return typed


def _check_allowed(values: Iterable[Any], row: Mapping[str, Any]) -> None:
    if "Allowed" in row and any(one not in row["Allowed"] for one in values):
        raise _Wrong


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong
    return value


def _number(value: Any) -> int | float:
    if isinstance(value, str):
        text = value.strip()
        if not _NUMBER.fullmatch(text):
            raise _Wrong
        value = float(text) if "." in text or "e" in text.lower() else int(text)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _Wrong
    return value


def _integer(value: Any) -> int:
    number = _number(value)
    if number != int(number):
        raise _Wrong
    return int(number)


def _boolean(value: Any) -> bool:
    if isinstance(value, str):
        value = _BOOLEANS.get(value.strip().lower())
    if not isinstance(value, bool):
        raise _Wrong
    return value


def _list(value: Any) -> list[Any]:
    """A list, the JSON text of one, or the text of its only member."""
    if isinstance(value, str):
        value = _from_json(value) if value.lstrip().startswith("[") else [value]
    if not isinstance(value, list):
        raise _Wrong
    return value


def _object(value: Any) -> Json:
    if isinstance(value, str):
        value = _from_json(value)
    if not isinstance(value, dict):
        raise _Wrong
    return value


def _from_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _Wrong from error


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "String": _string,
    "Number": _number,
    "Integer": _integer,
    "Boolean": _boolean,
    "List": _list,
    "Object": _object,
}
TYPES = tuple(_READERS)


def _check_unknown(key: str, rows: Settings | None, operator: str, field: str) -> None:
    """A key that is declared nowhere. Raises BadRequest unless the operator takes any key."""
    if rows is None:
        meant = _almost(key)
        if meant is not None:
            raise BadRequest(
                f"{field}.{key}: the engine does not know this key of the operator '{operator}'; "
                f"did you mean {meant}?"
            )
        return
    known = [*(row["Name"] for row in rows), *ENGINE_KEYS]
    listed = ", ".join(f"{row['Name']} ({taken(row)})" for row in rows) or "no keys of its own"
    raise BadRequest(
        f"{field}.{key}: the operator '{operator}' does not take this key"
        f"{suggestion(key, known) or ';'} it takes {listed}"
    )


def _almost(key: str) -> str | None:
    """The key of the engine that is equal but for case, or that this one is cut from."""
    same = {one.lower(): one for one in ENGINE_KEYS} | _ALMOST
    return same.get(key.lower())


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _shown(value: Any) -> str:
    return repr(value)[:_LONGEST_SHOWN]

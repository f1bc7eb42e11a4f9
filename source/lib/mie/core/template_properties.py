"""Properties of CloudFormation resources as requests.

CloudFormation hands every scalar over as text, and lists and objects with such scalars in them.
What the engine knows the type of is read back here; what an operator declares is read where
configurations are (operator_settings). A Configuration may also be the JSON text of an object,
which keeps its types: ``Configuration: !Sub '{"Threshold": ${Threshold}}'``.
"""

import json
from typing import Any, NoReturn

from mie.core import polling
from mie.core.documents import Json
from mie.core.errors import BadRequest

_CONFIGURATION, _SETTINGS = "Configuration", "Settings"
_BOOLEANS = {"true": True, "false": False}


def operation(properties: Json) -> Json:
    """Raises BadRequest."""
    request = dict(properties)
    if _CONFIGURATION in request:
        request[_CONFIGURATION] = _of_operator(request[_CONFIGURATION], _CONFIGURATION)
    if _SETTINGS in request:
        request[_SETTINGS] = _settings(request[_SETTINGS])
    return request


def stage(properties: Json) -> Json:
    """Raises BadRequest."""
    if _CONFIGURATION not in properties:
        return properties
    overrides = _object(properties[_CONFIGURATION], _CONFIGURATION)
    if not isinstance(overrides, dict):
        return {**properties, _CONFIGURATION: overrides}
    read = {
        name: _of_operator(values, f"{_CONFIGURATION}.{name}") for name, values in overrides.items()
    }
    return {**properties, _CONFIGURATION: read}


def workflow(properties: Json) -> Json:
    """Raises BadRequest."""
    linked = _from_json(properties.get("Stages"), "Stages")
    if not isinstance(linked, dict):
        return {**properties, "Stages": linked}
    return {
        **properties,
        "Stages": {name: _with_boolean(link, "End", "Stages") for name, link in linked.items()},
    }


def _of_operator(given: Any, field: str) -> Any:
    """The engine's own values have types; those of operators stay text."""
    values = _object(given, field)
    if not isinstance(values, dict):
        return values
    # what is no number is refused where numbers are
    seconds = {
        key: int(values[key])
        for key in polling.LIMITS
        if isinstance(values.get(key), str) and values[key].isascii() and values[key].isdigit()
    }
    return {**_with_boolean(values, "Enabled", field), **seconds}


def _settings(given: Any) -> Any:
    """The rows of a declaration; their defaults and allowed values are read by their own type."""
    rows = _from_json(given, _SETTINGS)
    if not isinstance(rows, list):
        return rows
    return [_with_limits(one) if isinstance(one, dict) else one for one in rows]


def _with_limits(row: Json) -> Json:
    limits = {
        key: _number(row[key]) for key in ("Minimum", "Maximum") if isinstance(row.get(key), str)
    }
    return {**row, **limits}


def _number(text: str) -> Any:
    """A number, or the text that is none, which is refused where numbers are."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def _object(given: Any, field: str) -> Any:
    """An object, also when it came as the JSON text of one; whatever else is not looked at."""
    read = _from_json(given, field)
    if isinstance(given, str) and not isinstance(read, dict):
        raise BadRequest(f"{field} is not the JSON text of an object: {given[:60]!r}")
    return read


def _from_json(given: Any, field: str) -> Any:
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"{field} is not JSON: {error}") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _with_boolean(values: Any, key: str, field: str) -> Any:
    if not isinstance(values, dict) or not isinstance(values.get(key), str):
        return values
    text = values[key].lower()
    if text not in _BOOLEANS:
        raise BadRequest(f"{field}.{key} must be true or false, got {values[key]!r}")
    return {**values, key: _BOOLEANS[text]}

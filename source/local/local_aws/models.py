"""Requests are held against the services' own models.

What the model of a service says of a request, its types, lengths, ranges and patterns, the front
door of the service refuses before anything else is looked at; MiniStack 1.5.33 lets most of it
through. Values of enumerations are left to MiniStack: a pinned model does not know the newest.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.model import Shape

Json = dict[str, Any]
Refusal = tuple[str, str]

# JSON's kinds, as the services' parsers call them
_KINDS = ((bool, "TRUE_VALUE"), (int, "NUMBER_VALUE"), (float, "NUMBER_VALUE"), (str, "STRING"))
_TYPES: Mapping[str, tuple[tuple[type, ...], str]] = {
    "string": ((str,), "String"),
    "boolean": ((bool,), "Boolean"),
    "integer": ((int,), "Integer"),
    "long": ((int,), "Long"),
    "list": ((list,), "List"),
    "map": ((dict,), "Map"),
    "structure": ((dict,), "Structure"),
}


class _Unreadable(Exception):
    """A value of another type, which the parser already refuses."""


def refusal(service: str, operation: str, request: Any) -> Refusal | None:
    """Code and message with which the service refuses the body of a request; None if it does not.

    What the request says in its path, its query or its headers is not looked at.
    """
    try:
        found = list(_problems(_input_of(service, operation), request, ""))
    except _Unreadable as error:
        return "SerializationException", str(error)
    if not found:
        return None
    noun = "error" if len(found) == 1 else "errors"
    return "ValidationException", f"{len(found)} validation {noun} detected: {'; '.join(found)}"


@cache
def _input_of(service: str, operation: str) -> Shape:
    model = botocore.session.get_session().get_service_model(service)
    shape = model.operation_model(operation).input_shape
    if shape is None:
        raise ValueError(f"{service} takes nothing for {operation}")
    return shape


def _problems(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if value is None or shape.type_name not in _TYPES:
        return
    types, name = _TYPES[shape.type_name]
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise _Unreadable(f"{_kind(value)} can not be converted to a {name}")
    for problem in _own_problems(shape, value):
        said = "Value" if isinstance(value, list | dict) else f"Value '{value}'"
        yield f"{said} at '{path}' failed to satisfy constraint: {problem}"
    yield from _INSIDE.get(shape.type_name, _nothing)(shape, value, path)


def _kind(value: Any) -> str:
    if isinstance(value, list | dict):
        return "Start of a structure, a list or a map"
    return next(kind for type_, kind in _KINDS if isinstance(value, type_))


def _own_problems(shape: Shape, value: Any) -> Iterator[str]:
    rules = shape.metadata
    if shape.type_name in ("integer", "long"):
        measured, noun = value, "value"
    elif shape.type_name in ("string", "list", "map"):
        measured, noun = len(value), "length"
    else:
        return
    if "min" in rules and measured < rules["min"]:
        yield f"Member must have {noun} greater than or equal to {rules['min']}"
    if "max" in rules and measured > rules["max"]:
        yield f"Member must have {noun} less than or equal to {rules['max']}"
    pattern = rules.get("pattern")
    # Java's classes of Unicode mean nothing to Python
    if pattern and r"\p{" not in pattern and not re.fullmatch(pattern, value, re.DOTALL):
        yield f"Member must satisfy regular expression pattern: {pattern}"


def _in_a_structure(shape: Any, value: Json, path: str) -> Iterator[str]:
    for name, member in shape.members.items():
        if "location" in member.serialization:
            continue
        key = member.serialization.get("name", name)
        place = _below(path, key[:1].lower() + key[1:])
        if value.get(key) is None and name in shape.required_members:
            yield (f"Value null at '{place}' failed to satisfy constraint: Member must not be null")
        yield from _problems(member, value.get(key), place)


def _in_a_list(shape: Any, value: list[Any], path: str) -> Iterator[str]:
    for number, one in enumerate(value, 1):
        yield from _problems(shape.member, one, f"{path}.{number}.member")


def _in_a_map(shape: Any, value: Json, path: str) -> Iterator[str]:
    for key, one in value.items():
        yield from _problems(shape.key, key, path)
        yield from _problems(shape.value, one, _below(path, f"{key}.member"))


def _nothing(shape: Any, value: Any, path: str) -> Iterator[str]:
    yield from ()


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


_INSIDE: Mapping[str, Callable[[Any, Any, str], Iterator[str]]] = {
    "structure": _in_a_structure,
    "list": _in_a_list,
    "map": _in_a_map,
}

"""Values on the wire and the shapes of botocore's service models: decode, check, encode.

botocore's ParamValidator looks at types, required and unknown members and lower bounds. The rest
that a model says (enumerations, patterns, upper bounds) is looked at here.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import regex
from botocore.model import Shape
from botocore.utils import parse_to_aware_datetime
from botocore.validate import ParamValidator


def decode(shape: Shape, value: Any) -> Any:
    """Turn parsed JSON into what functions expect: blobs as bytes, times as seconds since 1970.

    Members that the wire has elsewhere than in the body are left out. Raises ValueError when a
    blob is not base64, or a time is none. A value of another type than its shape's is left as it
    is: the validator names it better.
    """
    if shape.type_name == "blob" and isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise ValueError(f"{shape.name} is not base64") from error
    if shape.type_name == "timestamp" and isinstance(value, str | int | float):
        return _decode_time(shape, value)
    if shape.type_name == "structure" and isinstance(value, Mapping):
        names = {_wire_name(name, member): name for name, member in _in_body(shape)}
        return {
            names.get(wire_name, wire_name): decode(shape.members[names[wire_name]], member)
            if wire_name in names
            else member
            for wire_name, member in value.items()
            # JSON null stands for a member that is not there
            if member is not None
        }
    return _map_members(decode, shape, value)


def encode(shape: Shape, value: Any) -> Any:
    """Turn an answer into JSON values: blobs to base64, times to seconds since 1970.

    Members that the wire has elsewhere than in the body are left out.
    """
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if shape.type_name == "timestamp":
        return _encode_time(shape, value)
    if shape.type_name == "structure" and isinstance(value, Mapping):
        return {
            _wire_name(name, member): encode(member, value[name])
            for name, member in _in_body(shape)
            if value.get(name) is not None
        }
    return _map_members(encode, shape, value)


def violations(shape: Shape, value: Any) -> list[str]:
    """Everything in which a value differs from its shape, a sentence each; empty when it fits."""
    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        sentences: str = report.generate_report()
        return sentences.splitlines()
    return list(_broken_constraints(shape, value, ""))


def _in_body(shape: Shape) -> Iterator[tuple[str, Shape]]:
    for name, member in shape.members.items():
        if "location" not in member.serialization:
            yield name, member


def _wire_name(name: str, member: Shape) -> str:
    wire_name: str = member.serialization.get("name", name)
    return wire_name


def _map_members(change: Any, shape: Shape, value: Any) -> Any:
    if shape.type_name == "list" and isinstance(value, list | tuple):
        return [change(shape.member, member) for member in value]
    if shape.type_name == "map" and isinstance(value, Mapping):
        return {key: change(shape.value, member) for key, member in value.items()}
    return value


def _decode_time(shape: Shape, value: Any) -> float:
    try:
        return float(parse_to_aware_datetime(value).timestamp())
    # botocore raises RuntimeError for a number beyond every year
    except (ValueError, OverflowError, RuntimeError) as error:
        raise ValueError(f"{shape.name} is {value!r}, which is no time") from error


def _encode_time(shape: Shape, value: Any) -> Any:
    if shape.serialization.get("timestampFormat") == "iso8601":
        moment = value if isinstance(value, datetime) else datetime.fromtimestamp(value, UTC)
        return moment.isoformat()
    return value.timestamp() if isinstance(value, datetime) else value


def _broken_constraints(shape: Shape, value: Any, path: str) -> Iterator[str]:
    """The constraints that ParamValidator leaves out; types are right when this is called."""
    where = path or "input"
    if shape.type_name == "structure":
        for name, member in value.items():
            yield from _broken_constraints(
                shape.members[name], member, f"{path}.{name}".lstrip(".")
            )
    elif shape.type_name == "list":
        yield from _above_maximum(shape, len(value), f"the number of members of {where}")
        for index, member in enumerate(value):
            yield from _broken_constraints(shape.member, member, f"{path}[{index}]")
    elif shape.type_name == "map":
        yield from _above_maximum(shape, len(value), f"the number of members of {where}")
        for key, member in value.items():
            yield from _broken_constraints(shape.value, member, f"{path}.{key}".lstrip("."))
    elif shape.type_name == "string":
        yield from _broken_text(shape, value, where)
    elif shape.type_name in ("integer", "long", "float", "double"):
        yield from _above_maximum(shape, value, where)


def _broken_text(shape: Shape, value: str, where: str) -> Iterator[str]:
    enumeration = shape.metadata.get("enum")
    if enumeration and value not in enumeration:
        yield f"{where} is {value!r}, must be one of {', '.join(enumeration)}"
    pattern = shape.metadata.get("pattern")
    # models write patterns with classes of characters that the standard library does not know
    if pattern and not regex.fullmatch(pattern, value):
        yield f"{where} does not match {pattern}"
    yield from _above_maximum(shape, len(value), f"the length of {where}")


def _above_maximum(shape: Shape, size: float, where: str) -> Iterator[str]:
    maximum = shape.metadata.get("max")
    if maximum is not None and size > maximum:
        yield f"{where} is {size}, at most {maximum} is allowed"

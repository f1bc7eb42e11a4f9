"""Values on the wire and the shapes of botocore's service models: decode, check, encode.

botocore's ParamValidator looks at types, required and unknown members and lower bounds. The rest
that a model says (enumerations, patterns, upper bounds) is looked at here.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sized
from datetime import UTC, datetime
from typing import Any

import regex
from botocore.model import Shape
from botocore.utils import parse_to_aware_datetime
from botocore.validate import ParamValidator

# characters of a value in the sentence that refuses it
_LONGEST_VALUE = 200


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


def _broken_constraints(shape: Shape, value: Any, where: str) -> Iterator[str]:
    """The constraints that ParamValidator leaves out; types are right when this is called.

    where: the member as the services name it, such as `filters.wordFilter` or `tags.1.member`.
    """
    if shape.type_name == "structure":
        for name, member in value.items():
            yield from _broken_constraints(shape.members[name], member, _below(where, name))
    elif shape.type_name == "list":
        yield from _broken_length(shape, value, where)
        for number, member in enumerate(value, start=1):
            yield from _broken_constraints(shape.member, member, f"{where}.{number}.member")
    elif shape.type_name == "map":
        yield from _broken_length(shape, value, where)
        for key, member in value.items():
            yield from _broken_text(shape.key, key, where)
            yield from _broken_constraints(shape.value, member, f"{where}.{key}.member")
    elif shape.type_name == "string":
        yield from _broken_text(shape, value, where)
    elif shape.type_name == "blob" and isinstance(value, bytes):
        yield from _broken_length(shape, value, where)
    elif shape.type_name in ("integer", "long", "float", "double"):
        yield from _broken_number(shape, value, where)


def _below(where: str, name: str) -> str:
    return f"{where}.{name[0].lower()}{name[1:]}".lstrip(".")


def _broken_text(shape: Shape, value: str, where: str) -> Iterator[str]:
    enumeration = shape.metadata.get("enum")
    if enumeration and value not in enumeration:
        yield _broken(value, where, f"satisfy enum value set: [{', '.join(enumeration)}]")
    pattern = shape.metadata.get("pattern")
    # models write patterns with classes of characters that the standard library does not know
    if pattern and not regex.fullmatch(pattern, value):
        yield _broken(value, where, f"satisfy regular expression pattern: {pattern}")
    yield from _broken_length(shape, value, where)


def _broken_length(shape: Shape, value: Sized, where: str) -> Iterator[str]:
    most = shape.metadata.get("max")
    if most is not None and len(value) > most:
        yield _broken(value, where, f"have length less than or equal to {most}")


def _broken_number(shape: Shape, value: float, where: str) -> Iterator[str]:
    most = shape.metadata.get("max")
    # to Python true is a whole number, to the services it is none
    if isinstance(value, bool):
        yield _broken(value, where, "be a number")
    elif most is not None and value > most:
        yield _broken(value, where, f"have value less than or equal to {most}")


def _broken(value: Any, where: str, constraint: str) -> str:
    """In the services' words, which repeat the value; of a long one its beginning."""
    said = f"{len(value)} bytes" if isinstance(value, bytes) else str(value)
    shown = said if len(said) <= _LONGEST_VALUE else f"{said[:_LONGEST_VALUE]}…"
    return f"Value '{shown}' at '{where}' failed to satisfy constraint: Member must {constraint}"

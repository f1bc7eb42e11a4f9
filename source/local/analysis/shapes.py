"""Values on the wire and the shapes of botocore's service models: decode, check, encode.

botocore's ParamValidator looks at types, required and unknown members and lower bounds. The rest
that a model says (enumerations, patterns, upper bounds) is looked at here.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from botocore.model import Shape
from botocore.validate import ParamValidator


def decode(shape: Shape, value: Any) -> Any:
    """Turn parsed JSON into what ParamValidator expects: blobs are base64 text on the wire.

    Raises ValueError when a blob is not base64. A value of another type than its shape's is left
    as it is: the validator names it better.
    """
    if shape.type_name == "blob" and isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise ValueError(f"{shape.name} is not base64") from error
    return _map_members(decode, shape, value)


def encode(shape: Shape, value: Any) -> Any:
    """Turn an answer into JSON values: blobs to base64, times to seconds since 1970."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, datetime):
        return value.timestamp()
    return _map_members(encode, shape, value)


def violations(shape: Shape, value: Any) -> list[str]:
    """Everything in which a value differs from its shape, a sentence each; empty when it fits."""
    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        sentences: str = report.generate_report()
        return sentences.splitlines()
    return list(_broken_constraints(shape, value, ""))


def _map_members(change: Any, shape: Shape, value: Any) -> Any:
    if shape.type_name == "structure" and isinstance(value, Mapping):
        return {
            name: change(shape.members[name], member) if name in shape.members else member
            for name, member in value.items()
            # JSON null stands for a member that is not there
            if member is not None
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [change(shape.member, member) for member in value]
    if shape.type_name == "map" and isinstance(value, Mapping):
        return {key: change(shape.value, member) for key, member in value.items()}
    return value


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
    if pattern and not re.fullmatch(pattern, value):
        yield f"{where} does not match {pattern}"
    yield from _above_maximum(shape, len(value), f"the length of {where}")


def _above_maximum(shape: Shape, size: float, where: str) -> Iterator[str]:
    maximum = shape.metadata.get("max")
    if maximum is not None and size > maximum:
        yield f"{where} is {size}, at most {maximum} is allowed"

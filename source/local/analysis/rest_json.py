"""The REST-JSON protocol: members of a request are in the path, the query, headers, or the body.

The location of each member is in botocore's model; botocore itself only reads the other
direction.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from botocore.model import OperationModel, ServiceModel, Shape, StructureShape

from analysis import shapes
from analysis.messages import Answer, Call, json_answer, read_json_object

CONTENT_TYPE = "application/json"
_LABEL = re.compile(r"\{(\w+)(\+?)\}")
# text in a path, a query or a header -> value of that type
_FROM_TEXT: Mapping[str, Callable[[str], Any]] = {
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "boolean": lambda text: {"true": True, "false": False}[text.lower()],
}


@dataclass(frozen=True)
class Route:
    """How an operation is called: its method and the pattern of its path."""

    operation: str
    method: str
    path: re.Pattern[str]


def routes(model: ServiceModel) -> tuple[Route, ...]:
    """The routes of a service, those with fewer parameters in the path first."""
    found = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        found.append((http["requestUri"].partition("?")[0], name, http["method"]))
    found.sort(key=lambda row: row[0].count("{"))
    return tuple(Route(name, method, _pattern(uri)) for uri, name, method in found)


def _pattern(uri: str) -> re.Pattern[str]:
    pattern, end = "", 0
    for label in _LABEL.finditer(uri):
        anything = ".+" if label[2] else "[^/]+"
        pattern += re.escape(uri[end : label.start()]) + f"(?P<{label[1]}>{anything})"
        end = label.end()
    return re.compile(pattern + re.escape(uri[end:]))


def match(routes: Sequence[Route], call: Call) -> tuple[str, dict[str, str]] | None:
    """The operation that a request calls and the parameters of its path; None without one."""
    for route in routes:
        found = route.path.fullmatch(call.path) if route.method == call.method else None
        if found is not None:
            return route.operation, {k: unquote(v) for k, v in found.groupdict().items()}
    return None


def read_request(
    shape: StructureShape | None, call: Call, in_path: Mapping[str, str]
) -> dict[str, Any]:
    """The request as the model describes it. Raises ValueError for what cannot be read."""
    if shape is None:
        return {}
    payload = shape.serialization.get("payload")
    if payload is None:
        request: dict[str, Any] = shapes.decode(shape, read_json_object(call.body))
    else:
        request = _read_payload(payload, shape.members[payload], call.body)
    for name, member in shape.members.items():
        values = _values(member, call, in_path)
        if values:
            request[name] = _from_texts(member, values, name)
    return request


def _read_payload(name: str, member: Shape, body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    if member.type_name == "blob":
        return {name: body}
    return {name: shapes.decode(member, read_json_object(body))}


def _values(member: Shape, call: Call, in_path: Mapping[str, str]) -> list[str]:
    """The texts that a request has for a member outside of the body."""
    location, name = member.serialization.get("location"), member.serialization.get("name", "")
    if location == "uri":
        return [in_path[name]] if name in in_path else []
    if location == "querystring":
        return [value for key, value in call.query if key == name]
    if location == "header":
        return [call.headers[name.lower()]] if name.lower() in call.headers else []
    return []


def _from_texts(member: Shape, values: Sequence[str], name: str) -> Any:
    if member.type_name == "list":
        return [_from_texts(member.member, [value], name) for value in values]
    try:
        return _FROM_TEXT.get(member.type_name, str)(values[-1])
    except (ValueError, KeyError) as error:
        raise ValueError(f"{name} is {values[-1]!r}, which is no {member.type_name}") from error


def write_answer(
    operation: OperationModel, document: Mapping[str, Any], headers: Mapping[str, str]
) -> Answer:
    """The answer of an operation; `headers` go along with those that the model asks for."""
    status = operation.http.get("responseCode", 200)
    shape = operation.output_shape
    if shape is None:
        return json_answer(status, {}, CONTENT_TYPE, headers=headers)
    in_headers = {
        member.serialization["name"]: str(document[name])
        for name, member in shape.members.items()
        if member.serialization.get("location") == "header" and name in document
    }
    payload = shape.serialization.get("payload")
    if payload is not None and shape.members[payload].type_name == "blob":
        kind = in_headers.pop("Content-Type", "application/octet-stream")
        return Answer(status, document.get(payload, b""), kind, {**in_headers, **headers})
    body = shapes.encode(shape, document)
    if payload is not None:
        body = body.get(payload, {})
    return json_answer(status, body, CONTENT_TYPE, headers={**in_headers, **headers})

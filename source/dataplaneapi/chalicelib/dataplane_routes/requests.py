"""What a request says, checked: every refusal is a BadRequest that names the field."""

import json
from collections.abc import Collection
from typing import Any, NoReturn

from chalice import Response
from chalice.app import Request

from mie.core.documents import Json
from mie.core.errors import BadRequest


def body_of(request: Request) -> Json:
    """The JSON object in the body."""
    try:
        body = json.loads(bytes(request.raw_body).decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequest("the body is not JSON") from error
    if not isinstance(body, dict):
        raise BadRequest("the body must be a JSON object")
    return body


def query_of(request: Request, allowed: Collection[str]) -> dict[str, str]:
    """The query parameters, of which no other than the allowed may be there."""
    given = request.query_params or {}
    for name in given:
        if name not in allowed:
            known = f"only {', '.join(allowed)} can be" if allowed else "no parameter can be"
            raise BadRequest(f"{name}: this query parameter is not known here; {known}")
        if len(given.getlist(name)) != 1:
            raise BadRequest(f"{name}: the query parameter is given more than once")
    return {name: given[name] for name in given}


def required(document: Json, field: str, purpose: str) -> Any:
    """A value of the body; field: its name, behind the name of what holds it: "Input.S3Key"."""
    key = field.rsplit(".", 1)[-1]
    if key not in document:
        # the wording that clients match on
        raise BadRequest(f"Missing required inputs for {purpose}: '{field}'")
    return document[key]


def required_text(document: Json, field: str, purpose: str) -> str:
    value = required(document, field, purpose)
    if not isinstance(value, str) or not value:
        raise BadRequest(f"{field}: must be a text that is not empty")
    return value


def required_object(document: Json, field: str, purpose: str) -> Json:
    value = required(document, field, purpose)
    if not isinstance(value, dict):
        raise BadRequest(f"{field}: must be a JSON object")
    return value


def json_answer(document: Json) -> Response:
    """An answer that takes no more bytes than it must: Lambda's limit counts them."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Response(text, headers={"Content-Type": "application/json"})


def text_answer(text: str) -> Response:
    """A bare text, which clients use as it is."""
    return Response(text, headers={"Content-Type": "text/plain; charset=utf-8"})


def _refuse_constant(name: str) -> NoReturn:
    raise BadRequest(f"the body is not JSON: {name} is not a number")

"""What a request says, checked: every refusal is a BadRequest that names the field."""

import json
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from chalice import Response
from chalice.app import Request

from mie.core.documents import Json
from mie.core.errors import STATUSES, BadRequest, TooLarge
from mie.core.known_keys import check_body

# A message repeats what is wrong, which may be as long as the body.
_LONGEST_MESSAGE = 300


def body_of(request: Request, schema: str, purpose: str) -> Json:
    """The JSON object in the body, which fits a schema; purpose: what it is for, in messages."""
    try:
        body = json.loads(bytes(request.raw_body).decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequest("the body is not JSON") from error
    check_body(body, _validator(schema).schema)
    # the first in the order of the schema, so that the same body always gets the same answer
    error = next(_validator(schema).iter_errors(body), None)
    if error is not None:
        raise BadRequest(_refusal(error, purpose)[:_LONGEST_MESSAGE])
    return body


def json_answer(document: Json, status: int = 200) -> Response:
    """An answer that takes no more bytes than it must: Lambda's limit counts them."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status_code=status, headers={"Content-Type": "application/json"})


def too_large(message: str, way_out: Json) -> Response:
    """A refusal that says where what was asked for can be had."""
    status, code = STATUSES[TooLarge]
    text = json.dumps({"Code": code, "Message": message, **way_out}, ensure_ascii=False)
    return Response(text, status_code=status, headers={"Content-Type": "application/json"})


def text_answer(text: str) -> Response:
    """A bare text, which clients use as it is."""
    return Response(text, headers={"Content-Type": "text/plain; charset=utf-8"})


def _refuse_constant(name: str) -> NoReturn:
    raise BadRequest(f"the body is not JSON: {name} is not a number")


@cache
def _validator(schema: str) -> Any:
    # bodies come with few requests, so the others do not wait for its import
    from jsonschema import Draft202012Validator

    text = Path(__file__).with_name("schemas").joinpath(f"{schema}.json").read_text()
    return Draft202012Validator(json.loads(text))


def _refusal(error: Any, purpose: str) -> str:
    """error: a jsonschema.ValidationError."""
    path = [str(one) for one in error.absolute_path]
    if error.validator == "required":
        missing = next(one for one in error.validator_value if one not in error.instance)
        # the wording that clients match on
        return f"Missing required inputs for {purpose}: '{'.'.join([*path, missing])}'"
    return f"{'.'.join(path)}: {error.message}" if path else "the body must be a JSON object"

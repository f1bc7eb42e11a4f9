"""What a request says: its body, checked by a schema, its path parameters and its flags."""

import json
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalice.app import Request

from mie.core import request_tokens, storable
from mie.core.errors import BadRequest
from mie.core.known_keys import check_body
from mie.core.lists import PageRequest
from mie.core.request_tokens import HEADER, Named
from mie.engine.dependents import Choice
from mie.http import page_of, query_of

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

_LONGEST_MESSAGE = 300
# The time limit of the API's function, and a little more.
_LONGEST_SECONDS = 65
_BOOLEANS = {"true": True, "false": False}
# The query parameters of updates.
DEPENDENTS = ("dependents",)
_MOST_PER_PAGE = 100


def body(request: Request, schema: str, query: Collection[str] = ()) -> dict[str, Any]:
    """The request's JSON object; query: the parameters that may stand beside it.

    Raises BadRequest that names the field.
    """
    query_of(request, query)
    try:
        document = json.loads(request.raw_body)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"the body is not JSON: {error}") from error
    check(schema, document)
    return document


def optional_body(request: Request, schema: str) -> dict[str, Any]:
    """The same of a request that may come without a body, which is then {}."""
    query_of(request, ())
    return body(request, schema) if request.raw_body else {}


def named(request: Request, kind: str, given: dict[str, Any]) -> Named | None:
    """The request as its caller named it, for a body of that kind. Raises BadRequest."""
    return request_tokens.named(kind, given, request.headers.get(HEADER), _LONGEST_SECONDS)


def check(schema: str, document: Any) -> None:
    """Raises BadRequest naming the field that cannot be stored or does not fit the schema."""
    storable.check(document)
    # jsonschema costs 100 ms to import: a request without a body must not pay for it
    from jsonschema.exceptions import best_match

    check_body(document, _validator(schema).schema)
    error = best_match(_validator(schema).iter_errors(document))
    if error is not None:
        field = ".".join(str(one) for one in error.absolute_path) or "the body"
        raise BadRequest(f"{field}: {_reason(error)}"[:_LONGEST_MESSAGE])


def _reason(error: "ValidationError") -> str:
    if error.validator == "maxLength":
        # the text itself, which may be long, would hide the limit
        return f"has {len(error.instance)} characters; the limit is {error.validator_value}"
    return str(error.message)


def no_query(request: Request) -> None:
    """Of a route that takes no query parameters. Raises BadRequest that names one."""
    query_of(request, ())


def version(request: Request) -> str | None:
    """The version of a definition that is asked for, None for the present one."""
    return query_of(request, ("version",)).get("version")


def dependents(request: Request) -> Choice:
    """What an update does for the workflows that use the definition. Raises BadRequest."""
    given = query_of(request, DEPENDENTS).get("dependents", Choice.REBUILD)
    # a request of the API comes from no stack
    possible = [Choice.REBUILD, Choice.STALE]
    if given not in possible:
        raise BadRequest(f"dependents must be {' or '.join(possible)}, got {given!r}")
    return Choice(given)


def page(request: Request) -> PageRequest | None:
    """The page of a list that is asked for, None for the whole list. Raises BadRequest."""
    return page_of(request, _MOST_PER_PAGE)


def is_forced(request: Request) -> bool:
    """Raises BadRequest."""
    given = query_of(request, ("force",)).get("force", "false")
    if given.lower() not in _BOOLEANS:
        raise BadRequest(f"force: must be true or false, got {given[:20]!r}")
    return _BOOLEANS[given.lower()]


@cache
def _validator(schema: str) -> "Draft202012Validator":
    from jsonschema import Draft202012Validator

    text = Path(__file__).with_name("schemas").joinpath(f"{schema}.json").read_text()
    return Draft202012Validator(json.loads(text))

"""Requests that their caller names, so that one that is sent again takes effect once."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mie.core.documents import Json
from mie.core.errors import BadRequest

# In the body, and in the header for clients that cannot change the body.
KEY, HEADER = "ClientRequestToken", "Idempotency-Key"
SECONDS_KEPT = 86_400
_TOKEN = re.compile(r"[!-~]{1,64}")


@dataclass(frozen=True)
class Named:
    """A request that its caller named. kind: what it makes; digest: of the rest of the body.

    longest: seconds that the function works on it at most. Whoever has begun longer ago is dead.
    """

    kind: str
    token: str
    digest: str
    longest: int


@dataclass(frozen=True)
class Begun:
    """What became of a request so far.

    plan: the ids of what it makes, chosen by whoever began first. holder: who works on it. again:
    somebody worked on it before, and may have made some of it. answer: what was answered, None
    when nobody came that far.
    """

    plan: Json
    holder: str = ""
    again: bool = False
    answer: Json | None = None


def named(kind: str, body: Mapping[str, Any], header: str | None, longest: int) -> Named | None:
    """The request as its caller named it, None when nobody did.

    header: the value of Idempotency-Key. Raises BadRequest.
    """
    tokens = [(KEY, body[KEY])] if KEY in body else []
    if header is not None:
        tokens.append((HEADER, header))
    if not tokens:
        return None
    for field, token in tokens:
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise BadRequest(f"{field}: must be 1 to 64 ASCII characters without spaces")
    if len({token for _, token in tokens}) > 1:
        raise BadRequest(f"{KEY}: the header {HEADER} names another token")
    rest = {key: value for key, value in body.items() if key != KEY}
    digest = hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
    return Named(kind, tokens[0][1], digest, longest)

"""A request and an answer as they travel over HTTP."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

# half of a character that JSON writes as two; alone it is no character
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True)
class Call:
    """A request; the names of `headers` are in lower case, `path` is as it was sent."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes = b""

    @classmethod
    def of(cls, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> "Call":
        parts = urlsplit(url)
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        lower = {name.lower(): value for name, value in headers.items()}
        return cls(method, parts.path, query, lower, body)

    @property
    def is_signed(self) -> bool:
        """Whether it has a signature, valid or not.

        A browser page cannot send one to another server than its own without permission.
        """
        return "authorization" in self.headers

    @property
    def target(self) -> str:
        """The operation of a call in JSON 1.1."""
        return self.headers.get("x-amz-target", "")


@dataclass(frozen=True)
class Answer:
    """What goes back; `error` is the error code when it is a refusal."""

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None


def json_answer(
    status: int,
    document: Mapping[str, Any],
    content_type: str,
    error: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """An answer whose body is a JSON document."""
    return Answer(status, json.dumps(document).encode(), content_type, headers or {}, error)


def read_json_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a request body, empty without one. Raises ValueError for what is none."""
    try:
        text = body.decode()
        document = json.loads(text or "{}", parse_float=_number, parse_constant=_number)
        if _HALF.search(text):
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        # UnicodeError and JSONDecodeError are kinds of ValueError
        raise ValueError("The request body is not JSON") from error
    if not isinstance(document, dict):
        raise ValueError("The request body is not a JSON object")  # noqa: TRY004 - a wrong value
    return document


def _number(text: str) -> float:
    """NaN and what is beyond every number are no JSON."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number")
    return number

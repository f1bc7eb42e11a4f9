"""Requests to the APIs, signed as their IAM authorisation asks for."""

import json as json_text
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import urllib3

from laptop.signature import Identity, headers

_TIMEOUT = urllib3.Timeout(connect=5, read=60)


@dataclass(frozen=True)
class Answer:
    """json: the decoded body; the text itself when it is not JSON."""

    status: int
    json: Any


class SignedHttp:
    """One API, for one identity."""

    def __init__(self, base_url: str, region: str, access_key: str, secret_key: str) -> None:
        self.base_url = base_url
        self._identity = Identity(region, access_key, secret_key)
        self._http = urllib3.PoolManager(timeout=_TIMEOUT)

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """body: bytes are sent as they are, anything else as JSON."""
        url = f"{self.base_url}{quote(path)}"
        if query:
            url = f"{url}?{urlencode(query, quote_via=quote)}"
        given = b"" if body is None else body
        sent = given if isinstance(given, bytes) else json_text.dumps(given).encode()
        signed = headers(self._identity, method, url, sent, datetime.now(UTC))
        own = {"Content-Type": "application/json"}
        answer = self._http.request(method, url, body=sent or None, headers={**own, **signed})
        return Answer(answer.status, _decoded(answer.data))


def _decoded(body: bytes) -> Any:
    text = body.decode()
    try:
        return json_text.loads(text)
    except ValueError:
        return text

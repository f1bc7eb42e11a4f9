"""Requests to the APIs, signed as their IAM authorisation asks for."""

import json as json_text
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from laptop.answering import answering

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
        self._signer = SigV4Auth(Credentials(access_key, secret_key), "execute-api", region)
        self._http = urllib3.PoolManager(timeout=_TIMEOUT)

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """body: bytes are sent as they are, anything else as JSON. Raises Unreachable."""
        url = f"{self.base_url}{quote(path)}"
        if query:
            url = f"{url}?{urlencode(query, quote_via=quote)}"
        request = AWSRequest(
            method=method,
            url=url,
            data=body if isinstance(body, bytes) or body is None else json_text.dumps(body),
            headers={"Content-Type": "application/json"},
        )
        self._signer.add_auth(request)
        headers = dict(request.headers.items())
        with answering(self.base_url):
            answer = self._http.request(method, url, body=request.data or None, headers=headers)
        return Answer(answer.status, _decoded(answer.data))


def _decoded(body: bytes) -> Any:
    text = body.decode()
    try:
        return json_text.loads(text)
    except ValueError:
        return text

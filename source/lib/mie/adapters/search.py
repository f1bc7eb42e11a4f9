"""Searching an OpenSearch or Elasticsearch endpoint over HTTP.

One request is all that is needed, so it is made with what Lambda's runtime has: urllib3, and
botocore to sign it where the endpoint is AWS's own.
"""

import json
from collections.abc import Mapping

import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from urllib3.util import make_headers

from mie.adapters.search_endpoint import address_of
from mie.core.documents import Json
from mie.core.errors import Malformed, Unavailable
from mie.core.search import INDICES
from mie.logs import logger

# Half of a result is no result; an index that is not there yet has none.
_OPTIONS = "ignore_unavailable=true&allow_no_indices=true&allow_partial_search_results=false"
_CONNECT_SECONDS, _READ_SECONDS = 3, 15
# The endpoint has too much to do, is starting, or does not let us in; what was asked is right.
_PASSING = frozenset({401, 403, 408, 429, 500, 502, 503, 504})


class SearchEndpoint:
    """endpoint: its URL, with a name and password where it asks for these."""

    def __init__(self, endpoint: str, region: str, credentials: Credentials | None) -> None:
        """credentials: what requests to AWS's own endpoints are signed with."""
        address = address_of(endpoint, region)
        self._url = f"{address.url}/{INDICES}/_search?{_OPTIONS}"
        self._basic = make_headers(basic_auth=":".join(address.login)) if address.login else {}
        self._signature = address.signature
        self._credentials = credentials
        self._http = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS),
            # a connection of the last call may have been closed since
            retries=urllib3.Retry(total=1, redirect=0, status=0, allowed_methods=None),
        )

    def search(self, body: Json, reader: str) -> Json:
        """reader: letters and digits.

        Raises Unavailable when it does not answer, Malformed when it refuses the query.
        """
        data = json.dumps(body).encode()
        # copies differ a little in how they rank
        url = f"{self._url}&preference={reader}"
        headers = self._headers(url, data)
        try:
            answer = self._http.request("POST", url, body=data, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            logger("search").warning("no answer", extra={"Reason": type(error).__name__})
            raise Unavailable("search does not answer; try it again in a while") from error
        if answer.status in _PASSING:
            logger("search").warning("refused", extra={"Status": answer.status})
            raise Unavailable(
                f"search cannot answer now (HTTP {answer.status}); try it again in a while"
            )
        found = _document(answer.data)
        if answer.status != 200 or found is None:
            raise Malformed(f"search answered with HTTP {answer.status}: {_reason(found)}")
        if found.get("timed_out"):
            raise Unavailable("search took too long; look for less, or try it again in a while")
        return found

    def _headers(self, url: str, data: bytes) -> Mapping[str, str]:
        headers = {"Content-Type": "application/json", **self._basic}
        if self._signature is None or self._credentials is None:
            return headers
        request = AWSRequest("POST", url, data=data, headers=headers)
        signer = SigV4Auth(self._credentials, self._signature.service, self._signature.region)
        # without it OpenSearch Serverless refuses a request with a body
        request.headers["X-Amz-Content-SHA256"] = signer.payload(request)
        signer.add_auth(request)
        return dict(request.headers)


def _document(data: bytes) -> Json | None:
    try:
        found = json.loads(data)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _reason(answer: Json | None) -> str:
    """The kind of the refusal, without the query."""
    error = (answer or {}).get("error")
    return str(error.get("type", "unknown")) if isinstance(error, dict) else "no reason given"

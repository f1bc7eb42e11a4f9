import json
import socket

import pytest
import urllib3
from botocore.credentials import Credentials
from tests.fakes.search_endpoint import NOTHING_FOUND, SIGNED, UNSIGNED, Endpoint, listening

from mie.adapters.search import SearchEndpoint
from mie.core.errors import Malformed, Unavailable

KEYS = Credentials("AKIDEXAMPLE", "secret", "token")


def search(endpoint, body=None):
    with listening(endpoint) as url:
        return SearchEndpoint(url, "us-east-1", KEYS).search(body or {"size": 1}, "r1")


def test_the_body_goes_to_the_indices_of_the_engine_and_to_no_other():
    endpoint = Endpoint()
    assert search(endpoint, {"size": 3}) == NOTHING_FOUND
    ((path, headers, body),) = endpoint.asked
    assert path.split("?")[0] == "/mie*/_search"
    assert "allow_partial_search_results=false" in path
    assert "preference=r1" in path
    assert body == {"size": 3}
    assert headers["Content-Type"] == "application/json"
    assert "Authorization" not in headers


@pytest.mark.parametrize("status", [401, 403, 408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_no_fault_of_the_request(status):
    with pytest.raises(Unavailable, match=f"HTTP {status}"):
        search(Endpoint(status, {"error": {"type": "busy"}}))


def test_an_endpoint_that_is_not_there_is_said_to_be_away():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(Unavailable, match="does not answer"):
        SearchEndpoint(url, "us-east-1", None).search({}, "r1")


def test_half_of_a_result_is_none():
    with pytest.raises(Unavailable, match="too long"):
        search(Endpoint(answer={**NOTHING_FOUND, "timed_out": True}))


@pytest.mark.parametrize(
    ("status", "answer", "reason"),
    [
        (400, {"error": {"type": "parsing_exception", "reason": "SECRET"}}, "parsing_exception"),
        (404, {"error": "no"}, "no reason"),
        (200, b"<html>SECRET</html>", "no reason"),
        (200, [], "no reason"),
        (301, {}, "no reason"),
    ],
)
def test_an_answer_that_makes_no_sense_is_a_fault_of_ours(status, answer, reason):
    with pytest.raises(Malformed, match=reason) as fault:
        search(Endpoint(status, answer))
    assert "SECRET" not in str(fault.value)


def headers_for(url, monkeypatch, credentials=KEYS):
    asked = []

    def request(_pool, method, url, body, headers):
        asked.append((url, headers))
        return urllib3.HTTPResponse(json.dumps(NOTHING_FOUND).encode(), status=200)

    monkeypatch.setattr(urllib3.PoolManager, "request", request)
    SearchEndpoint(url, "eu-west-1", credentials).search({}, "r1")
    return asked[0]


@pytest.mark.parametrize(("host", "scope"), SIGNED.items())
@pytest.mark.parametrize("scheme", ["", "https://"])
def test_requests_to_an_endpoint_of_aws_are_signed(scheme, host, scope, monkeypatch):
    url, headers = headers_for(f"{scheme}{host}/", monkeypatch)
    assert url.startswith(f"https://{host}/mie*/_search")
    assert f"/{scope}/aws4_request" in headers["Authorization"]
    assert "x-amz-content-sha256" in headers["Authorization"]
    assert headers["X-Amz-Security-Token"] == "token"


@pytest.mark.parametrize("endpoint", UNSIGNED)
def test_nobody_else_gets_a_signature(endpoint, monkeypatch):
    assert "Authorization" not in headers_for(endpoint, monkeypatch)[1]


def test_a_name_and_password_in_the_url_are_sent_as_such(monkeypatch):
    url, headers = headers_for("https://mie:p%40ss@search.example.com:9200", monkeypatch)
    assert url.startswith("https://search.example.com:9200/mie*/")
    # mie:p@ss
    assert headers["authorization"] == "Basic bWllOnBAc3M="

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from laptop.problems import Unreachable
from laptop.signed_http import SignedHttp


@pytest.fixture
def heard():
    requests = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            length = int(self.headers.get("Content-Length", 0))
            requests.append((self.command, self.path, self.rfile.read(length), self.headers))
            text = b'{"a": 1.5}' if "json" in self.path else b"plain"
            self.send_response(404 if "missing" in self.path else 200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = answer

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield (
        SignedHttp(f"http://127.0.0.1:{server.server_port}/api", "us-east-1", "key", "secret"),
        requests,
    )
    server.shutdown()
    thread.join()
    server.server_close()


def test_requests_are_signed_for_the_api_gateway(heard):
    api, requests = heard
    api.request("GET", "/json")

    authorization = requests[0][3]["Authorization"]
    assert authorization.startswith("AWS4-HMAC-SHA256 Credential=key/")
    assert "/us-east-1/execute-api/aws4_request" in authorization


def test_a_body_is_sent_as_json_and_an_answer_is_decoded(heard):
    api, requests = heard
    answer = api.request("POST", "/json", {"Name": "ä"})

    assert requests[0][2] == b'{"Name": "\\u00e4"}'
    assert (answer.status, answer.json) == (200, {"a": 1.5})


def test_bytes_are_sent_as_they_are(heard):
    api, requests = heard
    api.request("POST", "/json", b"{half")

    assert requests[0][2] == b"{half"


def test_an_answer_that_is_not_json_is_its_text(heard):
    api, _ = heard
    answer = api.request("GET", "/missing")

    assert (answer.status, answer.json) == (404, "plain")


def test_a_server_that_is_away_is_told_with_what_to_do():
    api = SignedHttp("http://127.0.0.1:1/api", "us-east-1", "key", "secret")

    with pytest.raises(
        Unreachable, match=r"^http://127\.0\.0\.1:1/api does not answer; .* ministack"
    ):
        api.request("GET", "/json")


def test_a_query_is_encoded(heard):
    api, requests = heard
    api.request("GET", "/json", query={"cursor": "a+b/c=="})

    assert requests[0][1] == "/api/json?cursor=a%2Bb%2Fc%3D%3D"

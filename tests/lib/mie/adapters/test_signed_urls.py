"""Uploads and downloads through signed URLs, against a server of HTTP."""

import contextlib
import email
import email.policy
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mie.adapters import signed_urls
from mie.core.errors import Malformed, TooLarge, Unavailable


@contextlib.contextmanager
def server(*answers):
    """(status, body) in turn; yields the URL and the bodies that came."""
    waiting, came = list(answers), []

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self):
            came.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            status, body = waiting.pop(0)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listening.server_port}/", came
        finally:
            listening.shutdown()


def test_a_form_holds_its_fields_and_then_the_file_as_it_is():
    body = b'{"a": "\xc3\xbc\r\n--"}' * 1000
    with server((204, b"")) as (url, came):
        signed_urls.post_form(url, {"key": "private/ü", "policy": "abc="}, body)
    # the first line is the boundary, which the type of the whole names
    boundary = came[0].split(b"\r\n", 1)[0].removeprefix(b"--")
    head = b"Content-Type: multipart/form-data; boundary=" + boundary + b"\r\n\r\n"
    parts = email.message_from_bytes(head + came[0], policy=email.policy.HTTP).get_payload()
    names = [part.get_param("name", header="Content-Disposition") for part in parts]
    assert names == ["key", "policy", "file"]
    assert [part.get_payload(decode=True) for part in parts] == [
        "private/ü".encode(),
        b"abc=",
        body,
    ]


def test_s3_refuses_what_is_larger_than_the_form_allows():
    said = b"<Error><Code>EntityTooLarge</Code></Error>"
    with server((400, said)) as (url, _), pytest.raises(TooLarge, match="5 bytes"):
        signed_urls.post_form(url, {}, b"12345")


@pytest.mark.parametrize("status", [400, 403, 404])
def test_other_refusals_tell_their_status_and_never_the_url(status):
    with server((status, b"no"), (status, b"no")) as (url, _):
        for ask in (
            lambda: signed_urls.post_form(f"{url}?signature=x", {}, b""),
            lambda: signed_urls.fetch(f"{url}?signature=x"),
        ):
            with pytest.raises(Malformed, match=str(status)) as raised:
                ask()
            assert "signature" not in str(raised.value)


def test_what_got_no_answer_is_sent_again():
    with server((503, b""), (500, b""), (204, b"")) as (url, came):
        signed_urls.post_form(url, {"key": "k"}, b"body")
    assert len(came) == 3
    assert all(b"body" in one for one in came)
    with server((200, b"x")) as (url, _):
        assert signed_urls.fetch(url) == b"x"


def test_an_s3_that_never_answers_is_not_there():
    answers = [(503, b"")] * 3
    with server(*answers) as (url, _), pytest.raises(Unavailable, match="503"):
        signed_urls.fetch(url)
    # nobody listens there any more
    with pytest.raises(Unavailable):
        signed_urls.fetch(url)

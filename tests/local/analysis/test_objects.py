import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from moto import mock_aws

from analysis.objects import Objects, ObjectTooLarge, ObjectUnavailable, Place, parse_s3_uri


@pytest.fixture
def objects():
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="media")
        yield Objects("https://s3.us-east-1.amazonaws.com")


def test_what_was_put_is_read_again(objects):
    objects.put("media", "a b/ü.txt", b"text", "text/plain")
    assert objects.read("media", "a b/ü.txt", limit=4) == b"text"


def test_a_file_goes_in_and_comes_out_as_it_is(objects, tmp_path):
    (tmp_path / "in").write_bytes(bytes(range(256)) * 40_000)
    objects.put("media", "film", tmp_path / "in")
    size = objects.download("media", "film", tmp_path / "out", limit=20_000_000)
    assert (tmp_path / "out").read_bytes() == (tmp_path / "in").read_bytes()
    assert size == 10_240_000


def test_an_object_past_the_limit_leaves_no_file(objects, tmp_path):
    objects.put("media", "film", b"x" * 1_001)
    with pytest.raises(ObjectTooLarge):
        objects.download("media", "film", tmp_path / "out", limit=1_000)
    assert not (tmp_path / "out").exists()
    with pytest.raises(ObjectTooLarge):
        objects.read("media", "film", limit=1_000)


def test_objects_are_listed_by_the_beginning_of_their_keys(objects):
    for key in ("in/b", "in/a", "out/c"):
        objects.put("media", key, b"x")
    assert [one.key for one in objects.list("media", "in/")] == ["in/a", "in/b"]


def test_what_is_not_there_is_said_so(objects, tmp_path):
    with pytest.raises(ObjectUnavailable, match="media/none"):
        objects.read("media", "none", limit=1)
    with pytest.raises(ObjectUnavailable):
        objects.list("nobodys-bucket")
    with pytest.raises(ObjectUnavailable):
        objects.put("nobodys-bucket", "a", b"x")
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(ObjectUnavailable):
        objects.put("nobodys-bucket", "a", tmp_path / "file")
    assert objects.can_write_to("media")
    assert not objects.can_write_to("nobodys-bucket")


@pytest.mark.parametrize(
    "uri",
    [
        "s3://media/in/a b.mp4",
        "https://s3.amazonaws.com/media/in/a%20b.mp4",
        "https://s3.us-east-1.amazonaws.com/media/in/a%20b.mp4",
        "https://s3-us-east-1.amazonaws.com/media/in/a%20b.mp4",
        "https://media.s3.us-east-1.amazonaws.com/in/a%20b.mp4",
        "http://127.0.0.1:4566/media/in/a%20b.mp4",
    ],
)
def test_a_uri_names_a_place(uri):
    assert parse_s3_uri(uri) == Place("media", "in/a b.mp4")


def test_an_s3_uri_is_taken_as_it_stands():
    assert parse_s3_uri("s3://media/100%25 #1?.mp4").key == "100%25 #1?.mp4"


@pytest.mark.parametrize(
    "uri", ["", "media/key", "file:///etc/passwd", "https://example.com/media/key", "s3:///key"]
)
def test_other_uris_are_refused(uri):
    with pytest.raises(ValueError, match=r"URI|bucket"):
        parse_s3_uri(uri)


def test_the_size_of_an_object_is_told_without_reading_it(objects):
    objects.put("media", "five", b"12345")
    assert objects.size("media", "five") == 5
    with pytest.raises(ObjectUnavailable):
        objects.size("media", "nothing")


def test_a_link_is_signed_as_those_of_aws_are(objects):
    query = parse_qs(urlsplit(objects.signed_url("media", "a b/ü.txt", 900)).query)
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Expires"] == ["900"]


class _Accepting(BaseHTTPRequestHandler):
    def do_PUT(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()


def test_an_endpoint_that_is_starting_is_waited_for():
    with HTTPServer(("127.0.0.1", 0), _Accepting, bind_and_activate=False) as server:
        server.server_bind()
        starting = threading.Timer(1.5, lambda: (server.server_activate(), server.handle_request()))
        starting.start()
        Objects(f"http://127.0.0.1:{server.server_port}").put("bucket", "key", b"content")
        starting.join()

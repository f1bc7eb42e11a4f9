import http.client
import socket

import pytest
import urllib3

from analysis.aws_json import Services
from analysis.server import AnalysisServer

FACES = "RekognitionService.DetectFaces"
OPERATIONS = {"DetectFaces": lambda _: {"FaceDetails": []}}


def test_health_is_json(serve):
    with serve(OPERATIONS) as caller:
        answer = urllib3.request("GET", f"{caller.url}/health")
    assert (answer.status, answer.json()) == (200, {"models": {}})


def test_nothing_else_is_there_to_get(serve):
    with serve(OPERATIONS) as caller:
        assert urllib3.request("GET", f"{caller.url}/etc/passwd").status == 404


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "127.0.0.1:1", ""])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_name_that_points_at_loopback_is_not_answered(serve, host, method):
    with serve(OPERATIONS) as caller:
        answer = urllib3.request(
            method, f"{caller.url}/health", headers={"Host": host}, body=b"", retries=False
        )
    assert answer.status == 403


def test_localhost_is_another_name_of_it(serve):
    with serve(OPERATIONS) as caller:
        host = {"Host": f"localhost:{caller.port}"}
        assert urllib3.request("GET", f"{caller.url}/health", headers=host).status == 200


def test_a_body_past_its_limit_is_refused_in_the_services_words(serve):
    with serve(OPERATIONS, body_limit=1000, too_large="ImageTooLargeException") as caller:
        status, error, _ = caller.send(FACES, b"x" * 1_000_000)
        # and the server goes on
        assert urllib3.request("GET", f"{caller.url}/health").status == 200
    assert (status, error["__type"]) == (400, "ImageTooLargeException")


@pytest.mark.parametrize("length", [None, "-1", "many", "٣", "9" * 5_000])
def test_a_request_must_say_how_long_it_is(serve, length):
    with serve(OPERATIONS) as caller:
        connection = http.client.HTTPConnection("127.0.0.1", caller.port, timeout=10)
        connection.putrequest("POST", "/")
        connection.putheader("X-Amz-Target", FACES)
        if length is not None:
            connection.putheader("Content-Length", length.encode())
        connection.endheaders()
        assert connection.getresponse().status == 411
        connection.close()


def test_an_address_that_is_no_url_is_refused(serve):
    with serve(OPERATIONS) as caller:
        host = f"Host: 127.0.0.1:{caller.port}"
        connection = socket.create_connection(("127.0.0.1", caller.port), timeout=10)
        connection.sendall(f"POST http://[/ HTTP/1.1\r\n{host}\r\n\r\n".encode())
        assert connection.recv(12) == b"HTTP/1.1 400"
        connection.close()


def test_a_client_that_hangs_up_halfway_disturbs_nobody(serve):
    with serve(OPERATIONS) as caller:
        with socket.create_connection(("127.0.0.1", caller.port)) as half:
            half.sendall(
                f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{caller.port}\r\n"
                f"X-Amz-Target: {FACES}\r\nContent-Length: 500\r\n\r\n{{".encode()
            )
        assert urllib3.request("GET", f"{caller.url}/health").status == 200


def test_one_connection_serves_many_calls(serve):
    with serve(OPERATIONS) as caller:
        connection = http.client.HTTPConnection("127.0.0.1", caller.port, timeout=10)
        for _ in range(3):
            connection.request("GET", "/health")
            assert connection.getresponse().read()
        connection.close()


def test_it_does_not_listen_on_the_network():
    with pytest.raises(ValueError, match=r"0\.0\.0\.0"):
        AnalysisServer("0.0.0.0", 0, Services.of([]), dict)  # noqa: S104 - must be refused

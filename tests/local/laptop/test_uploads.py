import http.server
import threading

import pytest

from laptop import uploads


@pytest.fixture
def received():
    """The address of a server, and the bodies that it has got."""
    bodies = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_arguments):
            """Nobody reads it."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", bodies
        server.shutdown()


def test_a_form_has_its_fields_and_then_the_file(received, tmp_path):
    url, bodies = received
    path = tmp_path / "a.txt"
    path.write_bytes(b"hello\r\n--")
    answer = uploads.send({"url": url, "fields": {"key": "upload/ü"}}, 'a"b\n.txt', path)

    assert answer.status == 204
    boundary = bodies[0].split(b"\r\n")[0]
    assert bodies[0].split(boundary + b"\r\n")[1:] == [
        'Content-Disposition: form-data; name="key"\r\n\r\nupload/ü\r\n'.encode(),
        b'Content-Disposition: form-data; name="file"; filename="a%22b%0A.txt"\r\n\r\n'
        b"hello\r\n--\r\n" + boundary + b"--\r\n",
    ]

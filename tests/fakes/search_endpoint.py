"""A search endpoint in this process that answers every search in the same way."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NOTHING_FOUND = {"timed_out": False, "hits": {"hits": [], "total": {"value": 0, "relation": "eq"}}}


class Endpoint:
    """asked: path, headers and body of every request."""

    def __init__(self, status=200, answer=NOTHING_FOUND):
        self.status, self.answer, self.asked = status, answer, []


@contextlib.contextmanager
def listening(endpoint):
    """Its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            endpoint.asked.append((self.path, dict(self.headers), json.loads(body)))
            answer = endpoint.answer
            data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(endpoint.status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            """Tests print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()

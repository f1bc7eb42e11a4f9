"""A search endpoint in this process that answers every search in the same way."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# host -> the scope of its signature
SIGNED = {
    "search-mie-x.eu-west-1.es.amazonaws.com": "eu-west-1/es",
    "vpc-mie-x.us-gov-west-1.es.amazonaws.com": "us-gov-west-1/es",
    "search-mie-x.cn-north-1.es.amazonaws.com.cn": "cn-north-1/es",
    "search-mie-x.aos.ap-southeast-2.on.aws": "ap-southeast-2/es",
    "1tg2xudton46.us-west-2.aoss.amazonaws.com": "us-west-2/aoss",
    "1tg2xudton46.aoss.us-west-2.on.aws": "us-west-2/aoss",
}
UNSIGNED = (
    "http://search-mie-x.eu-west-1.es.amazonaws.com",
    "search.example.com",
    "https://amazonaws.com.example.com",
    "https://notamazonaws.com",
    "http://127.0.0.1:9200",
    "localhost:9200",
)

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

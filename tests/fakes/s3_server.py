"""An S3 endpoint for other processes: objects in memory, listed by prefix, no signatures."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


@contextmanager
def s3_server():
    """An endpoint URL, and its objects: content by "bucket/key"."""
    objects = {}

    class Endpoint(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self):
            objects[self.name] = self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(200)

        def do_HEAD(self):
            # every bucket is there
            found = "/" not in self.name.rstrip("/") or self.name in objects
            self.send_response(200 if found else 404)
            self.send_header("Content-Length", str(len(objects.get(self.name, b""))))
            self.end_headers()

        def do_GET(self):
            query = parse_qs(urlsplit(self.path).query)
            if "list-type" in query:
                self.answer(200, self.listing(query.get("prefix", [""])[0]))
            elif self.name in objects:
                self.answer(200, objects[self.name])
            else:
                self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

        def listing(self, prefix):
            start = f"{self.name.rstrip('/')}/"
            found = (
                f"<Contents><Key>{escape(name.removeprefix(start))}</Key>"
                f"<Size>{len(content)}</Size></Contents>"
                for name, content in sorted(objects.items())
                if name.startswith(start + prefix)
            )
            return f"<ListBucketResult>{''.join(found)}</ListBucketResult>".encode()

        @property
        def name(self):
            return unquote(urlsplit(self.path).path).removeprefix("/")

        def answer(self, status, body=b""):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", objects
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

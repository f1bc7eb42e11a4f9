"""A search endpoint in this process, as far as the consumer speaks with one."""

import contextlib
import json
import re
import threading
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_OF_A_DOCUMENT = "mapper_parsing_exception"


class Search:
    """What the endpoint knows.

    documents: (index, id) -> body. refusals: field Name -> what its writes get first, statuses or
    (status, type of the error). statuses: what the next requests are answered with instead.
    conflicts: how many documents the next deletions find written anew. largest: bytes of a
    request, more are refused.
    """

    def __init__(self):
        self.documents = {}
        self.templates = {}
        self.refusals = {}
        self.requests = []
        self.statuses = []
        self.conflicts = []
        self.largest = None
        self.sizes = []

    def of(self, index):
        return [body for (name, _), body in self.documents.items() if name == index]

    def answer(self, method, path, body):
        self.requests.append((method, path))
        self.sizes.append(len(body))
        if self.statuses:
            return self.statuses.pop(0), {"error": "unavailable"}
        if self.largest and len(body) > self.largest:
            return 413, {"error": "too large"}
        if method == "PUT" and path.startswith("/_index_template/"):
            self.templates[path.rsplit("/", 1)[1]] = json.loads(body)
            return 200, {"acknowledged": True}
        if path == "/_bulk":
            return 200, self._bulk(body)
        index, _, operation = path.strip("/").partition("/")
        if "*" not in index and index not in {name for name, _ in self.documents}:
            return 404, {"error": {"type": "index_not_found_exception"}, "status": 404}
        if operation == "_refresh":
            return 200, {}
        if operation == "_delete_by_query":
            conflicts = self.conflicts.pop(0) if self.conflicts else 0
            deleted = 0 if conflicts else self._delete(index, json.loads(body)["query"])
            return 200, {"deleted": deleted, "version_conflicts": conflicts, "failures": []}
        return 400, {"error": {"type": "unknown request"}, "status": 400}

    def _bulk(self, body):
        lines = [json.loads(line) for line in body.decode().splitlines()]
        answers = [
            self._write(action["index"], source)
            for action, source in zip(lines[::2], lines[1::2], strict=True)
        ]
        failed = any(one["status"] >= 400 for one in answers)
        return {"errors": failed, "items": [{"index": one} for one in answers]}

    def _write(self, place, source):
        refusals = self.refusals.get(source.get("Name"), [])
        if refusals:
            first = refusals.pop(0)
            status, kind = first if isinstance(first, tuple) else (first, _OF_A_DOCUMENT)
            return {**place, "status": status, "error": {"type": kind, "reason": "no"}}
        self.documents[place["_index"], place["_id"]] = source
        return {**place, "status": 201}

    def _delete(self, index, query):
        hit = [
            place
            for place, body in self.documents.items()
            if fnmatchcase(place[0], index) and _matches(query, body)
        ]
        for place in hit:
            del self.documents[place]
        return len(hit)


def _matches(query, body):
    """As far as the consumer asks: all terms of a filter, and not those of must_not."""
    if "term" in query:
        ((key, value),) = query["term"].items()
        return body.get(key) == value
    parts = query["bool"]
    return all(_matches(one, body) for one in parts["filter"]) and not any(
        _matches(one, body) for one in parts.get("must_not", [])
    )


@contextlib.contextmanager
def serving():
    """Yields the endpoint's URL and what it knows."""
    search = Search()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, answer = search.answer(self.command, re.sub(r"\?.*", "", self.path), body)
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_HEAD = _handle

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", search
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

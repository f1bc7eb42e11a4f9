"""HTTP in front of the table of services: loopback, bounded bodies, one thread a connection."""

import logging
import re
import socketserver
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from analysis.aws_json import CONTENT_TYPE, Services
from analysis.messages import Answer, Call, json_answer

LOG = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost")
# what is read and thrown away, so that a client that sends too much can still read the refusal
_DRAIN_LIMIT = 64 << 20
_DRAIN_CHUNK = 1 << 16
_LENGTH = re.compile(r"[0-9]{1,18}")
_IDLE_SECONDS = 60

Health = Callable[[], Mapping[str, Any]]


class AnalysisServer(ThreadingHTTPServer):
    """Listens on a loopback address; port 0 takes a free one (see `server_port`).

    Signatures are not verified: whoever reaches the loopback address may ask. A browser page
    cannot, because its requests name another host or need a permission that is not given.
    """

    daemon_threads = True

    def __init__(self, host: str, port: int, services: Services, health: Health) -> None:
        if host not in LOOPBACK:
            raise ValueError(f"host {host} is not a loopback address ({' or '.join(LOOPBACK)})")
        self.services = services
        self.health = health
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Bind without the base class's look-up of the host's name, which may ask the network."""
        socketserver.TCPServer.server_bind(self)
        host, self.server_port = self.server_address[:2]
        self.server_name = str(host)

    def is_own_host(self, header: str | None) -> bool:
        """Whether a Host header names this server, and not a name that points at loopback."""
        host, _, port = (header or "").rpartition(":")
        return host in LOOPBACK and port == str(self.server_port)


class _Handler(BaseHTTPRequestHandler):
    server: AnalysisServer
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    server_version = "mie-analysis"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer `GET /health`, or a call of a REST service."""
        if self.path == "/health" and self.server.is_own_host(self.headers.get("Host")):
            return self._send(json_answer(HTTPStatus.OK, self.server.health(), "application/json"))
        return self._answer(needs_length=False)

    def do_POST(self) -> None:
        """Answer a call of JSON 1.1 or of a REST service."""
        return self._answer(needs_length=True)

    def do_PUT(self) -> None:
        """Answer a call of a REST service."""
        return self._answer(needs_length=True)

    def do_DELETE(self) -> None:
        """Answer a call of a REST service."""
        return self._answer(needs_length=False)

    def _answer(self, needs_length: bool) -> None:
        if not self.server.is_own_host(self.headers.get("Host")):
            return self._refuse(HTTPStatus.FORBIDDEN, "This server answers to its own address only")
        try:
            call = Call.of(self.command, self.path, dict(self.headers.items()))
        except ValueError:
            return self._refuse(HTTPStatus.BAD_REQUEST, "The request line has no URL")
        if call.method != "POST" and not call.is_signed:
            return self._refuse(HTTPStatus.NOT_FOUND, f"There is no {call.path} here")
        length = self.headers.get("Content-Length", "" if needs_length else "0")
        if not _LENGTH.fullmatch(length):
            return self._refuse(HTTPStatus.LENGTH_REQUIRED, "A request needs a Content-Length")
        if int(length) > self.server.services.body_limit(call):
            self._drain(int(length))
            self.close_connection = True
            return self._send(self.server.services.refuse_body(call))
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return None
        return self._send(self._call(replace(call, body=body)))

    def _call(self, call: Call) -> Answer:
        try:
            return self.server.services.answer(call)
        # whatever breaks in a model or a library becomes the service's own internal error: the
        # caller gets an answer that its SDK understands, the log keeps the traceback
        except Exception:
            what = call.target or f"{call.method} {call.path}"
            LOG.exception("%s failed", what)
            code = "InternalServerError"
            message = f"{what} failed; the log of the analysis server says why"
            return json_answer(500, {"__type": code, "message": message}, CONTENT_TYPE, code)

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        # the body was not read, so that the connection cannot be used again
        self.close_connection = True
        self._send(json_answer(status, {"message": message}, "application/json"))

    def _send(self, answer: Answer) -> None:
        if answer.error is not None:
            what = self.headers.get("X-Amz-Target") or f"{self.command} {self.path}"
            LOG.info("%s refused: %s", what, answer.error)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        if answer.error is not None:
            self.send_header("x-amzn-ErrorType", answer.error)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)

    def _drain(self, length: int) -> None:
        remaining = min(length, _DRAIN_LIMIT)
        while remaining > 0:
            chunk = self.rfile.read(min(remaining, _DRAIN_CHUNK))
            if not chunk:
                return
            remaining -= len(chunk)

    def log_message(self, format: str, *args: object) -> None:
        """One line a request at DEBUG, through logging instead of standard error."""
        LOG.debug(format, *args)

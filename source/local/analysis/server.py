"""HTTP in front of the table of services: loopback, bounded bodies, one thread a connection."""

import json
import logging
import uuid
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from analysis import aws_json
from analysis.aws_json import Answer, Services

LOG = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# what is read and thrown away, so that a client that sends too much can still read the refusal
_DRAIN_LIMIT = 64 << 20
_IDLE_SECONDS = 60

Health = Callable[[], Mapping[str, Any]]


class AnalysisServer(ThreadingHTTPServer):
    """Listens on a loopback address; port 0 takes a free one (see `server_port`)."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host: str, port: int, services: Services, health: Health) -> None:
        if host not in LOOPBACK:
            raise ValueError(f"{host} is not a loopback address ({', '.join(LOOPBACK)})")
        self.services = services
        self.health = health
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Bind without the reverse look-up of the host's name, which may ask the network."""
        self.socket.setsockopt(*_REUSE_ADDRESS)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]

"""A running analysis server with operations that a test brings along."""

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass

import boto3
import pytest
import urllib3
from botocore.config import Config

from analysis.aws_json import Service, Services
from analysis.server import AnalysisServer


@dataclass(frozen=True)
class Caller:
    """Speaks to a server: as an SDK does, or with whatever bytes a test wants to send."""

    port: int

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def sdk(self, service="rekognition"):
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            # what is wrong is refused by the server, not by the client
            config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
        )

    def send(self, target, document, headers=None):
        """POST a document (JSON value, or bytes as they are): status, JSON, headers."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        answer = urllib3.request(
            "POST",
            self.url,
            body=body,
            headers={"X-Amz-Target": target, **(headers or {})},
            retries=False,
            timeout=30,
        )
        return answer.status, answer.json(), answer.headers


@contextmanager
def serving(*services):
    server = AnalysisServer("127.0.0.1", 0, Services.of(services), lambda: {"models": {}})
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield Caller(server.server_port)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def serve():
    """Start a server for `{operation: function}` of Rekognition; more arguments of Service."""

    @contextmanager
    def start(operations, name="rekognition", **limits):
        with serving(Service(name, operations, **limits)) as caller:
            yield caller

    return start

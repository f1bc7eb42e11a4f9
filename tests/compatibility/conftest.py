"""The engine under operators and consumers that were written for the original."""

import io
import json
from pathlib import Path

import pytest
from tests.deployed.conftest import definitions, stack, test_lambdas  # noqa: F401 - fixtures
from tests.lib.mie.adapters.dataplane_on_moto import clients_of_their_own, dataplane

from mie import aws
from mie_build import openapi

APP = Path(__file__).parents[2] / "source" / "dataplaneapi"


class Functions:
    """Lambda, with the data plane's function alone.

    lost: of how many of the next calls the answer gets lost, which the SDK then sends again.
    """

    def __init__(self, app):
        self._app = app
        self.lost = 0
        self.calls = 0

    def invoke(self, FunctionName, InvocationType, LogType, Payload):
        assert FunctionName == "dataplane-function"
        self.calls += 1
        answer = self._app(json.loads(Payload), None)
        if self.lost:
            self.lost -= 1
            return self.invoke(FunctionName, InvocationType, LogType, Payload)
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


@pytest.fixture(scope="module", autouse=True)
def clients():
    with clients_of_their_own():
        yield


@pytest.fixture
def s3(monkeypatch):
    with dataplane(monkeypatch) as client:
        yield client


@pytest.fixture
def functions(monkeypatch, s3):
    """The Dataplane API behind the helper library."""
    from chalicelib.dataplane_routes.wiring import ports

    functions = Functions(openapi.load(APP).app)
    client = aws.client
    monkeypatch.setenv("DataplaneEndpoint", "dataplane-function")
    monkeypatch.setattr(
        aws, "client", lambda service: functions if service == "lambda" else client(service)
    )
    ports.cache_clear()
    yield functions
    ports.cache_clear()

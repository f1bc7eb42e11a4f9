"""Operators as Lambda runs them: their folder on the path, AWS and the data plane replaced."""

import importlib
import sys
from pathlib import Path

import boto3
import pytest
from botocore.stub import Stubber

from mie import aws
from mie.adapters import lambda_api

OPERATORS = Path(__file__).resolve().parents[2] / "source" / "operators"


@pytest.fixture(scope="session")
def aws_session():
    """One for all operators: it keeps the services' models, which take long to load."""
    return boto3.Session("test", "test", region_name="us-east-1")


@pytest.fixture(autouse=True)
def environment(monkeypatch, aws_session):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("DataplaneEndpoint", "dataplane")
    monkeypatch.setenv("DATAPLANE_BUCKET", "bucket")
    # a session that another test made knows another environment
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", aws_session)
    aws.forget()
    yield
    aws.forget()


@pytest.fixture
def load(monkeypatch):
    """Imports a module of an operator's folder, anew, and forgets it afterwards."""
    before = set(sys.modules)

    def load(family, module):
        monkeypatch.syspath_prepend(OPERATORS / family)
        # "test" is also the name of a package of the standard library
        sys.modules.pop(module, None)
        return importlib.import_module(module)

    yield load
    for name in set(sys.modules) - before:
        if str(OPERATORS) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture
def stub():
    """A Stubber for the client that the operators will get of a service."""
    stubbers = []

    def stub(service):
        stubber = Stubber(aws.client(service))
        stubber.activate()
        stubbers.append(stubber)
        return stubber

    yield stub
    for stubber in stubbers:
        stubber.assert_no_pending_responses()


class FakeDataPlane:
    """Keeps what is stored: (asset, operator, workflow) -> results, or the list of their pages.

    pages: what has arrived of results that arrive in pages, by number.
    """

    def __init__(self):
        self.stored = {}
        self.pages = {}
        self.answer = (200, {"Status": "Success", "Bucket": "bucket", "Key": "key"})
        self.error = None

    def call(self, function, method, resource, path, *, body=None, path_params=None, query=None):
        assert (function, method, resource) == ("dataplane", "POST", "/metadata/{asset_id}")
        if self.error is not None:
            raise self.error
        if self.answer[0] == 200:
            series = (path_params["asset_id"], body["OperatorName"], body["WorkflowId"])
            self._store(series, body["Results"], query or {})
        return self.answer

    def _store(self, series, results, query):
        if not query:
            self.stored[series] = results
            return
        number = int(query["page"])
        pages = self.pages.setdefault(series, {})
        pages[number] = results
        if query.get("end") == "true":
            self.stored[series] = [pages[one] for one in range(number + 1)]


@pytest.fixture
def dataplane(monkeypatch):
    fake = FakeDataPlane()
    monkeypatch.setattr(lambda_api, "call", fake.call)
    return fake


@pytest.fixture
def event():
    """Makes the event of an operator."""

    def event(name, media, configuration=None, asset="asset-1", workflow="workflow-1"):
        return {
            "Name": name,
            "AssetId": asset,
            "WorkflowExecutionId": workflow,
            "Input": {"Media": media, "MetaData": {}},
            "Configuration": {"Enabled": True, **(configuration or {})},
            "Status": "Started",
            "MetaData": {},
            "Media": {},
        }

    return event

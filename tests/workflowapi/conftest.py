"""The Workflow API as API Gateway would call it, on AWS in the process."""

import io
import json
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import boto3
import pytest
from chalice.test import Client
from tests.fakes import control_plane as fakes
from tests.fakes.aws import control_plane, create_function

from mie import aws
from mie.core.operator_functions import TAG
from mie_build import openapi

# Those that the operators of these tests are made of.
FUNCTIONS = ("start", "monitor", "changed")
SOURCE = Path(__file__).parents[2] / "source" / "workflowapi"


@pytest.fixture(scope="session")
def application():
    return openapi.load(SOURCE)


@pytest.fixture
def environment():
    with control_plane() as variables:
        for name in FUNCTIONS:
            create_function(variables, name, **TAG)
        yield variables


@pytest.fixture
def lambdas(environment, monkeypatch):
    """The data plane's function on a dictionary; calls lists (function, invocation type)."""
    dataplane, calls = fakes.Dataplane(), []

    def invoke(**request):
        calls.append((request["FunctionName"], request["InvocationType"]))
        if request["InvocationType"] == "Event":
            return {"StatusCode": 202, "Payload": io.BytesIO(b"")}
        answer = _answer(dataplane, json.loads(request["Payload"]))
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(answer).encode())}

    monkeypatch.setattr(aws.client("lambda"), "invoke", invoke)
    return SimpleNamespace(assets=dataplane.assets, calls=calls)


def _answer(dataplane, event):
    if event["httpMethod"] == "POST":
        body = json.loads(event["body"])
        given, token = body["Input"], body.get("ClientRequestToken")
        made = dataplane.create_asset(given["MediaType"], given["S3Bucket"], given["S3Key"], token)
        return {"statusCode": 200, "body": json.dumps(made)}
    asset_id = event["pathParameters"]["asset_id"]
    if asset_id not in dataplane.assets:
        body = {"Code": "NotFoundError", "Message": f"no asset {asset_id}"}
        return {"statusCode": 404, "body": json.dumps(body)}
    if event["httpMethod"] == "DELETE":
        dataplane.delete_asset(asset_id)
        return {"statusCode": 200, "body": "Deleted"}
    return {"statusCode": 200, "body": json.dumps({"results": dataplane.get_asset(asset_id)})}


class Api:
    """Requests of the API; bodies are JSON unless they are bytes."""

    def __init__(self, client):
        self._http = client.http

    def __call__(self, method, path, body=None, headers=None, **query):
        given = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self._http.request(
            method,
            f"{path}?{urlencode(query)}" if query else path,
            headers={"Content-Type": "application/json", **(headers or {})},
            body=b"" if body is None else given,
        )
        return SimpleNamespace(
            status=answer.status_code, json=json.loads(answer.body), headers=answer.headers
        )


@pytest.fixture
def api(application, lambdas):
    with Client(application.app) as client:
        yield Api(client)


@pytest.fixture
def item(environment):
    """item(table variable, name): what DynamoDB really holds."""

    def read(variable, key, value):
        table = boto3.resource("dynamodb").Table(environment[variable])
        return table.get_item(Key={key: value}).get("Item")

    return read

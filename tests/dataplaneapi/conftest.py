"""The Dataplane API in this process, on moto."""

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from chalice.test import Client
from tests.lib.mie.adapters.dataplane_on_moto import BUCKET, clients_of_their_own, dataplane

from mie_build import openapi

APP = Path(__file__).parents[2] / "source" / "dataplaneapi"
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: dict

    @property
    def json(self):
        return json.loads(self.body)


@dataclass(frozen=True)
class Api:
    """The API with its bucket."""

    client: Client
    s3: object

    def request(self, method, path, body=None, query=None, headers=None):
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        url = f"{path}?{urlencode(query, doseq=True)}" if query else path
        with warnings.catch_warnings():
            # Chalice's local gateway lets every request pass, which is what these tests want
            warnings.filterwarnings("ignore", message="IAMAuthorizer is not a supported")
            answer = self.client.http.request(
                method, url, headers=headers or JSON, body=b"" if body is None else text
            )
        return Answer(answer.status_code, answer.body, answer.headers)

    def get(self, path, **query):
        return self.request("GET", path, query=query)

    def post(self, path, body, **query):
        return self.request("POST", path, body, query)

    def delete(self, path):
        return self.request("DELETE", path)

    def uploaded(self, key="upload/v.mp4", bucket=BUCKET, body=b"video"):
        self.s3.put_object(Bucket=bucket, Key=key, Body=body)
        return {"S3Bucket": bucket, "S3Key": key}

    def asset(self, key="upload/v.mp4"):
        """The id of a new asset."""
        answer = self.post("/create", {"Input": self.uploaded(key)})
        assert answer.status == 200, answer.body
        return answer.json["AssetId"]

    def store(self, asset_id, results, operator="labelDetection", workflow="w1", **query):
        body = {"OperatorName": operator, "WorkflowId": workflow, "Results": results}
        return self.post(f"/metadata/{asset_id}", body, **query)

    def stored_keys(self, prefix=""):
        listed = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [one["Key"] for one in listed.get("Contents", [])]


@pytest.fixture(scope="session")
def app():
    """The application, under a name that the other API's does not have."""
    return openapi.load(APP).app


@pytest.fixture(scope="module", autouse=True)
def clients():
    with clients_of_their_own():
        yield


@pytest.fixture
def api(app, monkeypatch):
    from chalicelib.dataplane_routes.wiring import ports

    with dataplane(monkeypatch) as s3, Client(app) as client:
        ports.cache_clear()
        yield Api(client, s3)
    ports.cache_clear()

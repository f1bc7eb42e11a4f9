"""The OpenAPI documents say what the APIs do, because they are made of what the APIs run.

After a change of routes, schemas or answers run ``deployment/write-openapi.sh`` and read the diff.
"""

import json

import pytest
from chalice.test import Client
from chalicelib.dataplane_routes import requests as dataplane_requests
from chalicelib.workflow_routes import requests as workflow_requests
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from mie.core.errors import BadRequest
from mie_build import openapi

REQUESTS = {"workflowapi": workflow_requests, "dataplaneapi": dataplane_requests}


@pytest.fixture(params=openapi.SOURCES, ids=lambda one: one.folder)
def source(request):
    return request.param


@pytest.fixture
def document(source):
    return json.loads(source.path.read_text())


@pytest.fixture
def app(source):
    return openapi.load(source.folder_path).app


def operations(document):
    """ "METHOD /path" -> operation."""
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def faults(document, schema, value):
    """What is wrong with a value; references are those of the document."""
    resolvable = {**schema, "components": document["components"]}
    return [error.message for error in Draft202012Validator(resolvable).iter_errors(value)]


def body_of(operation):
    """The name of the schema in schemas/ that a body is checked with, None without a body."""
    if "requestBody" not in operation:
        return None
    reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    return reference.rsplit("/", 1)[-1].removesuffix("Request").lower()


def call(app, name, query=""):
    """Calls a route with an empty object; the environment is empty, so it does not get far."""
    method, path = name.split(" ")
    with Client(app) as client:
        return client.http.request(
            method,
            path.replace("{", "").replace("}", "") + query,
            headers={"Content-Type": "application/json"},
            body=b"{}" if method in ("POST", "PUT") else b"",
        )


def test_a_kept_document_is_what_would_be_written_now(source):
    written = openapi.text_of(openapi.document(source))
    assert source.path.read_text() == written, "run deployment/write-openapi.sh"


def test_a_document_is_valid(document):
    OpenAPIV31SpecValidator(document).validate()


def test_every_route_is_documented_and_nothing_else(app, document):
    assert set(operations(document)) == set(openapi.routes_of(app))


def test_a_route_without_documentation_is_refused(source, app):
    routes = openapi.routes_of(app)
    with pytest.raises(openapi.Undocumented, match="POST /new"):
        openapi.describe(source, {**routes, "POST /new": routes["GET /version"]})


def test_documentation_without_a_route_is_refused(source, app):
    routes = openapi.routes_of(app)
    del routes["GET /version"]
    with pytest.raises(openapi.Undocumented, match="GET /version"):
        openapi.describe(source, routes)


def test_a_route_is_documented_as_signed_when_it_asks_for_a_signature(app, document):
    for name, operation in operations(document).items():
        method, path = name.split(" ")
        signed = app.routes[path][method].authorizer is not None
        assert operation["security"] == ([{"sigv4": []}] if signed else []), name
        assert signed == (path != "/"), name


def test_a_body_is_documented_by_the_schema_that_checks_it(source, app, document, monkeypatch):
    checked = []

    def record(schema):
        checked.append(schema)
        raise BadRequest("recorded")

    monkeypatch.setattr(REQUESTS[source.folder], "_validator", record)
    for name, operation in operations(document).items():
        checked.clear()
        call(app, name)
        documented = body_of(operation)
        assert [one.replace("_", "") for one in checked] == ([documented] if documented else []), (
            name
        )


def test_every_schema_is_used_and_has_examples_that_fit_it(source, document):
    schemas = document["components"]["schemas"]
    used = {body_of(operation) for operation in operations(document).values()} - {None}
    requests = {name for name in schemas if name.endswith("Request")}
    assert {name.removesuffix("Request").lower() for name in requests} == used
    for name in requests:
        assert schemas[name]["examples"], name
        for example in schemas[name]["examples"]:
            assert faults(document, schemas[name], example) == [], name


def test_examples_of_answers_fit_their_schemas(document):
    checked = 0
    for name, operation in operations(document).items():
        for content in operation["responses"]["200"]["content"].values():
            if "example" in content:
                assert faults(document, content["schema"], content["example"]) == [], name
                checked += 1
    assert checked > 5


def test_query_parameters_are_those_that_a_route_takes(app, document):
    for name, operation in operations(document).items():
        _, path = name.split(" ")
        if path == "/":
            continue
        parameters = operation.get("parameters", [])
        documented = [one["name"] for one in parameters if one["in"] == "query"]
        known = f"only {', '.join(documented)} can be" if documented else "no parameter can be"
        answer = json.loads(call(app, name, "?unknown=1").body)
        assert answer["Code"] == "BadRequestError", name
        assert answer["Message"].endswith(known), name


OVERRIDES = {
    "accepted": [
        {"labelDetection": {"Enabled": True, "MinConfidence": "80", "PollSeconds": 5}},
        {"TranscribeVideo": {"VocabularyFilterMethod": "mask", "MaxSpeakerLabels": None}},
        {"faceDetection": {"FaceAttributes": ["SMILE"]}, "mine": {"Threshold": 80}},
    ],
    "refused": [
        {"labelDetection": {"MinConfidense": 80}},
        {"labelDetection": {"MinConfidence": 101}},
        {"TranscribeVideo": {"VocabularyFilterMethod": "hide"}},
        {"faceDetection": {"FaceAttributes": ["SMILES"]}},
        {"Mediainfo": {"Threshold": 1}},
        {"Mediainfo": {"PollSeconds": 0}},
    ],
}


@pytest.mark.parametrize("kind", OVERRIDES)
def test_configurations_of_operators_are_documented_as_they_are_declared(kind):
    document = json.loads(openapi.SOURCES[0].path.read_text())
    schemas = document["components"]["schemas"]
    for overrides in OVERRIDES[kind]:
        stage = {"Name": "s", "Operations": ["x"], "Configuration": overrides}
        wrong = faults(document, schemas["StageRequest"], stage)
        assert bool(wrong) == (kind == "refused"), (overrides, wrong)
        run = {"Name": "wf", "Input": {}, "Configuration": {"s": overrides}}
        assert bool(faults(document, schemas["ExecutionRequest"], run)) == (kind == "refused")


def test_errors_have_the_statuses_of_the_application(document):
    for name, operation in operations(document).items():
        statuses = set(operation["responses"])
        assert {"200", "500"} <= statuses, name
        if operation["security"]:
            assert {"403", "429"} <= statuses, name
        if "requestBody" in operation:
            assert {"400", "413", "415"} <= statuses, name

"""Whatever the OpenAPI documents allow or forbid, no request breaks an API.

Requests are drawn from the documents, right ones and wrong ones, and sent signed. An answer is a
status that the document names, with a body of the schema that it gives, and never a 5xx. Draws are
the same in each run; ``MIE_FUZZ_EXAMPLES`` makes more of them for each route. What is deleted or
changed are definitions and assets of the test's own: a request that names any other is not sent.
"""

import json
import os
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
import requests
import schemathesis
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks
from tests.deployed.local_stack import ROOT, SAMPLE, Definitions

# alone: it removes what it finds made, whoever made it
pytestmark = [pytest.mark.deployed, pytest.mark.alone]

EXAMPLES = int(os.environ.get("MIE_FUZZ_EXAMPLES", "12"))
DOCUMENTS = {
    api: json.loads((ROOT / "docs" / "openapi" / f"{api}-api.json").read_text())
    for api in ("workflow", "dataplane")
}
ROUTES = [
    (api, path, method)
    for api, document in DOCUMENTS.items()
    for path, methods in document["paths"].items()
    for method in methods
]
# last those that delete, so that there is something to find before
ROUTES.sort(key=lambda route: route[2] == "delete")
CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    schemathesis.checks.not_a_server_error,
]
CHANGING = ("PUT", "DELETE")


class Signed(requests.auth.AuthBase):
    def __init__(self, facts):
        keys = Credentials(facts["access_key_id"], facts["secret_access_key"])
        self.signer = SigV4Auth(keys, "execute-api", facts["region"])

    def __call__(self, request):
        # AWS reads a query and encodes all of it before it verifies; botocore signs what is sent
        url = urlsplit(request.url)
        read = parse_qsl(url.query, keep_blank_values=True)
        request.url = url._replace(query=urlencode(read, quote_via=quote)).geturl()
        to_sign = AWSRequest(request.method, request.url, request.headers, request.body)
        self.signer.add_auth(to_sign)
        request.headers.update(dict(to_sign.headers.items()))
        return request


@dataclass(frozen=True)
class Target:
    """An API, and what of the stack's contents the requests may name.

    parameters: path parameter -> a value that names something of the test's own, where the path
    alone does not tell; names: the paths that do, and what it is called there. foreign: names of
    what is not the test's own.
    """

    schema: object
    base_url: str
    auth: Signed
    parameters: dict
    names: dict
    foreign: frozenset


@pytest.fixture(scope="module")
def targets(stack, test_lambdas):
    """Both APIs, each with something in it; what the requests made is removed at the end."""
    foreign = names(stack)
    limits = stack.workflow.request("GET", "/system/configuration").json
    made = Definitions(stack, test_lambdas)
    operator = made.operator("fuzz", "VideoSyncOKLambda")
    stage = made.stage("fuzz-stage", operator)
    workflow = made.workflow("fuzz-workflow", stage)
    execution = stack.run(workflow, "Video", SAMPLE)
    assert execution["Status"] == "Complete", execution.get("Message")
    assets = frozenset(stack.dataplane.request("GET", "/metadata").json["assets"])
    parameters = {
        "OperatorName": operator,
        "StageName": stage,
        "Id": execution["Id"],
        "Status": "Complete",
        "AssetId": execution["AssetId"],
        "asset_id": execution["AssetId"],
        "workflow_id": execution["Id"],
        "operator_name": operator,
    }
    by_path = {
        "/workflow/operation": operator,
        "/workflow/stage": stage,
        "/workflow": workflow,
        "/workflow/execution": workflow,
    }
    auth = Signed(stack.facts)
    yield {
        api: Target(
            schemathesis.openapi.from_dict(document),
            stack.facts[f"{api}_api"],
            auth,
            parameters,
            by_path,
            foreign | assets - {execution["AssetId"]},
        )
        for api, document in DOCUMENTS.items()
    }
    remove(stack, names(stack) - foreign)
    for parameter in limits:
        stack.workflow.request("POST", "/system/configuration", parameter)
    if not limits:
        default = {"Name": "MaxConcurrentWorkflows", "Value": 5}
        stack.workflow.request("POST", "/system/configuration", default)


def names(stack):
    """Of all definitions and executions."""
    return frozenset(
        one.get("Name") or one["Id"]
        for path in ("/workflow", "/workflow/stage", "/workflow/operation", "/workflow/execution")
        for one in stack.workflow.request("GET", path).json
    )


def remove(stack, made):
    for path in ("/workflow", "/workflow/operation", "/workflow/stage", "/workflow/execution"):
        for one in stack.workflow.request("GET", path).json:
            name = one.get("Name") or one["Id"]
            if name in made:
                stack.workflow.request("DELETE", f"{path}/{name}", query={"force": "true"})


def name_at(target, path):
    """What is called there; None where nothing has a name of its own."""
    places = [one for one in target.names if path.startswith(one)]
    return target.names[max(places, key=len)] if places else None


def cases(target, operation):
    """Requests that fit the document, that do not, and that name something that is there."""
    name = name_at(target, operation.path)
    parameters = {
        one.name: target.parameters.get(one.name, name) for one in operation.path_parameters
    }

    def with_name(case):
        if name and isinstance(case.body, dict) and "Name" in case.body:
            case.body = {**case.body, "Name": name}
        return case

    right = operation.as_strategy(GenerationMode.POSITIVE)
    wrong = operation.as_strategy(GenerationMode.NEGATIVE)
    there = operation.as_strategy(GenerationMode.POSITIVE, path_parameters=parameters)
    return st.one_of(right, wrong, there.map(with_name))


def named(case):
    """All that a request names."""
    body = case.body if isinstance(case.body, dict) else {}
    return {*map(str, (case.path_parameters or {}).values()), str(body.get("Name"))}


@pytest.mark.parametrize(("api", "path", "method"), ROUTES)
def test_no_request_breaks_a_route(targets, api, path, method):
    target = targets[api]
    operation = target.schema[path][method.upper()]

    @seed(3)
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases(target, operation))
    def send(case):
        assume(case.method.upper() not in CHANGING or not named(case) & target.foreign)
        answer = case.call(base_url=target.base_url, auth=target.auth, timeout=60)
        # that refusal is documented, too, and nothing would be tried
        assert answer.headers.get("x-amzn-errortype") != ["InvalidSignatureException"]
        case.validate_response(answer, checks=CHECKS)

    send()

"""The service routes, signed and deployed: the local AWS refuses, and the routes say so plainly."""

import json

import pytest
from tests.deployed.local_stack import ROOT

from mie.core.language_services import PROXIES

pytestmark = pytest.mark.deployed
SCHEMAS = ROOT / "source" / "workflowapi" / "chalicelib" / "workflow_routes" / "schemas"


def example(proxy):
    if proxy.schema is None:
        return None
    return json.loads((SCHEMAS / f"{proxy.schema}.json").read_text())["examples"][0]


@pytest.mark.parametrize("proxy", PROXIES, ids=lambda one: one.path)
def test_a_route_answers_or_says_what_the_service_said(stack, proxy):
    answer = stack.workflow.request(proxy.method, proxy.path, example(proxy))
    assert answer.status in (200, 400, 404), answer.json
    if answer.status != 200:
        assert proxy.service in answer.json["Message"]


@pytest.mark.parametrize("proxy", [one for one in PROXIES if one.schema], ids=lambda one: one.path)
def test_a_missing_field_is_named(stack, proxy):
    field, *_ = example(proxy)
    body = {key: value for key, value in example(proxy).items() if key != field}
    answer = stack.workflow.request(proxy.method, proxy.path, body)
    assert answer.status == 400
    assert field in answer.json["Message"]

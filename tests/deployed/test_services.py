"""The service routes, signed and deployed: the service answers, or the route says what it said."""

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


def test_a_terminology_goes_in_and_comes_out_again(stack):
    """The local AWS has no Translate of its own: the analysis server answers for it."""

    def call(route, **body):
        method = "GET" if route.startswith("list_") else "POST"
        answer = stack.workflow.request(method, f"/service/translate/{route}", body or None)
        assert answer.status == 200, answer.json
        return answer.json

    csv = "en,es\nBoulder Eats,Come Boulder\n"
    call("create_terminology", terminology_name="deployed-terms", terminology_csv=csv)
    found = call("download_terminology", terminology_name="deployed-terms")
    assert found == {"terminology": csv}
    listed = call("list_terminologies")["TerminologyPropertiesList"]
    assert "deployed-terms" in [one["Name"] for one in listed]
    call("delete_terminology", terminology_name="deployed-terms")


def test_a_vocabulary_goes_in_and_comes_out_again(stack, tmp_path):
    """The local AWS has no Transcribe of its own: the analysis server answers for it."""

    def call(route, **body):
        method = "GET" if route.startswith("list_") else "POST"
        answer = stack.workflow.request(method, f"/service/transcribe/{route}", body or None)
        assert answer.status == 200, answer.json
        return answer.json

    table = tmp_path / "places.txt"
    table.write_text("Phrase\tSoundsLike\tIPA\tDisplayAs\nBoulder\t\t\tBoulder\n")
    uri = f"s3://{stack.facts['dataplane_bucket']}/{stack.upload(table)}"
    name = {"vocabulary_name": "deployed-places"}
    call("create_vocabulary", **name, language_code="en-US", s3uri=uri)
    found = call("download_vocabulary", **name)["vocabulary"]
    assert found == [{"Phrase": "Boulder", "SoundsLike": "", "IPA": "", "DisplayAs": "Boulder"}]
    listed = call("list_vocabularies")["Vocabularies"]
    assert "deployed-places" in [one["VocabularyName"] for one in listed]
    call("delete_vocabulary", **name)
    assert call("list_language_models") == {"Models": []}

"""What the templates tell the data plane's functions is what their settings ask for."""

from pathlib import Path

import pytest

from mie import settings
from mie.adapters.assets import LOCK_INDEX
from mie_build import cfn_yaml

ROOT = Path(__file__).parents[2]
API = cfn_yaml.load((ROOT / "source" / "dataplaneapi" / "external_resources.yaml").read_text())
STREAMING = cfn_yaml.load(
    (ROOT / "cloudformation" / "media-insights-dataplane-streaming-stack.yaml").read_text()
)
FUNCTIONS = [
    (API, "APIHandler", settings.dataplane_settings),
    (STREAMING, "DynamoDBStreamingFunction", settings.stream_settings),
    (STREAMING, "ElasticsearchConsumer", settings.search_settings),
]
# Without them a function has a default, or does without.
OPTIONAL = {"botoConfig", "EXTERNAL_BUCKET_ARNS", "SEARCH_REFRESH_INTERVAL"}


@pytest.fixture
def clean(monkeypatch):
    """Nothing but what Lambda itself sets."""
    for name in ("DATAPLANE_TABLE_NAME", "DATAPLANE_BUCKET", "EXTERNAL_BUCKET_ARNS"):
        monkeypatch.delenv(name, raising=False)
    for name in ("FRAMEWORK_VERSION", "StreamName", "EsEndpoint", "DataplaneBucket", "botoConfig"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    settings.forget()
    yield monkeypatch
    settings.forget()


@pytest.mark.parametrize(("template", "function", "read"), FUNCTIONS)
def test_a_function_is_told_what_it_asks_for(clean, template, function, read):
    variables = template["Resources"][function]["Properties"]["Environment"]["Variables"]
    with pytest.raises(settings.MissingSetting):
        read()
    for name in variables:
        clean.setenv(name, "1")
    assert read()
    for name in {*variables} - OPTIONAL:
        with clean.context() as without:
            without.delenv(name)
            settings.forget()
            with pytest.raises(settings.MissingSetting, match=name):
                read()


@pytest.mark.parametrize(
    ("template", "role"),
    [(API, "ApiHandlerRole"), (STREAMING, "LambdaStreamRole"), (STREAMING, "ElasticConsumerRole")],
)
def test_a_role_names_its_actions(template, role):
    (policy,) = template["Resources"][role]["Properties"]["Policies"]
    actions = []
    for statement in policy["PolicyDocument"]["Statement"]:
        named = statement.get("Fn::If", (None, statement))[1]["Action"]
        actions += [named] if isinstance(named, str) else named
    assert actions
    assert not [action for action in actions if "*" in action]


def test_the_index_of_locks_is_that_of_the_table_and_may_be_queried():
    root = cfn_yaml.load((ROOT / "cloudformation" / "media-insights-stack.yaml").read_text())
    (index,) = root["Resources"]["DataplaneTable"]["Properties"]["GlobalSecondaryIndexes"]
    assert index["IndexName"] == LOCK_INDEX
    assert [one["AttributeName"] for one in index["KeySchema"]] == ["Locked", "LockedAt"]
    (policy,) = API["Resources"]["ApiHandlerRole"]["Properties"]["Policies"]
    (allowed,) = (
        one
        for one in policy["PolicyDocument"]["Statement"]
        if one.get("Action") == "dynamodb:Query"
    )
    assert allowed["Resource"]["Fn::Sub"].endswith(f"/index/{LOCK_INDEX}")


def test_a_named_request_is_held_longer_than_the_function_may_work_on_it():
    # who takes over from it is alone
    from chalicelib.dataplane_routes import assets

    assert API["Resources"]["APIHandler"]["Properties"]["Timeout"] < assets._LONGEST_SECONDS

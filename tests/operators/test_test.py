"""The test operators do what their names say."""

import re

import pytest
from tests.operators.conftest import OPERATORS

from MediaInsightsEngineLambdaHelper import MasExecutionError
from mie_build import cfn_yaml

TEMPLATE = OPERATORS.parents[1] / "cloudformation" / "media-insights-test-operations-stack.yaml"
FUNCTIONS = {
    name: resource["Properties"]["Handler"]
    for name, resource in cfn_yaml.load(TEMPLATE.read_text())["Resources"].items()
    if resource["Type"] == "AWS::Lambda::Function"
}
NAMES = sorted(FUNCTIONS)


@pytest.fixture
def run(load, event):
    module = load("test", "test")

    def run(function, **configuration):
        handler = FUNCTIONS[function].removeprefix("test.")
        return getattr(module, handler)(event("op-1", {}, configuration), None)

    return run


def media_type_of(function):
    return re.match(r"Video|Audio|Image|Text", function)[0]


def starts_a_job(function):
    return "Async" in function and "Monitor" not in function


def test_there_are_fourteen():
    assert len(NAMES) == 14
    assert len(set(FUNCTIONS.values())) == 14


@pytest.mark.parametrize("function", NAMES)
def test_the_status_is_what_the_name_says(run, function):
    expected = "Executing" if starts_a_job(function) else "Complete"
    assert run(function)["Status"] == ("Error" if "Fail" in function else expected)


@pytest.mark.parametrize("function", [one for one in NAMES if not starts_a_job(one)])
def test_the_medium_is_of_the_operators_type(run, function):
    media_type = media_type_of(function)
    key = f"S3/Key/From/op-1/{media_type.lower()}"
    location = {"S3Bucket": "S3BucketFromop-1", "S3Key": key}
    assert run(function)["Media"] == {media_type: location}
    assert run(function, OutputMediaType="Audio")["Media"] == {"Audio": location}


def test_metadata_carries_what_the_configuration_says(run):
    meta = {"Meta": "Workflow metadata for op-1"}
    assert run("VideoSyncOKLambda")["MetaData"] == {"op-1": meta}
    assert run("TextAsyncOKMonitorLambda", TestCustomConfig=0.5)["MetaData"] == {
        "op-1": {**meta, "TestCustomConfig": 0.5}
    }


def test_a_failure_says_why(run):
    assert run("VideoSyncFailLambda")["MetaData"]["op-1Error"] == "This operator always fails"


def test_a_wrong_configuration_is_raised(run):
    with pytest.raises(MasExecutionError) as raised:
        run("VideoSyncOKLambda", OutputMediaType=7)
    assert "OutputMediaType" in raised.value.args[0]["MetaData"]["Message"]

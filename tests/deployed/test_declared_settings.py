"""What operators declare of their configuration, whose text CloudFormation and forms send (O6)."""

import json

import pytest
from tests.deployed.test_custom_resources import UserStack

pytestmark = pytest.mark.deployed

SETTINGS = [
    {"Name": "Threshold", "Type": "Number", "Minimum": 0, "Maximum": 100, "Default": 50},
    {"Name": "Deep", "Type": "Boolean", "Default": True},
    {"Name": "List", "Type": "List", "Items": "Integer"},
    {"Name": "TestCustomConfig", "Type": "Integer", "Description": "Comes back as metadata."},
]
WRITTEN = {"Threshold": 80, "Deep": False, "List": [1, 2]}
ON = {"MediaType": "Video", "Enabled": True}


@pytest.fixture
def user(stack, definitions, test_lambdas):
    made = UserStack(stack, definitions.suffix, test_lambdas["VideoSyncOKLambda"])
    yield made
    made.delete()


@pytest.fixture
def declared(stack, definitions, test_lambdas):
    """An operator that declares its settings, with a stage and a workflow: their names."""
    name = f"declared-{definitions.suffix}"
    body = {
        "Name": name,
        "Type": "Sync",
        "Configuration": ON,
        "Settings": SETTINGS,
        "StartLambdaArn": test_lambdas["VideoSyncOKLambda"],
    }
    definitions.post("/workflow/operation", body)
    stage = definitions.stage("declared-one", name)
    return name, stage, definitions.workflow("declared-wf", stage)


def test_a_templates_values_keep_their_types(user):
    user.create(
        Operator={"Settings": SETTINGS, "Configuration": {**ON, **WRITTEN}},
        Stage={"Configuration": {user.operator: {"TestCustomConfig": 7}}},
    )
    made = user.get(f"/operation/{user.operator}").json
    assert made["Configuration"] == {**ON, **WRITTEN}
    assert made["Settings"] == SETTINGS
    stage = user.get(f"/stage/{user.stage}").json
    assert stage["Configuration"][user.operator] == {**ON, **WRITTEN, "TestCustomConfig": 7}


def test_so_do_those_of_an_operator_without_a_declaration_as_json_text(user):
    overrides = {user.operator: json.dumps({"Threshold": 90})}
    user.create(
        Operator={"Configuration": json.dumps({**ON, **WRITTEN})},
        Stage={"Configuration": overrides},
    )
    assert user.get(f"/operation/{user.operator}").json["Configuration"] == {**ON, **WRITTEN}
    stage = user.get(f"/stage/{user.stage}").json
    assert stage["Configuration"][user.operator] == {**ON, **WRITTEN, "Threshold": 90}


def test_text_of_a_request_reaches_the_operator_in_its_type(stack, declared):
    name, stage, workflow = declared
    given = {stage: {name: {"TestCustomConfig": "12"}}}
    execution = stack.run(workflow, "Video", configuration=given)
    assert execution["Status"] == "Complete", execution.get("Message")
    (output,) = execution["Workflow"]["Stages"][stage]["Outputs"]
    assert output["MetaData"][name]["TestCustomConfig"] == 12
    assert "Settings" not in json.dumps(execution)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"Treshold": 80}, "did you mean Threshold?"),
        ({"Threshold": 101}, "a Number from 0 to 100"),
        ({"Enable": False}, "did you mean Enabled?"),
    ],
)
def test_what_is_not_taken_is_told_before_anything_runs(stack, declared, values, words):
    name, stage, workflow = declared
    body = {
        "Name": workflow,
        "Input": {"Media": {"Video": {"S3Bucket": stack.facts["dataplane_bucket"], "S3Key": "x"}}},
        "Configuration": {stage: {name: values}},
    }
    answer = stack.workflow.request("POST", "/workflow/execution", body)
    assert answer.status == 400
    assert f"Configuration.{stage}.{name}.{next(iter(values))}: " in answer.json["Message"]
    assert words in answer.json["Message"]


def test_operators_of_the_library_have_their_declarations_and_defaults(stack):
    labels = stack.workflow.request("GET", "/workflow/operation/labelDetection").json
    row = next(one for one in labels["Settings"] if one["Name"] == "MinConfidence")
    assert (row["Type"], row["Minimum"], row["Maximum"]) == ("Number", 0, 100)
    transcribe = stack.workflow.request("GET", "/workflow/operation/TranscribeVideo").json
    assert transcribe["Configuration"] == {**ON, "TranscribeLanguage": "en-US"}
    stage = {"Name": "none", "Operations": ["Mediainfo"], "Configuration": {"Mediainfo": {"x": 1}}}
    answer = stack.workflow.request("POST", "/workflow/stage", stage)
    assert answer.status == 400
    assert "it takes no keys of its own" in answer.json["Message"]

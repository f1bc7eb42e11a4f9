"""Every conformance vector of the control plane, V1 to V34, through signed HTTP.

A vector that another test shows is not shown again: ``SHOWN_ELSEWHERE`` says which test it is. Some
of these are unit tests, because nobody can make SQS or DynamoDB fail from outside. All others are
tests of this file, named after their vector.
"""

import ast
import json
import re
import time
import uuid

import pytest
from tests.deployed.local_stack import ROOT

pytestmark = pytest.mark.deployed

_DEPLOYED = "tests/deployed/"
_ENGINE = "tests/lib/mie/engine/"
# vector -> the tests that show it
SHOWN_ELSEWHERE = {
    "V1": [f"{_DEPLOYED}test_bad_requests.py::test_the_front_page_takes_unsigned_requests"],
    "V6": [f"{_DEPLOYED}test_bad_requests.py::test_a_missing_field_is_named"],
    "V7": [f"{_DEPLOYED}test_bad_requests.py::test_a_second_definition_of_a_name_is_a_conflict"],
    "V9": [
        f"{_ENGINE}test_operations.py::test_an_operator_whose_stage_cannot_be_made_is_taken_back"
    ],
    "V10": [f"{_DEPLOYED}test_bad_requests.py::test_deleting_an_unknown_operation_is_a_warning"],
    "V11": [
        f"{_DEPLOYED}test_workflows.py::test_a_definition_that_is_used_is_deleted_only_by_force"
    ],
    "V18": ["tests/workflowapi/test_executions.py::test_a_queue_that_fails_ends_the_execution"],
    "V20": [f"{_DEPLOYED}test_bad_requests.py::test_an_execution_that_cannot_run_makes_no_asset"],
    "V23": [f"{_DEPLOYED}test_workflows.py::test_an_operator_for_another_medium_is_skipped"],
    "V25": [
        f"{_DEPLOYED}test_executions.py"
        "::test_twenty_executions_are_done_and_never_more_run_than_allowed"
    ],
    "V26": [
        f"{_DEPLOYED}test_executions.py::test_a_resumed_execution_completes_when_it_gets_its_slot"
    ],
    "V30": ["tests/workflowstream/test_workflowstream.py::test_each_change_of_status_is_told_once"],
    "V31": [
        f"{_ENGINE}test_machine_failures.py::test_the_message_tells_every_cause_the_newest_first"
    ],
    "V32": [
        "tests/lib/mie/core/test_operator_failures.py::test_an_event_without_outputs_stays_as_it_is",
        "tests/workflow/test_workers.py::test_a_failed_operator_is_described",
    ],
    "V33": [
        f"{_DEPLOYED}test_workflows.py::test_numbers_in_configuration_and_results_stay_numbers"
    ],
    "V34": [
        f"{_ENGINE}test_scheduling.py::test_a_start_that_is_refused_for_good_fails_that_execution_only"
    ],
}
VECTORS = {f"V{number}" for number in range(1, 35)}


def shown_here():
    """The vectors in the names of this file's tests, of which one may show two."""
    return {
        f"V{int(number)}"
        for name in globals()
        if name.startswith("test_v")
        for number in re.findall(r"_v(\d\d)", name)
    }


def test_every_vector_is_shown_once():
    assert shown_here() | set(SHOWN_ELSEWHERE) == VECTORS
    assert not shown_here() & set(SHOWN_ELSEWHERE)


@pytest.mark.parametrize("test", [one for tests in SHOWN_ELSEWHERE.values() for one in tests])
def test_a_test_that_is_referred_to_exists(test):
    path, name = test.split("::")
    tree = ast.parse((ROOT / path).read_text())
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


# Requests of the vectors


def call(stack, method, path, body=None, status=200, **query):
    answer = stack.workflow.request(method, path, body, query=query)
    assert answer.status == status, (answer.status, answer.json)
    return answer.json


def configure(stack, value, status=200):
    body = {"Name": "MaxConcurrentWorkflows", "Value": value}
    return call(stack, "POST", "/system/configuration", body, status)


def outputs(execution, stage):
    return {one["Name"]: one for one in execution["Workflow"]["Stages"][stage]["Outputs"]}


def operation(definitions, label="op", **changes):
    return {
        "Name": f"{label}-{definitions.suffix}",
        "Type": "Sync",
        "Configuration": {"MediaType": "Video", "Enabled": True},
        "StartLambdaArn": definitions.lambdas["VideoSyncOKLambda"],
        **changes,
    }


def test_v02_the_versions(stack):
    version = call(stack, "GET", "/version")
    assert set(version) == {"ApiVersion", "FrameworkVersion"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", version["ApiVersion"])
    assert version["FrameworkVersion"] == stack.outputs(stack.facts["stack_name"])["Version"]


def test_v03_a_limit_of_zero_is_refused(stack):
    message = configure(stack, 0, status=400)["Message"]
    assert "MaxConcurrentWorkflows must be a value > 1" in message


def test_v04_a_limit_of_two_is_kept(stack, limit):
    limit(2)
    assert {"Name": "MaxConcurrentWorkflows", "Value": 2} in call(
        stack, "GET", "/system/configuration"
    )


def test_v05_an_asynchronous_operator_without_monitor_is_refused(stack, definitions):
    body = operation(definitions, Type="Async")
    message = call(stack, "POST", "/workflow/operation", body, status=400)["Message"]
    assert "Key 'MonitorLambdaArn' is required" in message


def test_v08_an_operator_is_made_with_its_stage(stack, definitions):
    name = definitions.operator("op", "VideoSyncOKLambda")
    made = call(stack, "GET", f"/workflow/operation/{name}")
    assert made["StageName"] == f"_{name}"
    stage = call(stack, "GET", f"/workflow/stage/_{name}")
    assert (stage["Operations"], set(stage["Configuration"])) == ([name], {name})
    # what lets machines invoke it, instead of one policy for each operator
    tags = stack.client("lambda").list_tags(Resource=made["StartLambdaArn"])["Tags"]
    assert tags["mie:operator"] == "true"


def test_v12_an_operator_without_dependents_is_deleted_with_its_stage(stack, definitions):
    name = definitions.operator("op", "VideoSyncOKLambda")
    machine = call(stack, "GET", f"/workflow/stage/_{name}")["StateMachineArn"]
    assert call(stack, "DELETE", f"/workflow/operation/{name}")["Name"] == name
    call(stack, "GET", f"/workflow/operation/{name}", status=404)
    call(stack, "GET", f"/workflow/stage/_{name}", status=404)
    assert is_deleted(stack, machine)


def is_deleted(stack, machine):
    """Whether a state machine is gone, or will be."""
    machines = stack.client("stepfunctions")
    try:
        return machines.describe_state_machine(stateMachineArn=machine)["status"] == "DELETING"
    except machines.exceptions.StateMachineDoesNotExist:
        return True


def test_v13_a_forced_deletion_marks_the_workflows(stack, definitions):
    name = definitions.operator("op", "VideoSyncOKLambda")
    workflow = definitions.workflow("wf", f"_{name}")
    call(stack, "DELETE", f"/workflow/operation/{name}", force="true")
    marked = call(stack, "GET", f"/workflow/{workflow}")
    assert (marked["StaleStages"], marked["StaleOperations"]) == ([f"_{name}"], [name])


def test_v14_a_workflow_of_two_stages_is_one_machine(stack, definitions):
    name = definitions.operator("op", "VideoSyncOKLambda")
    first, second = (definitions.stage(label, name) for label in ("one", "two"))
    workflow = call(stack, "GET", f"/workflow/{definitions.workflow('wf', first, second)}")
    assert (workflow["Version"], workflow["Revisions"], workflow["Trigger"]) == ("v0", "1", "api")
    states = stack.client("stepfunctions")
    machine = states.describe_state_machine(stateMachineArn=workflow["StateMachineArn"])
    assert re.fullmatch(rf"{workflow['Name']}-[0-9a-f]{{8}}", machine["name"])
    assert "StepFunctionRole" in machine["roleArn"]
    tags = states.list_tags_for_resource(resourceArn=workflow["StateMachineArn"])["tags"]
    assert {"key": "environment", "value": "mie"} in tags
    definition = json.loads(machine["definition"])
    assert definition["StartAt"] == first
    end = definition["States"][f"Complete Stage {first}"]
    assert end["Next"] == second
    assert "End" not in end


def test_v15_an_update_by_name_alone_rebuilds_the_workflow(stack, definitions):
    name = definitions.operator("op", "VideoSyncOKLambda")
    stage = definitions.stage("one", name)
    workflow = definitions.workflow("wf", stage)
    path = "/workflow"
    versions = [call(stack, "PUT", path, {"Name": workflow})["Version"] for _ in range(2)]
    assert versions == ["v2", "v3"]
    assert stack.run(workflow, "Video")["Status"] == "Complete"


@pytest.mark.parametrize("ends", [0, 2])
def test_v16_a_workflow_ends_once(stack, definitions, ends):
    name = definitions.operator("op", "VideoSyncOKLambda")
    one, two = (definitions.stage(label, name) for label in ("one", "two"))
    links = [{"Next": two}, {"Next": one}] if ends == 0 else [{"End": True}, {"End": True}]
    body = {
        "Name": f"wf-{definitions.suffix}",
        "StartAt": one,
        "Stages": dict(zip((one, two), links, strict=True)),
    }
    assert "'End'" in call(stack, "POST", "/workflow", body, status=400)["Message"]


def test_v17_an_execution_is_queued_at_its_first_stage(stack, definitions):
    name = definitions.operator("op", "VideoSyncOKLambda")
    stage = definitions.stage("one", name)
    execution = stack.start(definitions.workflow("wf", stage), "Video")
    assert (execution["Status"], execution["CurrentStage"]) == ("Queued", stage)
    assert execution["Globals"]["Media"]["Video"]["S3Key"].startswith("private/assets/")
    assert stack.wait(execution["Id"])["Status"] == "Complete"


def test_v19_an_override_keeps_what_it_does_not_mention(stack, definitions):
    name = definitions.operator("op", "VideoSyncOKLambda", Kept=1, Replaced=1)
    stage = definitions.stage("one", name)
    override = {stage: {name: {"Replaced": 2, "Added": 3}}}
    execution = stack.run(definitions.workflow("wf", stage), "Video", configuration=override)
    assert outputs(execution, stage)[name]["Configuration"] == {
        "MediaType": "Video",
        "Enabled": True,
        "Kept": 1,
        "Replaced": 2,
        "Added": 3,
    }


def test_v21_of_two_operators_the_disabled_one_is_skipped(stack, definitions):
    enabled = definitions.operator("on", "VideoSyncOKLambda")
    disabled = definitions.operator("off", "VideoSyncOKLambda", Enabled=False)
    stage = definitions.stage("one", enabled, disabled)
    execution = stack.run(definitions.workflow("wf", stage), "Video")
    found = {name: one["Status"] for name, one in outputs(execution, stage).items()}
    assert found == {enabled: "Complete", disabled: "Skipped"}
    assert execution["Workflow"]["Stages"][stage]["Status"] == "Complete"
    assert execution["Status"] == "Complete"


def test_v22_a_stage_of_disabled_operators_is_complete(stack, definitions):
    names = [definitions.operator(f"off{n}", "VideoSyncOKLambda", Enabled=False) for n in (1, 2)]
    stage = definitions.stage("one", *names)
    execution = stack.run(definitions.workflow("wf", stage), "Video")
    assert {one["Status"] for one in outputs(execution, stage).values()} == {"Skipped"}
    assert execution["Status"] == "Complete"
    assert set(execution["Globals"]["Media"]) == {"Video"}


def test_v24_a_synchronous_operator_that_fails_ends_the_machine_too(stack, definitions):
    bad = definitions.operator("bad", "VideoSyncFailLambda")
    good = definitions.operator("good", "VideoSyncOKLambda")
    stages = [definitions.stage("one", bad), definitions.stage("two", good)]
    execution = stack.run(definitions.workflow("wf", *stages), "Video")
    assert execution["Status"] == "Error"
    assert outputs(execution, stages[0])[bad]["Status"] == "Error"
    states = {name: one["Status"] for name, one in execution["Workflow"]["Stages"].items()}
    assert states == {stages[0]: "Error", stages[1]: "Not Started"}
    assert machine_status(stack, execution) == "FAILED"


def machine_status(stack, execution):
    """Once it has ended: the record changes a moment before."""
    states = stack.client("stepfunctions")
    arn = execution["StateMachineExecutionArn"]
    for _ in range(40):
        status = states.describe_execution(executionArn=arn)["status"]
        if status != "RUNNING":
            break
        time.sleep(0.25)
    return status


@pytest.fixture
def deploy(stack):
    """Deploys custom resources of the engine as a stack of their own; returns (status, stack)."""
    cloudformation = stack.client("cloudformation")
    token = stack.outputs(stack.facts["stack_name"])["WorkflowCustomResourceArn"]
    made = []

    def create(resources):
        name = f"conformance-{uuid.uuid4().hex[:8]}"
        template = {
            "Resources": {
                key: {
                    "Type": "Custom::CustomResource",
                    "DependsOn": list(resources)[:number],
                    "Properties": {"ServiceToken": token, "ServiceTimeout": 60, **properties},
                }
                for number, (key, properties) in enumerate(resources.items())
            },
            "Outputs": {
                "Machine": {"Value": {"Fn::GetAtt": ["Workflow", "StateMachineArn"]}},
                "Name": {"Value": {"Fn::GetAtt": ["Workflow", "Name"]}},
            }
            if "Workflow" in resources
            else {},
        }
        cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
        made.append(name)
        for _ in range(240):
            (found,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
            if not found["StackStatus"].endswith("_IN_PROGRESS"):
                break
            time.sleep(0.25)
        return found["StackStatus"], name

    yield create
    for name in made:
        cloudformation.delete_stack(StackName=name)


def test_v27_v29_definitions_of_a_template(stack, definitions, deploy):
    """V27: "false" is false; V29: the text of Stages, the trigger, the attributes."""
    operator = operation(definitions, "cfn")
    operator["Configuration"] = {"MediaType": "Video", "Enabled": "false"}
    workflow = f"cfn-wf-{definitions.suffix}"
    status, name = deploy(
        {
            "Operator": {"ResourceType": "Operator", **operator},
            "Workflow": {
                "ResourceType": "Workflow",
                "Name": workflow,
                "StartAt": f"_{operator['Name']}",
                "Stages": json.dumps({f"_{operator['Name']}": {"End": True}}),
            },
        }
    )
    assert status == "CREATE_COMPLETE"
    made = call(stack, "GET", f"/workflow/operation/{operator['Name']}")
    assert made["Configuration"]["Enabled"] is False
    made = call(stack, "GET", f"/workflow/{workflow}")
    assert made["Trigger"] == "custom-resource"
    assert made["Stages"][f"_{operator['Name']}"]["End"] is True
    assert stack.outputs(name) == {"Machine": made["StateMachineArn"], "Name": workflow}


def test_v28_another_resource_type_fails_with_the_reason(stack, deploy):
    status, name = deploy({"Thing": {"ResourceType": "Thing", "Name": "thing"}})
    assert status in ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED")
    events = stack.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    reasons = " ".join(one.get("ResourceStatusReason", "") for one in events)
    assert "Unexpected resource type received from CloudFormation" in reasons


def test_a_name_in_a_path_is_decoded_once(stack, definitions):
    name = definitions.operator("op", "VideoSyncOKLambda")
    assert call(stack, "GET", f"/workflow/operation/{name}")["Name"] == name
    # it travels as %256F
    missing = call(stack, "GET", f"/workflow/operation/%6F{name[1:]}", status=404)
    assert f"'%6F{name[1:]}'" in missing["Message"]
    refused = call(stack, "GET", f"/workflow/operation/{'x' * 2_049}", status=400)
    assert refused["Message"].startswith("Name: this part of the path has 2049 bytes")


def test_lists_of_definitions_come_in_pages(stack, definitions):
    name = definitions.operator("op", "VideoSyncOKLambda")
    for path, key, expected in (
        ("/workflow/operation", "Operations", name),
        ("/workflow/stage", "Stages", f"_{name}"),
    ):
        found, query = [], {"limit": "1"}
        while True:
            page = call(stack, "GET", path, **query)
            found += [one["Name"] for one in page[key]]
            if "Cursor" not in page:
                break
            query = {**query, "cursor": page["Cursor"]}
        assert expected in found
        assert len(found) == len(set(found))

"""Workflows that are deleted while they run: by the API, in Step Functions, with their stack."""

import pytest

pytestmark = pytest.mark.deployed

ALWAYS_EXECUTING = ("VideoAsyncOKLambda", "VideoAsyncOKLambda")


@pytest.fixture
def running(stack, definitions):
    """The name of a workflow that does not end by itself, and the record of its execution."""
    name = definitions.operator("forever", *ALWAYS_EXECUTING, PollSeconds=1, TimeoutSeconds=600)
    workflow = definitions.workflow("deleted", definitions.stage("one", name))
    record = stack.start(workflow, "Video")
    return workflow, stack.wait(record["Id"], {"Started"})


def end_of(stack, record):
    ended = stack.wait(record["Id"])
    return ended["Status"], ended["Message"]


def runs_again(stack, workflow):
    """Whether an execution with all operators switched off completes."""
    stages = stack.workflow.request("GET", f"/workflow/configuration/{workflow}").json
    off = {
        stage: {operator: {"Enabled": False} for operator in operators}
        for stage, operators in stages.items()
    }
    return stack.run(workflow, "Video", configuration=off)["Status"] == "Complete"


def test_a_running_workflow_is_deleted_by_force_and_its_name_comes_back(
    stack, definitions, running
):
    workflow, record = running
    refused = stack.workflow.request("DELETE", f"/workflow/{workflow}")
    assert (refused.status, refused.json["Code"]) == (409, "ConflictError")
    assert f"{record['Id']} (Started)" in refused.json["Message"]
    forced = stack.workflow.request("DELETE", f"/workflow/{workflow}", query={"force": "true"})
    assert forced.status == 200, forced.json
    assert end_of(stack, record) == ("Error", "Cancelled by request")
    machines = stack.client("stepfunctions")
    arn = forced.json["StateMachineArn"]
    assert machines.describe_state_machine(stateMachineArn=arn)["status"] == "DELETING"
    assert definitions.workflow("deleted", *forced.json["Stages"]) == workflow
    assert machines.describe_state_machine(stateMachineArn=arn)["status"] == "ACTIVE"
    assert runs_again(stack, workflow)


def test_a_machine_that_somebody_deletes_fails_its_execution_and_is_built_anew(stack, running):
    workflow, record = running
    arn = record["Workflow"]["StateMachineArn"]
    stack.client("stepfunctions").delete_state_machine(stateMachineArn=arn)
    status, message = end_of(stack, record)
    assert (status, "has been deleted" in message) == ("Error", True), message
    refused = stack.run(workflow, "Video")
    assert (refused["Status"], "StateMachineD" in refused["Message"]) == ("Error", True)
    rebuilt = stack.workflow.request("PUT", "/workflow", {"Name": workflow})
    assert rebuilt.status == 200, rebuilt.json
    assert runs_again(stack, workflow)

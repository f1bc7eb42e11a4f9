"""Two deployments in one region and account know nothing of each other."""

import time

import pytest
from tests.deployed.local_stack import SAMPLE, Definitions, Stack

from laptop.build import TEMPLATE_BUCKET

pytestmark = pytest.mark.deployed

SECOND = "mie-second"
_PATIENCE_SECONDS = 300


@pytest.fixture
def second(stack):
    """Another root stack, of the templates that the first one was made of."""
    cloudformation = stack.client("cloudformation")
    (first,) = cloudformation.describe_stacks(StackName=stack.facts["stack_name"])["Stacks"]
    region, version = stack.facts["region"], stack.outputs(first["StackName"])["Version"]
    key = f"media_insights_engine/{version}/media-insights-stack.template"
    cloudformation.create_stack(
        StackName=SECOND,
        TemplateURL=f"https://s3.{region}.amazonaws.com/{TEMPLATE_BUCKET}/{key}",
        Parameters=first["Parameters"],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
    )
    try:
        assert settled(cloudformation, SECOND) == "CREATE_COMPLETE"
        yield stack_of(stack, SECOND)
    finally:
        delete(cloudformation, SECOND)


def settled(cloudformation, name):
    """The status of a stack when nothing is in progress any more; None when there is none."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        stacks = cloudformation.describe_stacks()["Stacks"]
        found = {one["StackName"]: one["StackStatus"] for one in stacks}.get(name)
        if found is None or not found.endswith("_IN_PROGRESS"):
            return found
        if time.monotonic() > deadline:
            pytest.fail(f"the stack {name} is still {found}")
        time.sleep(0.5)


def delete(cloudformation, name):
    cloudformation.delete_stack(StackName=name)
    assert settled(cloudformation, name) in (None, "DELETE_COMPLETE")


def stack_of(stack, name):
    """The clients of another deployment beside ``stack``."""
    outputs = stack.outputs(name)
    gateway = f"{stack.facts['endpoint_url']}/_aws/execute-api"
    return Stack.of(
        {
            **stack.facts,
            "stack_name": name,
            "workflow_api": f"{gateway}/{outputs['WorkflowApiRestID']}/api",
            "dataplane_api": f"{gateway}/{outputs['DataplaneApiRestID']}/api",
            "dataplane_bucket": outputs["DataplaneBucket"],
        }
    )


def define(stack: Stack, suffix: str) -> tuple[Definitions, str]:
    lambdas = stack.outputs(stack.outputs(stack.facts["stack_name"])["TestStack"])
    made = Definitions(stack, lambdas)
    # the same names in both deployments
    made.suffix = suffix
    operator = made.operator("twin", "VideoSyncOKLambda")
    return made, made.workflow("twin-wf", made.stage("twin-stage", operator))


def machine(stack, workflow):
    answer = stack.workflow.request("GET", f"/workflow/{workflow}")
    assert answer.status == 200, answer.json
    return answer.json["StateMachineArn"]


def test_two_stacks_work_side_by_side_and_one_goes_without_the_other(stack, second, definitions):
    first_made, workflow = define(stack, definitions.suffix)
    try:
        _, twin = define(second, definitions.suffix)
        assert twin == workflow

        machines = {machine(one, workflow) for one in (stack, second)}
        assert len({arn.rsplit("-", 1)[-1] for arn in machines}) == 2

        started = [one.start(workflow, "Video", SAMPLE) for one in (stack, second)]
        for one, own, foreign in (
            (stack, *started),
            (second, *reversed(started)),
        ):
            assert one.wait(own["Id"])["Status"] == "Complete"
            path = f"/workflow/execution/{foreign['Id']}"
            assert one.workflow.request("GET", path).status == 404
            assert one.dataplane.request("GET", f"/metadata/{foreign['AssetId']}").status == 404

        delete(stack.client("cloudformation"), SECOND)
        assert second.workflow.request("GET", "/version").status != 200
        assert stack.run(workflow, "Video", SAMPLE)["Status"] == "Complete"
    finally:
        first_made.remove()

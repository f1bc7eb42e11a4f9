"""Operators, stages and workflows as resources of a CloudFormation stack of a user."""

import json

import pytest
from botocore.exceptions import ClientError, WaiterError

pytestmark = pytest.mark.deployed


class UserStack:
    """A stack with one operator, one stage and one workflow."""

    def __init__(self, stack, suffix, start):
        self.stack, self.start = stack, start
        self.client = stack.client("cloudformation")
        self.name = f"user-{suffix}"
        self.operator, self.stage, self.workflow = (
            f"{one}-{suffix}" for one in ("op", "one", "wf")
        )
        self.token = stack.outputs(stack.facts["stack_name"])["WorkflowCustomResourceArn"]

    def template(self, **changes):
        """changes: logical id -> properties to lay over, or of a resource more; None for none."""
        resources = {
            "Operator": {
                "ResourceType": "Operator",
                "Name": self.operator,
                "Type": "Sync",
                "Configuration": {"MediaType": "Video", "Enabled": "true"},
                "StartLambdaArn": self.start,
            },
            "Stage": {
                "ResourceType": "Stage",
                "Name": self.stage,
                "Operations": [{"Fn::GetAtt": ["Operator", "Name"]}],
            },
            "Workflow": {
                "ResourceType": "Workflow",
                "Name": self.workflow,
                "StartAt": {"Fn::GetAtt": ["Stage", "Name"]},
                "Stages": {"Fn::Sub": '{"${Stage.Name}": {"End": true}}'},
            },
        }
        return json.dumps(
            {
                "Resources": {
                    key: {
                        "Type": "Custom::CustomResource",
                        "Properties": {
                            "ServiceToken": self.token,
                            **properties,
                            **changes.get(key, {}),
                        },
                    }
                    for key, properties in {**{one: {} for one in changes}, **resources}.items()
                    if changes.get(key, {}) is not None
                },
                "Outputs": {
                    **(
                        {"StageName": {"Value": {"Fn::GetAtt": ["Operator", "StageName"]}}}
                        if changes.get("Operator", {}) is not None
                        else {}
                    ),
                    "Machine": {"Value": {"Fn::GetAtt": ["Workflow", "StateMachineArn"]}},
                },
            }
        )

    def create(self, **changes):
        self.client.create_stack(StackName=self.name, TemplateBody=self.template(**changes))
        self._wait("stack_create_complete")

    def update(self, **changes):
        self.client.update_stack(StackName=self.name, TemplateBody=self.template(**changes))
        self._wait("stack_update_complete")

    def delete(self):
        self.client.delete_stack(StackName=self.name)
        self._wait("stack_delete_complete")

    def ids(self):
        found = self.client.describe_stack_resources(StackName=self.name)["StackResources"]
        return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found}

    def get(self, path):
        return self.stack.workflow.request("GET", f"/workflow{path}")

    def _wait(self, name):
        delays = {"Delay": 1, "MaxAttempts": 120}
        self.client.get_waiter(name).wait(StackName=self.name, WaiterConfig=delays)


@pytest.fixture
def user(stack, definitions, test_lambdas):
    made = UserStack(stack, definitions.suffix, test_lambdas["VideoSyncOKLambda"])
    yield made
    try:
        made.delete()
    except (ClientError, WaiterError) as error:
        pytest.fail(f"the stack {made.name} stays behind: {error}")


def test_resources_are_made_updated_and_deleted(stack, user):
    user.create()
    ids = user.ids()
    assert ids == {
        "Operator": f"mie-operator-{user.operator}",
        "Stage": f"mie-stage-{user.stage}",
        "Workflow": f"mie-workflow-{user.workflow}",
    }
    assert stack.outputs(user.name)["StageName"] == f"_{user.operator}"
    before = user.get(f"/{user.workflow}").json
    assert before["Trigger"] == "custom-resource"
    disabled = {"MediaType": "Video", "Enabled": "false"}
    user.update(Operator={"Configuration": disabled})
    assert user.ids() == ids
    operator = user.get(f"/operation/{user.operator}").json
    assert (operator["Configuration"]["Enabled"], operator["Version"]) == (False, "v1")
    rebuilt = user.get(f"/{user.workflow}").json
    assert (rebuilt["Id"], rebuilt["StaleOperations"]) == (before["Id"], [])
    assert stack.outputs(user.name)["Machine"] == rebuilt["StateMachineArn"]
    execution = stack.run(user.workflow, "Video")
    (output,) = execution["Workflow"]["Stages"][user.stage]["Outputs"]
    assert (execution["Status"], output["Status"]) == ("Complete", "Skipped")
    user.delete()
    for path in (f"/operation/{user.operator}", f"/stage/{user.stage}", f"/{user.workflow}"):
        assert user.get(path).status == 404


def outputs_of_a_run(stack, user):
    """Operator -> what it returned, and the configuration that it had."""
    execution = stack.run(user.workflow, "Video")
    assert execution["Status"] == "Complete", execution["Message"]
    stage = execution["Workflow"]["Stages"][user.stage]
    return {
        one["Name"]: (one["Status"], stage["Configuration"][one["Name"]].get("TestCustomConfig"))
        for one in stage["Outputs"]
    }


def test_after_an_update_the_next_run_does_what_the_template_says(stack, user, definitions):
    """An operator more in the stage, another default, an operator less: each without a word about
    the workflow. A workflow of somebody else is marked, and says how it is built anew."""
    user.create()
    theirs = definitions.workflow("theirs", user.stage)
    assert outputs_of_a_run(stack, user) == {user.operator: ("Complete", None)}

    names = [{"Fn::GetAtt": ["Operator", "Name"]}, {"Fn::GetAtt": ["More", "Name"]}]
    more = {
        "ResourceType": "Operator",
        "Name": f"more-{user.operator}",
        "Type": "Sync",
        # the first operator returns the medium Video
        "Configuration": {"MediaType": "Video", "Enabled": "true", "OutputMediaType": "Text"},
        "StartLambdaArn": user.start,
    }
    user.update(More=more, Stage={"Operations": names})
    assert outputs_of_a_run(stack, user) == {
        user.operator: ("Complete", None),
        more["Name"]: ("Complete", None),
    }

    default = {"MediaType": "Video", "Enabled": "true", "TestCustomConfig": "changed"}
    user.update(More=more, Stage={"Operations": names}, Operator={"Configuration": default})
    assert outputs_of_a_run(stack, user)[user.operator] == ("Complete", "changed")

    user.update(
        More={**more, "Configuration": default},
        Stage={"Operations": names[1:]},
        Operator=None,
    )
    assert outputs_of_a_run(stack, user) == {more["Name"]: ("Complete", "changed")}
    assert user.get(f"/operation/{user.operator}").status == 404

    marked = user.get(f"/{theirs}").json
    assert user.operator in marked["StaleOperations"]
    assert marked["Rebuild"] == f'PUT /workflow {{"Name": "{theirs}"}}'
    assert stack.workflow.request("PUT", "/workflow", {"Name": theirs}).status == 200
    assert "Rebuild" not in user.get(f"/{theirs}").json


def test_a_stack_is_deleted_while_its_workflow_runs_and_comes_back(stack, user, test_lambdas):
    start = test_lambdas["VideoAsyncOKLambda"]
    seconds = {"PollSeconds": "1", "TimeoutSeconds": "600"}
    forever = {
        "Type": "Async",
        "Configuration": {"MediaType": "Video", "Enabled": "true", **seconds},
        "StartLambdaArn": start,
        # it never says anything but Executing
        "MonitorLambdaArn": start,
    }
    user.create(Operator=forever)
    record = stack.start(user.workflow, "Video")
    stack.wait(record["Id"], {"Started"})
    user.delete()
    ended = stack.wait(record["Id"])
    assert (ended["Status"], ended["Message"]) == ("Error", "Cancelled by request")
    user.create()
    assert outputs_of_a_run(stack, user) == {user.operator: ("Complete", None)}


def test_another_name_is_a_replacement(user):
    user.create()
    user.update(Stage={"Name": f"{user.stage}-new"})
    assert user.ids()["Stage"] == f"mie-stage-{user.stage}-new"
    assert list(user.get(f"/{user.workflow}").json["Stages"]) == [f"{user.stage}-new"]
    assert user.get(f"/stage/{user.stage}-new").status == 200
    assert user.get(f"/stage/{user.stage}").status == 404


def test_a_stack_whose_name_is_taken_is_rolled_back_and_leaves_its_owner_alone(
    stack, user, definitions
):
    taken = definitions.operator("taken", "VideoSyncOKLambda")
    before = user.get(f"/operation/{taken}").json
    with pytest.raises(WaiterError):
        user.create(Operator={"Name": taken})
    user.delete()
    assert user.get(f"/operation/{taken}").json == before
    assert user.get(f"/stage/_{taken}").status == 200
    assert user.get(f"/stage/{user.stage}").status == 404

"""Deploying against a CloudFormation that says what a test wants to hear."""

import pytest
from botocore.exceptions import ClientError

from laptop import stacks
from laptop.places import Places
from laptop.problems import Problem

OUTPUTS = {"WorkflowCustomResourceArn": "arn", "OperatorLibraryStack": "library"}


class CloudFormation:
    """Every stack becomes ``result`` at once."""

    class exceptions:
        ClientError = ClientError

        class BucketAlreadyOwnedByYou(Exception):
            pass

    def __init__(self, result="CREATE_COMPLETE", **statuses):
        self.result = result
        self.statuses = statuses
        self.calls = []
        self.events = {}

    def client(self, _service):
        return self

    def create_bucket(self, **_):
        """It is there already."""
        raise self.exceptions.BucketAlreadyOwnedByYou

    def describe_stacks(self, **_):
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in OUTPUTS.items()]
        return {
            "Stacks": [
                {"StackName": name, "StackStatus": status, "Outputs": outputs}
                for name, status in self.statuses.items()
                if not _ or name == _["StackName"]
            ]
        }

    def create_stack(self, StackName, **_):
        self._deploy("create", StackName)

    def update_stack(self, StackName, **_):
        self._deploy("update", StackName)

    def delete_stack(self, StackName):
        self.calls.append(("delete", StackName))
        del self.statuses[StackName]

    def describe_stack_events(self, StackName):
        return {"StackEvents": self.events.get(StackName, [])}

    def _deploy(self, call, name):
        self.calls.append((call, name))
        self.statuses[name] = self.result


@pytest.fixture
def places(tmp_path):
    for folder in ("global-s3-assets", "regional-s3-assets"):
        (tmp_path / "dist" / folder).mkdir(parents=True)
    return Places(tmp_path)


def deploy(cloud, places, version="1"):
    stacks.deploy(cloud, places, target(version), lambda _: None)


def target(version="1"):
    return stacks.Target(version, "python3.11", None)


def failed(resource, reason):
    return {
        "LogicalResourceId": resource,
        "ResourceStatus": "CREATE_FAILED",
        "ResourceStatusReason": reason,
    }


def test_the_engine_and_both_workflows_are_deployed(places):
    cloud = CloudFormation()

    deploy(cloud, places)
    assert stacks.stack_outputs(cloud) == OUTPUTS
    created = [("create", name) for name in ("mie", "mie-image-workflow", "mie-video-workflow")]
    assert cloud.calls == created


def test_as_long_as_it_is_not_noted_nobody_knows_what_is_deployed(places):
    assert not stacks.is_deployed(places, target())
    stacks.mark_deployed(places, target())
    assert stacks.is_deployed(places, target())
    assert not stacks.is_deployed(places, target("2"))

    deploy(CloudFormation(), places)
    assert not stacks.is_deployed(places, target())


def test_what_another_command_has_begun_is_waited_for(places):
    cloud = CloudFormation(mie="UPDATE_IN_PROGRESS")
    asked = cloud.describe_stacks

    def describe_stacks(**named):
        answer = asked(**named)
        cloud.statuses["mie"] = "UPDATE_COMPLETE"
        return answer

    cloud.describe_stacks = describe_stacks
    deploy(cloud, places)

    assert cloud.calls[0] == ("update", "mie")


def test_another_version_updates_the_stacks(places):
    cloud = CloudFormation()
    deploy(cloud, places)
    cloud.calls.clear()
    deploy(cloud, places, version="2")

    assert {call for call, _ in cloud.calls} == {"update"}


def test_a_stack_that_the_local_aws_has_forgotten_is_missed(places):
    assert not stacks.exists(CloudFormation())
    assert stacks.exists(CloudFormation(mie="CREATE_COMPLETE"))


def test_a_broken_stack_is_deleted_and_made_anew(places):
    cloud = CloudFormation(mie="ROLLBACK_COMPLETE")
    deploy(cloud, places)

    assert cloud.calls[:2] == [("delete", "mie"), ("create", "mie")]


def test_a_failure_names_the_first_resource_that_failed(places):
    cloud = CloudFormation(result="ROLLBACK_COMPLETE")
    # the newest event comes first
    cloud.events["mie"] = [failed("Later", "cancelled"), failed("Table", "no such key")]

    with pytest.raises(Problem, match="mie ended in ROLLBACK_COMPLETE: Table: no such key"):
        deploy(cloud, places)


def test_a_failure_in_a_nested_stack_names_its_resource(places):
    cloud = CloudFormation(result="ROLLBACK_COMPLETE", **{"mie-Library-1": "CREATE_FAILED"})
    cloud.events["mie"] = [failed("Library", "embedded stack failed")]
    cloud.events["mie-Library-1"] = [failed("Role", "no such action")]

    with pytest.raises(Problem, match=r"Role: no such action \(in mie-Library-1\)"):
        deploy(cloud, places)


def test_after_a_failure_nothing_counts_as_deployed(places):
    stacks.mark_deployed(places, target())
    with pytest.raises(Problem):
        deploy(CloudFormation(result="ROLLBACK_COMPLETE"), places, version="2")

    assert not stacks.is_deployed(places, target())


def test_a_refused_stack_is_a_problem(places):
    cloud = CloudFormation()
    answer = {"Error": {"Code": "ValidationError", "Message": "Template error"}}

    def refuse(**_):
        raise ClientError(answer, "CreateStack")

    cloud.create_stack = refuse
    with pytest.raises(Problem, match=r"the stack mie was refused: .*Template error"):
        deploy(cloud, places)

"""What CloudFormation knows of stacks."""

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from tests.fakes.aws import control_plane

from mie import aws
from mie.adapters.stacks import CloudFormationStacks
from mie.core.errors import TooManyRequests

ROOT = "arn:aws:cloudformation:us-east-1:000000000000:stack/root/1"


@pytest.fixture
def stub():
    with control_plane(), Stubber(aws.client("cloudformation")) as stub:
        yield stub
        stub.assert_no_pending_responses()


def described(**facts):
    return {"Stacks": [{"StackName": "s", "CreationTime": 0, "StackStatus": "OK", **facts}]}


def test_the_root_of_a_nested_stack_is_asked_for_once(stub):
    nested = f"{ROOT}-nested"
    answer = described(StackId=nested, RootId=ROOT, ParentId=f"{ROOT}-between")
    stub.add_response("describe_stacks", answer, {"StackName": nested})
    stacks = CloudFormationStacks()
    assert [stacks.root(nested) for _ in range(2)] == [ROOT, ROOT]


def test_a_stack_in_no_other_is_its_own_root(stub):
    stub.add_response("describe_stacks", described(StackId=ROOT), {"StackName": ROOT})
    assert CloudFormationStacks().root(ROOT) == ROOT


def test_a_stack_that_is_gone_is_its_own_root(stub):
    gone = f"{ROOT}-gone"
    stub.add_client_error("describe_stacks", "ValidationError", f"{gone} does not exist")
    assert CloudFormationStacks().root(gone) == gone


def test_a_stack_that_cannot_be_asked_for_now_is_told_so(stub):
    stub.add_client_error("describe_stacks", "Throttling", "Rate exceeded")
    with pytest.raises(TooManyRequests, match="cannot be asked for"):
        CloudFormationStacks().root(f"{ROOT}-busy")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("AccessDenied", "not allowed"),
        ("ValidationError", "1 validation error detected: Value at 'stackName'"),
    ],
)
def test_any_other_refusal_is_none_of_that(stub, code, words):
    stub.add_client_error("describe_stacks", code, words)
    with pytest.raises(ClientError, match=words):
        CloudFormationStacks().root(f"{ROOT}-other")

"""The roles of the templates are what lets the functions work."""

import json

import pytest

# alone: it takes permissions away
pytestmark = [pytest.mark.deployed, pytest.mark.alone]


@pytest.fixture
def without_permission(stack):
    """Takes actions out of the role of a function, and puts them back."""
    iam = stack.client("iam")
    changed = []

    def take(function, action):
        role = stack.client("lambda").get_function_configuration(FunctionName=function)["Role"]
        name = role.rsplit("/", 1)[-1]
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            changed.append((name, policy, document))
            kept = [one for one in document["Statement"] if action not in as_list(one["Action"])]
            put(name, policy, {**document, "Statement": kept})

    def put(name, policy, document):
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))

    yield take
    for name, policy, document in changed:
        put(name, policy, document)


def as_list(value):
    return value if isinstance(value, list) else [value]


def function_of(stack, operator):
    operation = stack.workflow.request("GET", f"/workflow/operation/{operator}").json
    return operation["StartLambdaArn"].rsplit(":", 1)[-1]


def test_an_operator_fails_without_the_permission_that_its_role_gives(stack, without_permission):
    without_permission(function_of(stack, "MediainfoImage"), "s3:GetObject")
    execution = stack.run("CasImageWorkflow")
    assert execution["Status"] == "Error"
    assert "MediainfoImage" in execution["Message"]


def test_and_works_again_with_it(stack):
    assert stack.run("CasImageWorkflow")["Status"] == "Complete"

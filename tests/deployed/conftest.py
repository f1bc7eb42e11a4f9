"""The stack that run-tests.sh started."""

import json
import os
from pathlib import Path

import pytest
from tests.deployed.local_stack import ROOT, Definitions, Functions, Stack

DEFAULT_LIMIT = 5


def pytest_collection_modifyitems(items):
    for item in items:
        if "limit" in getattr(item, "fixturenames", ()):
            # others would wait for the slots that it takes away
            item.add_marker(pytest.mark.alone)


@pytest.fixture(scope="session")
def stack():
    state = Path(os.environ.get("MIE_STATE", ROOT / ".mie"))
    try:
        facts = json.loads((state / "local.json").read_text())
    except FileNotFoundError:
        pytest.fail("no stack is running; deployment/run-tests.sh starts one")
    return Stack.of(facts)


@pytest.fixture(scope="session")
def test_lambdas(stack):
    """Output name -> ARN of the operators that DeployTestResources deploys."""
    return stack.outputs(stack.outputs(stack.facts["stack_name"])["TestStack"])


@pytest.fixture
def limit(stack):
    """Sets MaxConcurrentWorkflows; the default comes back after the test."""

    def set_to(value):
        body = {"Name": "MaxConcurrentWorkflows", "Value": value}
        answer = stack.workflow.request("POST", "/system/configuration", body)
        assert (answer.status, answer.json) == (200, {})

    yield set_to
    set_to(DEFAULT_LIMIT)


@pytest.fixture
def functions(stack, test_lambdas):
    """Makes Lambda functions of source texts, as authors of operators do, and removes them."""
    made = Functions(stack, test_lambdas["VideoSyncOKLambda"])
    yield made
    made.remove()


@pytest.fixture
def definitions(stack, test_lambdas):
    """Makes operators, stages and workflows under names of their own, and removes them."""
    made = Definitions(stack, test_lambdas)
    yield made
    made.remove()


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

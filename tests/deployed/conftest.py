"""The stack that run-tests.sh started."""

import json
import os
from pathlib import Path

import pytest
from tests.deployed.local_stack import ROOT, Definitions, Stack

from laptop.signed_http import SignedHttp


@pytest.fixture(scope="session")
def stack():
    state = Path(os.environ.get("MIE_STATE", ROOT / ".mie"))
    try:
        facts = json.loads((state / "local.json").read_text())
    except FileNotFoundError:
        pytest.fail("no stack is running; deployment/run-tests.sh starts one")
    keys = (facts["region"], facts["access_key_id"], facts["secret_access_key"])
    return Stack(
        facts, SignedHttp(facts["workflow_api"], *keys), SignedHttp(facts["dataplane_api"], *keys)
    )


@pytest.fixture(scope="session")
def test_lambdas(stack):
    """Output name -> ARN of the operators that DeployTestResources deploys."""
    return stack.outputs(stack.outputs(stack.facts["stack_name"])["TestStack"])


@pytest.fixture
def definitions(stack, test_lambdas):
    """Makes operators, stages and workflows under names of their own, and removes them."""
    made = Definitions(stack, test_lambdas)
    yield made
    made.remove()

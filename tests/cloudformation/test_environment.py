"""Each function's environment holds every variable that its code asks for."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "source" / "lib" / "mie" / "settings.py"

# which settings a function reads, by the function's logical id
READS = {
    "WorkflowAPIHandler": "api_settings",
    "WorkflowCustomResource": "api_settings",
    "DataplaneAPIHandler": "dataplane_settings",
    "Copier": "copy_settings",
    "WorkflowScheduler": "worker_settings",
    "CompleteStageLambda": "worker_settings",
    "StartWaitOperationLambda": "worker_settings",
    "CheckWaitOperationLambda": "worker_settings",
    "WorkflowErrorHandlerLambda": "worker_settings",
    "WorkflowExecutionStreamingFunction": "notification_settings",
}


def required(function):
    """The names that a function of mie.settings requires."""
    tree = ast.parse(SETTINGS.read_text())
    (found,) = (
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function
    )
    return {
        call.args[0].value
        for call in ast.walk(found)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "_required"
    }


@pytest.fixture(scope="module")
def environments(built):
    return {
        logical_id: one["Properties"].get("Environment", {}).get("Variables", {})
        for template in built.values()
        for logical_id, one in template["Resources"].items()
        if one["Type"] == "AWS::Lambda::Function"
    }


@pytest.mark.parametrize(("logical_id", "settings"), READS.items())
def test_a_function_is_told_what_it_asks_for(environments, logical_id, settings):
    assert len(required(settings)) >= 2
    assert required(settings) <= set(environments[logical_id])
    assert "botoConfig" in environments[logical_id]


# what CloudFormation puts in its place, which is a text as well
IN_PLACE = {
    "Ref",
    "Fn::Sub",
    "Fn::GetAtt",
    "Fn::If",
    "Fn::FindInMap",
    "Fn::ImportValue",
    "Fn::Select",
    "Fn::Join",
}
# about the length of the longest ARN or address that stands for one of them
LONGEST = 200


def test_what_a_function_is_told_is_text(environments):
    """Lambda takes no other; CloudFormation makes its own texts of numbers and truths."""
    found = 0
    for logical_id, variables in environments.items():
        for name, value in variables.items():
            assert isinstance(value, str) or set(value) <= IN_PLACE, (logical_id, name, value)
            found += 1
    assert found > 50


def test_what_a_function_is_told_fits_into_four_kilobytes(environments):
    for logical_id, variables in environments.items():
        sizes = [
            len(name) + (len(value) if isinstance(value, str) else LONGEST) + len('"":"",')
            for name, value in variables.items()
        ]
        assert sum(sizes) < 4_096, logical_id

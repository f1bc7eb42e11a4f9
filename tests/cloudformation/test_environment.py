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
        logical_id: set(one["Properties"].get("Environment", {}).get("Variables", {}))
        for template in built.values()
        for logical_id, one in template["Resources"].items()
        if one["Type"] == "AWS::Lambda::Function"
    }


@pytest.mark.parametrize(("logical_id", "settings"), READS.items())
def test_a_function_is_told_what_it_asks_for(environments, logical_id, settings):
    assert len(required(settings)) >= 2
    assert required(settings) <= environments[logical_id]
    assert "botoConfig" in environments[logical_id]

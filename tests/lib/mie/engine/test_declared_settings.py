"""What operators declare of their configuration, from the registration to the execution."""

import json

import pytest
from tests.fakes.control_plane import World
from tests.fakes.definitions import SOURCE, define, operation, output, run, workflow

from mie.core.errors import BadRequest
from mie.core.executions import machine_input
from mie.engine import executions, operations, stages, workflows
from mie.engine.completion import StageFailed, complete_stage
from mie.engine.dependents import Choice
from mie.engine.execution_retries import retry
from mie.engine.scheduling import fill_slots

SETTINGS = [
    {"Name": "Threshold", "Type": "Integer", "Maximum": 100, "Description": "How sure."},
    {"Name": "Deep", "Type": "Boolean", "Default": False},
]
DECLARED = operation("a", Settings=SETTINGS)


@pytest.fixture
def world():
    """wf: s1 runs a, of which it makes the Threshold 90; s2 runs b, which declares nothing."""
    world = World()
    ports = world.definition_ports
    operations.create(ports, DECLARED)
    operations.create(ports, operation("b"))
    given = {"a": {"Threshold": "90"}}
    stages.create(ports, {"Name": "s1", "Operations": ["a"], "Configuration": given})
    stages.create(ports, {"Name": "s2", "Operations": ["b"]})
    workflows.create(ports, workflow("wf", "s1", "s2"), "api")
    return world


def stored(world):
    """All definitions, to see that nothing changed."""
    tables = (world.operations, world.stages, world.workflows)
    return json.dumps([table.items for table in tables]), len(world.machines.versions)


def test_an_execution_reads_text_by_the_declarations(world):
    execution = run(world, Configuration={"s1": {"a": {"Threshold": "7", "Deep": "true"}}})
    read = execution["Workflow"]["Stages"]["s1"]["Configuration"]["a"]
    assert (read["Threshold"], read["Deep"]) == (7, True)


def test_so_does_one_in_the_wrapped_form(world):
    wrapped = {"s1": {"Operations": {"a": {"Threshold": "7"}}}}
    execution = run(world, Configuration=wrapped)
    assert execution["Workflow"]["Stages"]["s1"]["Configuration"]["a"]["Threshold"] == 7


def test_neither_the_record_nor_the_machine_has_the_declarations(world):
    execution = run(world)
    assert "Settings" not in json.dumps(execution)
    assert "Settings" not in json.dumps(machine_input(execution, "s1"))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"Treshold": 1}, r"Configuration\.s1\.a\.Treshold: the operator 'a' .* Threshold\?"),
        ({"Threshold": 101}, r"Configuration\.s1\.a\.Threshold: .* an Integer to 100"),
        ({"Threshold": "much"}, r"Configuration\.s1\.a\.Threshold: .* got 'much'"),
        ({"Enable": False}, r"Configuration\.s1\.a\.Enable: .*did you mean Enabled\?"),
    ],
)
def test_an_execution_that_configures_what_is_not_taken_makes_nothing(world, values, words):
    with pytest.raises(BadRequest, match=words):
        run(world, Configuration={"s1": {"a": values}})
    assert (world.dataplane.assets, world.executions.items) == ({}, {})


def test_the_guides_example_runs_with_an_operator_that_declares_nothing(world):
    given = {"s2": {"Operations": {"b": {"Enabled": True, "MediaTypes": {"Video": True}}}}}
    execution = run(world, Configuration=given)
    assert execution["Workflow"]["Stages"]["s2"]["Configuration"]["b"]["MediaTypes"]
    with pytest.raises(BadRequest, match=r"Configuration\.s2\.b\.enabled: .* mean Enabled\?"):
        run(world, Configuration={"s2": {"b": {"enabled": True}}})


@pytest.fixture
def failed(world):
    """An execution whose first stage failed."""
    execution = run(world)
    fill_slots(world.worker_ports, 5)
    event = {"Name": "s1", "WorkflowExecutionId": execution["Id"], "Attempt": 1}
    with pytest.raises(StageFailed):
        complete_stage(world.worker_ports, {**event, "Outputs": [output("a", "Error")]})
    return world.executions.get(execution["Id"])


def test_a_retry_is_checked_as_the_execution_was(world, failed):
    with pytest.raises(BadRequest, match="did you mean Threshold"):
        retry(world.execution_ports, failed["Id"], {"Configuration": {"s1": {"a": {"Thres": 1}}}})
    given = {"Configuration": {"s1": {"a": {"Threshold": "5"}}}}
    queued = retry(world.execution_ports, failed["Id"], given)
    assert queued["Workflow"]["Stages"]["s1"]["Configuration"]["a"]["Threshold"] == 5
    assert "Settings" not in json.dumps(queued)


def test_a_retry_is_checked_by_what_its_own_version_of_the_workflow_takes(world, failed):
    ports = world.definition_ports
    operations.update(ports, operation("a", Settings=[*SETTINGS[:1]]), Choice.REBUILD)
    given = {"Configuration": {"s1": {"a": {"Deep": "true"}}}}
    queued = retry(world.execution_ports, failed["Id"], given)
    assert queued["Workflow"]["Stages"]["s1"]["Configuration"]["a"]["Deep"] is True


NARROWER = operation("a", Settings=[{**SETTINGS[0], "Maximum": 50}, SETTINGS[1]])


def test_an_update_that_a_stages_own_values_do_not_fit_changes_nothing(world):
    before = stored(world)
    with pytest.raises(BadRequest, match=r"nothing is changed.*the stage s1: .*a\.Threshold: "):
        operations.update(world.definition_ports, NARROWER, Choice.REBUILD)
    assert stored(world) == before


def test_unless_what_uses_it_may_stay_as_it_is_and_is_marked(world):
    ports = world.definition_ports
    before = stages.get(ports, "s1")
    operations.update(ports, NARROWER, Choice.STALE)
    assert stages.get(ports, "s1") == before
    marked = workflows.get(ports, "wf")
    assert (marked["StaleOperations"], marked["StaleStages"]) == (["a"], ["s1"])
    assert run(world)["Workflow"]["Stages"]["s1"]["Configuration"]["a"]["Threshold"] == 90
    with pytest.raises(BadRequest, match=r"Stages\.s1\.Configuration\.a\.Threshold"):
        workflows.rebuild(ports, "wf")
    given = {"a": {"Threshold": 40}}
    stages.update(
        ports, {"Name": "s1", "Operations": ["a"], "Configuration": given}, Choice.REBUILD
    )
    rebuilt = workflows.get(ports, "wf")
    assert (rebuilt["StaleOperations"], rebuilt["StaleStages"]) == ([], [])


def test_workflows_from_before_there_were_declarations_take_any_key():
    world = World()
    define(world)
    operations.update(world.definition_ports, DECLARED, Choice.STALE)
    execution = executions.create(
        world.execution_ports,
        {"Name": "wf", "Input": SOURCE, "Configuration": {"s1": {"a": {"Zoo": 1}}}},
    )
    assert execution["Workflow"]["Stages"]["s1"]["Configuration"]["a"]["Zoo"] == 1

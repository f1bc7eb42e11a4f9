"""Use cases on the real tables, where every write loses its first answer or has to wait."""

from dataclasses import replace
from itertools import cycle

import pytest
from tests.fakes.aws import HISTORY_TABLE, NAMED_TABLES, control_plane, execution_table
from tests.fakes.control_plane import World
from tests.fakes.definitions import define, operation, run, workflow
from tests.fakes.disturbed_dynamodb import HELD, LOST, disturbed
from tests.lib.mie.adapters.dataplane_on_moto import TABLE, clients_of_their_own, dataplane
from tests.lib.mie.engine import dataplane as in_memory
from tests.lib.mie.engine.test_custom_resource import OPERATOR, STAGE, WORKFLOW, ask

from mie.adapters.assets import AssetTable
from mie.adapters.definitions import DefinitionTable, WorkflowTable
from mie.core.errors import AlreadyExists, NotFound
from mie.engine import (
    assets,
    execution_retries,
    executions,
    locks,
    metadata_writing,
    operations,
    stages,
    workflows,
)
from mie.engine.assets import Source
from mie.engine.completion import StageFailed, complete_stage
from mie.engine.dependents import Choice
from mie.engine.metadata_writing import Result
from mie.engine.scheduling import fill_slots
from mie.engine.waiting import start as wait


@pytest.fixture(scope="module", autouse=True)
def clients():
    with clients_of_their_own():
        yield


@pytest.fixture(params=["lost", "held"])
def world(request):
    """All writes are disturbed: the answer of each gets lost, or each waits once."""
    kinds = {"lost": cycle([LOST]), "held": cycle([HELD, None])}
    with control_plane(), disturbed(kinds[request.param]):
        world = World()
        for kind in ("operation", "stage"):
            table = DefinitionTable(NAMED_TABLES[f"{kind.upper()}_TABLE_NAME"], kind, HISTORY_TABLE)
            setattr(world, f"{kind}s", table)
        world.workflows = WorkflowTable(NAMED_TABLES["WORKFLOW_TABLE_NAME"], HISTORY_TABLE)
        world.executions = execution_table()
        yield world


def names(world):
    tables = (world.operations, world.stages, world.workflows)
    return [sorted(one["Name"] for one in table.list()) for table in tables]


def test_definitions_are_made_changed_and_deleted(world):
    ports = world.definition_ports
    define(world)
    assert names(world) == [["a", "b"], ["_a", "_b", "s1", "s2"], ["wf"]]
    changed = operations.update(ports, operation("a", Type="Sync"), Choice.REBUILD)
    assert changed["Version"] == "v1"
    assert workflows.get(ports, "wf")["Version"] == "v2"
    workflows.delete(ports, "wf")
    for stage in ("s1", "s2"):
        stages.delete(ports, stage, force=False)
    for one in ("a", "b"):
        operations.delete(ports, one, force=False)
    assert names(world) == [[], [], []]
    assert world.machines.definitions == {}


def test_what_somebody_else_made_is_still_refused(world):
    define(world)
    ports = world.definition_ports
    for again in (
        lambda: operations.create(ports, operation("a")),
        lambda: stages.create(ports, {"Name": "s1", "Operations": ["b"]}),
        lambda: workflows.create(ports, workflow("wf", "s1"), "api"),
    ):
        with pytest.raises(AlreadyExists):
            again()
    assert names(world) == [["a", "b"], ["_a", "_b", "s1", "s2"], ["wf"]]


def test_resources_of_a_template_are_made_and_leave_nothing(world):
    made = [
        (one, ask(world, "Create", one, logical_id=one["Name"]))
        for one in (OPERATOR, STAGE, WORKFLOW)
    ]
    assert [answer["Status"] for _, answer in made] == ["SUCCESS"] * 3
    assert [answer["PhysicalResourceId"] for _, answer in made] == [
        "mie-operator-op",
        "mie-stage-s",
        "mie-workflow-wf",
    ]
    assert names(world) == [["op"], ["_op", "s"], ["wf"]]
    for one, answer in reversed(made):
        ask(world, "Delete", one, answer["PhysicalResourceId"], logical_id=one["Name"])
    assert names(world) == [[], [], []]
    assert world.machines.definitions == {}


def test_an_execution_runs_is_retried_and_is_deleted(world):
    define(world, stage_operations=(("a",),))
    execution = run(world)
    assert world.dataplane.assets.keys() == {execution["AssetId"]}
    assert fill_slots(world.worker_ports, 1)["started"] == 1
    assert world.executions.running() == 1
    (state,) = world.machines.executions.values()
    event = {"WorkflowExecutionId": execution["Id"], "Name": "a", "MetaData": {}, "Media": {}}
    wait(world.worker_ports, event)
    assert world.executions.running() == 0
    executions.resume(world.execution_ports, execution["Id"], "s1")
    assert fill_slots(world.worker_ports, 1)["started"] == 1
    with pytest.raises(StageFailed, match="operation a failed"):
        complete_stage(world.worker_ports, {**state, "Outputs": [{**event, "Status": "Error"}]})
    assert world.executions.get(execution["Id"])["Status"] == "Error"
    assert world.executions.running() == 0
    execution_retries.retry(world.execution_ports, execution["Id"], {})
    assert world.executions.get(execution["Id"])["Status"] == "Queued"
    executions.delete(world.execution_ports, execution["Id"])
    assert list(world.executions.list()) == []


@pytest.mark.parametrize("kinds", [[LOST], [HELD, None]], ids=["lost", "held"])
def test_an_asset_is_made_locked_filled_and_deleted(kinds, monkeypatch):
    with dataplane(monkeypatch), disturbed(cycle(kinds)):
        ports = replace(in_memory.ports(), assets=AssetTable(TABLE))
        asset_id = assets.create(ports, Source(in_memory.BUCKET, "upload/v.mp4"))["AssetId"]
        locks.checkout(ports, asset_id, "ada")
        locks.checkin(ports, asset_id)
        stored = metadata_writing.store(ports, asset_id, Result("op", "w", {"a": 1}))
        assert metadata_writing.delete(ports, asset_id, "op")["Deleted"] == [{"Key": stored["Key"]}]
        assert assets.delete(ports, asset_id)["Deleted"]["Operators"] == []
        with pytest.raises(NotFound):
            assets.existing(ports, asset_id)

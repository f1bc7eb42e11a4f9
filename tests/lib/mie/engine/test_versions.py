"""Versions of definitions: every update keeps the one before."""

import pytest
from tests.fakes.control_plane import LAMBDA, World
from tests.fakes.definitions import define, operation, workflow

from mie.core.errors import BadRequest, NotFound
from mie.engine import operations, stages, workflows
from mie.engine.dependents import Choice


@pytest.fixture
def ports():
    world = World()
    define(world)
    return world.definition_ports


def test_every_version_of_an_operator_is_kept(ports):
    first = operations.get(ports, "a")
    for number in (1, 2):
        changed = operation("a", StartLambdaArn=f"{LAMBDA}:{number}")
        operations.update(ports, changed, Choice.STALE)
    assert operations.get(ports, "a", "v0") == first
    assert operations.get(ports, "a", "v1")["StartLambdaArn"] == f"{LAMBDA}:1"
    assert operations.get(ports, "a", "v2") == operations.get(ports, "a")


def test_every_version_of_a_stage_is_kept(ports):
    first = stages.get(ports, "s1")
    stages.update(ports, {"Name": "s1", "Operations": ["b"]}, Choice.STALE)
    assert stages.get(ports, "s1", "v0") == first
    assert stages.get(ports, "s1", "v1")["Operations"] == ["b"]


def test_every_version_of_a_workflow_is_kept(ports):
    first = workflows.get(ports, "wf")
    second = workflows.update(ports, {"Name": "wf", **_only("s2")})
    third = workflows.update(ports, {"Name": "wf"})
    assert [one["Version"] for one in (first, second, third)] == ["v0", "v2", "v3"]
    for one in (first, second, third):
        assert workflows.get(ports, "wf", one["Version"]) == one


def test_a_version_tells_what_was_stale_when_it_was_replaced(ports):
    operations.update(ports, operation("a"), Choice.STALE)
    workflows.update(ports, {"Name": "wf"})
    assert workflows.get(ports, "wf", "v0")["StaleOperations"] == ["a"]


@pytest.mark.parametrize("get", [operations.get, stages.get, workflows.get])
@pytest.mark.parametrize("version", ["", "0", "v", "vx", "v-1", "v01", "V1", "v1 ", "v" + "9" * 30])
def test_nonsense_is_refused(ports, get, version):
    with pytest.raises(BadRequest, match=r"^version: "):
        get(ports, "a", version)


@pytest.mark.parametrize(
    ("get", "name"), [(operations.get, "a"), (stages.get, "s1"), (workflows.get, "wf")]
)
def test_an_unknown_version_is_not_found(ports, get, name):
    with pytest.raises(NotFound, match=f"'{name}' has no version 'v7'"):
        get(ports, name, "v7")
    with pytest.raises(NotFound, match="'none' not found"):
        get(ports, "none", "v0")


def test_versions_of_a_deleted_definition_are_not_those_of_its_successor(ports):
    """A resource of a stack has the same Id in its second life."""
    first = workflows.get(ports, "wf")
    workflows.update(ports, {"Name": "wf"})
    workflows.update(ports, {"Name": "wf"})
    workflows.delete(ports, "wf", force=False)
    ports.workflows.create({**first, "StartAt": "s2"})
    with pytest.raises(NotFound, match="has no version 'v2'"):
        workflows.get(ports, "wf", "v2")
    assert workflows.get(ports, "wf", "v0")["StartAt"] == "s2"


def _only(stage):
    return {key: value for key, value in workflow("wf", stage).items() if key != "Name"}

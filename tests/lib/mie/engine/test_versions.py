"""Versions of definitions: every update keeps the one before."""

import pytest
from tests.fakes.control_plane import LAMBDA, World
from tests.fakes.definitions import define, operation, workflow

from mie.core.errors import BadRequest, NotFound
from mie.engine import operations, stages, workflows
from mie.engine.dependents import Choice


@pytest.fixture
def plane():
    world = World()
    define(world)
    return world.definition_plane


def test_every_version_of_an_operator_is_kept(plane):
    first = operations.get(plane, "a")
    for number in (1, 2):
        changed = operation("a", StartLambdaArn=f"{LAMBDA}:{number}")
        operations.update(plane, changed, Choice.STALE)
    assert operations.get(plane, "a", "v0") == first
    assert operations.get(plane, "a", "v1")["StartLambdaArn"] == f"{LAMBDA}:1"
    assert operations.get(plane, "a", "v2") == operations.get(plane, "a")


def test_every_version_of_a_stage_is_kept(plane):
    first = stages.get(plane, "s1")
    stages.update(plane, {"Name": "s1", "Operations": ["b"]}, Choice.STALE)
    assert stages.get(plane, "s1", "v0") == first
    assert stages.get(plane, "s1", "v1")["Operations"] == ["b"]


def test_every_version_of_a_workflow_is_kept(plane):
    first = workflows.get(plane, "wf")
    second = workflows.update(plane, {"Name": "wf", **_only("s2")})
    third = workflows.update(plane, {"Name": "wf"})
    assert [one["Version"] for one in (first, second, third)] == ["v0", "v2", "v3"]
    for one in (first, second, third):
        assert workflows.get(plane, "wf", one["Version"]) == one


def test_a_version_tells_what_was_stale_when_it_was_replaced(plane):
    operations.update(plane, operation("a"), Choice.STALE)
    workflows.update(plane, {"Name": "wf"})
    assert workflows.get(plane, "wf", "v0")["StaleOperations"] == ["a"]


@pytest.mark.parametrize("get", [operations.get, stages.get, workflows.get])
@pytest.mark.parametrize("version", ["", "0", "v", "vx", "v-1", "v01", "V1", "v1 ", "v" + "9" * 30])
def test_nonsense_is_refused(plane, get, version):
    with pytest.raises(BadRequest, match=r"^version: "):
        get(plane, "a", version)


@pytest.mark.parametrize(
    ("get", "name"), [(operations.get, "a"), (stages.get, "s1"), (workflows.get, "wf")]
)
def test_an_unknown_version_is_not_found(plane, get, name):
    with pytest.raises(NotFound, match=f"'{name}' has no version 'v7'"):
        get(plane, name, "v7")
    with pytest.raises(NotFound, match="'none' not found"):
        get(plane, "none", "v0")


def test_versions_of_a_deleted_definition_are_not_those_of_its_successor(plane):
    """A resource of a stack has the same Id in its second life."""
    first = workflows.get(plane, "wf")
    workflows.update(plane, {"Name": "wf"})
    workflows.update(plane, {"Name": "wf"})
    workflows.delete(plane, "wf")
    plane.workflows.create({**first, "StartAt": "s2"})
    with pytest.raises(NotFound, match="has no version 'v2'"):
        workflows.get(plane, "wf", "v2")
    assert workflows.get(plane, "wf", "v0")["StartAt"] == "s2"


def _only(stage):
    return {key: value for key, value in workflow("wf", stage).items() if key != "Name"}

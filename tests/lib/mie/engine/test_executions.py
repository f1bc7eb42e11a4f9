"""Starting, reading, resuming and deleting executions."""

import json
import re

import pytest
from tests.fakes.control_plane import LAMBDA, World
from tests.fakes.definitions import SOURCE, define, operation, run

from mie.core import statuses
from mie.core.errors import BadRequest, Conflict, NotFound, TooLarge
from mie.core.executions import machine_execution_arn
from mie.engine import execution_lists, executions, operations
from mie.engine.dependents import Choice
from mie.engine.lists import answer


@pytest.fixture
def world():
    world = World()
    define(world)
    return world


def test_an_execution_is_queued_with_the_asset_that_was_made_for_it(world):
    execution = run(world)
    assert (execution["Status"], execution["CurrentStage"]) == ("Queued", "s1")
    asset = world.dataplane.assets[execution["AssetId"]]
    location = {"S3Bucket": asset["S3Bucket"], "S3Key": asset["S3Key"]}
    assert execution["Globals"] == {"Media": {"Video": location}, "MetaData": {}}
    assert world.executions.get(execution["Id"]) == execution
    assert list(world.queue.visible.values()) == [execution["Id"]]
    assert world.scheduler.woken == 1


def test_a_workflow_whose_function_was_deleted_is_refused_before_anything_is_made(world):
    """Its operator is gone or has another function; the workflow still calls the old one."""
    operations.delete(world.definition_ports, "b", force=True)
    assert run(world)["Status"] == "Queued"
    world.functions.gone.add(f"{LAMBDA}:start-b")
    before = dict(world.dataplane.assets), dict(world.executions.items), dict(world.queue.visible)
    with pytest.raises(Conflict, match=r"would call the operator 'b', whose function .* deleted"):
        run(world)
    assert (world.dataplane.assets, world.executions.items, world.queue.visible) == before
    # what the message advises
    off = {"s2": {"b": {"Enabled": False}}}
    with pytest.raises(Conflict, match=re.escape(json.dumps(off))):
        run(world)
    assert run(world, Configuration=off)["Status"] == "Queued"


def test_a_stale_workflow_whose_operators_are_there_runs_as_it_was_built(world):
    operations.update(world.definition_ports, operation("b"), Choice.STALE)
    assert world.workflows.items["wf"]["StaleOperations"] == ["b"]
    assert run(world)["Status"] == "Queued"


def test_overrides_keep_what_they_do_not_mention(world):
    execution = run(world, Configuration={"s1": {"a": {"Threshold": "80"}}})
    assert execution["Configuration"] == {"s1": {"a": {"Threshold": "80"}}}
    stages = execution["Workflow"]["Stages"]
    assert stages["s1"]["Configuration"]["a"] == {
        "MediaType": "Video",
        "Enabled": True,
        "Threshold": "80",
    }
    assert stages["s2"]["Configuration"]["b"] == {"MediaType": "Video", "Enabled": True}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Name": "none"}, "workflow name 'none' not found"),
        ({"Configuration": {"none": {}}}, "Invalid stage found in Configuration 'none'"),
        ({"Configuration": {"s1": {"none": {}}}}, "Invalid operation 'none'"),
        ({"Configuration": {"s1": {"a": {"Enabled": "no"}}}}, "Configuration.s1.a.Enabled"),
        ({"Input": {}}, 'Input must contain either "AssetId" or "Media"'),
        ({"Input": {"Media": {}}}, "Media"),
        ({"Input": {"Media": {"Video": {"S3Bucket": "b"}}}}, "S3Key"),
        ({"Input": {"Media": {"Video": None}}}, "S3Bucket"),
    ],
)
def test_a_request_that_cannot_run_makes_nothing(world, change, words):
    with pytest.raises(BadRequest, match=words):
        run(world, **change)
    assert (world.dataplane.assets, world.executions.items, world.queue.visible) == ({}, {}, {})


def test_an_asset_that_exists_is_analysed_again_when_it_is_free(world):
    asset = world.dataplane.create_asset("Video", "bucket", "v.mp4")
    request = {"Input": {"AssetId": asset["AssetId"]}}
    first = run(world, **request)
    assert first["AssetId"] == asset["AssetId"]
    assert set(first["Globals"]["Media"]) == {"Video"}
    with pytest.raises(Conflict, match=f"Id = {first['Id']}"):
        run(world, **request)
    world.executions.move(first, statuses.ERROR)
    assert run(world, **request)["Id"] != first["Id"]
    assert len(world.dataplane.assets) == 1


def test_the_caller_may_name_the_medium_of_an_asset(world):
    asset = world.dataplane.create_asset("Video", "bucket", "v.mp4")
    given = {"AssetId": asset["AssetId"], "Media": {"Audio": None}}
    assert set(run(world, Input=given)["Globals"]["Media"]) == {"Audio"}


def test_an_asset_without_a_medium_needs_one_from_the_caller(world):
    asset = world.dataplane.create_asset(None, "bucket", "v.mp4")
    with pytest.raises(BadRequest, match=r"Input\.Media"):
        run(world, Input={"AssetId": asset["AssetId"]})


def test_an_unknown_asset_is_not_found(world):
    with pytest.raises(NotFound, match="Unable to retrieve asset: none"):
        run(world, Input={"AssetId": "none"})


def test_an_execution_whose_message_cannot_be_sent_ends_in_error(world):
    def refuse(execution_id):
        raise RuntimeError("no queue today")

    world.queue.send = refuse
    with pytest.raises(RuntimeError, match="no queue today"):
        run(world)
    (record,) = world.executions.items.values()
    assert (record["Status"], record["Message"]) == ("Error", "Exception no queue today")
    assert record["Workflow"]["Stages"]["s1"]["Status"] == "Error"
    assert world.executions.claims == {}
    assert world.executions.running() == 0


def test_a_message_that_arrived_in_spite_of_an_error_keeps_its_execution(world):
    def deliver_and_fail(execution_id):
        world.executions.admit(world.executions.get(execution_id), 5, "arn")
        raise RuntimeError("timed out")

    world.queue.send = deliver_and_fail
    with pytest.raises(RuntimeError, match="timed out"):
        run(world)
    (record,) = world.executions.items.values()
    assert record["Status"] == "Started"


def test_an_asset_whose_execution_cannot_be_stored_is_taken_back(world):
    text = {"Text": "x" * 150_000}
    huge = {"s1": {"a": text}, "s2": {"b": text}}
    with pytest.raises(TooLarge):
        run(world, Configuration=huge)
    assert (world.dataplane.assets, world.executions.items) == ({}, {})


def whole(world, listing):
    return answer(listing, None, world.system.cursor_secret)


def test_lists_show_summaries_and_the_newest_first(world):
    asset = world.dataplane.create_asset("Video", "bucket", "v.mp4")
    older = run(world, Input={"AssetId": asset["AssetId"]})
    world.executions.move(older, statuses.ERROR)
    newer = run(world, Input={"AssetId": asset["AssetId"]})
    found = whole(world, execution_lists.of_asset(world.execution_ports, asset["AssetId"]))
    assert [one["Id"] for one in found] == [newer["Id"], older["Id"]]
    assert found[0]["Workflow"] == {"Name": "wf"}
    assert "Globals" not in found[0]
    queued = whole(world, execution_lists.with_status(world.execution_ports, "Queued"))
    assert [one["Id"] for one in queued] == [newer["Id"]]
    assert whole(world, execution_lists.with_status(world.execution_ports, "none")) == []


def started(world):
    execution = run(world)
    world.executions.admit(execution, 5, machine_execution_arn(execution))
    return world.executions.get(execution["Id"])


def test_a_waiting_execution_is_resumed_through_the_queue(world):
    execution = started(world)
    world.executions.move(execution, statuses.WAITING)
    resumed = executions.resume(world.execution_ports, execution["Id"], "s1")
    assert resumed == {"Id": execution["Id"], "Status": "Resumed"}
    assert world.executions.get(execution["Id"])["Status"] == "Resumed"
    assert list(world.queue.visible.values()) == [execution["Id"], execution["Id"]]


@pytest.mark.parametrize(("status", "stage"), [("Started", "s1"), ("Waiting", "s2")])
def test_what_does_not_wait_there_is_not_resumed(world, status, stage):
    execution = started(world)
    if status == statuses.WAITING:
        world.executions.move(execution, status)
    with pytest.raises(Conflict, match=f"status is not 'Waiting' .* is {status} .* at s1"):
        executions.resume(world.execution_ports, execution["Id"], stage)
    assert world.executions.get(execution["Id"])["Status"] == status


def test_a_stage_or_an_execution_that_is_not_there_is_no_matter_of_state(world):
    execution = started(world)
    with pytest.raises(BadRequest, match="no stage 'none'"):
        executions.resume(world.execution_ports, execution["Id"], "none")
    with pytest.raises(NotFound):
        executions.resume(world.execution_ports, "none", "s1")


def test_a_resumption_that_cannot_be_queued_waits_on(world):
    execution = started(world)
    world.executions.move(execution, statuses.WAITING)

    def refuse(execution_id):
        raise RuntimeError("no queue today")

    world.queue.send = refuse
    with pytest.raises(RuntimeError):
        executions.resume(world.execution_ports, execution["Id"], "s1")
    assert world.executions.get(execution["Id"])["Status"] == "Waiting"


def test_deleting_a_running_execution_stops_it_and_frees_its_slot(world):
    execution = started(world)
    assert executions.delete(world.execution_ports, execution["Id"]) == execution
    assert world.machines.stopped == [execution["StateMachineExecutionArn"]]
    assert (world.executions.items, world.executions.running()) == ({}, 0)
    assert world.scheduler.woken == 2
    with pytest.raises(NotFound, match=r"Exception: workflow execution '.*' not found"):
        executions.delete(world.execution_ports, execution["Id"])


def test_deleting_an_execution_that_begins_meanwhile_stops_it_too(world):
    execution = run(world)
    delete = world.executions.delete

    def admit_first(record):
        world.executions.delete = delete
        world.executions.admit(record, 5, "arn")
        delete(record)

    world.executions.delete = admit_first
    executions.delete(world.execution_ports, execution["Id"])
    assert world.machines.stopped == ["arn"]
    assert (world.executions.items, world.executions.running()) == ({}, 0)


def test_only_the_first_medium_counts(world):
    media = {**SOURCE["Media"], "Audio": {"S3Bucket": "bucket", "S3Key": "a.mp3"}}
    assert set(run(world, Input={"Media": media})["Globals"]["Media"]) == {"Video"}

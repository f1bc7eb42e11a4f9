"""Settling stages: what is written, what the machine is told, and that twice is like once."""

import json

import pytest
from tests.fakes.control_plane import World
from tests.fakes.definitions import define, output, run

from mie.core import statuses
from mie.core.errors import Changed, Conflict, NotFound
from mie.engine import executions, large_results
from mie.engine.completion import StageFailed, complete_stage
from mie.engine.scheduling import fill_slots


@pytest.fixture
def world():
    world = World()
    define(world, stage_operations=(("a", "b"), ("c",)))
    return world


@pytest.fixture
def execution(world):
    record = run(world)
    fill_slots(world.worker_ports, 5)
    return record["Id"]


def settled(world, execution, stage, *outputs):
    event = {"Name": stage, "WorkflowExecutionId": execution, "Outputs": list(outputs)}
    return complete_stage(world.worker_ports, event)


def test_the_next_stage_gets_what_the_first_one_made(world, execution):
    text = {"Text": {"S3Bucket": "b", "S3Key": "t"}}
    state = settled(
        world, execution, "s1", output("a", MetaData={"n": 1.5}), output("b", Media=text)
    )
    record = world.executions.get(execution)
    assert (record["Status"], record["CurrentStage"]) == ("Started", "s2")
    assert record["Workflow"]["Stages"]["s1"]["Status"] == "Complete"
    assert [one["Name"] for one in record["Workflow"]["Stages"]["s1"]["Outputs"]] == ["a", "b"]
    assert state["Name"] == "s2"
    assert state["Status"] == "Started"
    assert state["Input"] == record["Globals"]
    assert set(state["Input"]["Media"]) == {"Video", "Text"}
    assert state["Input"]["MetaData"] == {"n": 1.5}
    assert state["Configuration"] == {"c": {"MediaType": "Video", "Enabled": True}}
    assert (state["WorkflowExecutionId"], state["AssetId"]) == (execution, record["AssetId"])


def test_after_the_last_stage_the_slot_is_free_and_the_scheduler_awake(world, execution):
    settled(world, execution, "s1", output("a"), output("b"))
    woken = world.scheduler.woken
    assert settled(world, execution, "s2", output("c")) == {}
    record = world.executions.get(execution)
    assert (record["Status"], record["CurrentStage"]) == ("Complete", "End")
    assert world.executions.running() == 0
    assert world.scheduler.woken == woken + 1


def test_a_stage_of_skipped_operators_is_complete(world, execution):
    settled(world, execution, "s1", output("a", "Skipped"), output("b", "Skipped"))
    record = world.executions.get(execution)
    assert record["Workflow"]["Stages"]["s1"]["Status"] == "Complete"
    assert set(record["Globals"]["Media"]) == {"Video"}


def test_a_failed_operator_ends_the_execution_and_its_machine(world, execution):
    failed = output("b", "Error", MetaData={"bError": "no sound"})
    with pytest.raises(StageFailed, match="operation b failed: no sound"):
        settled(world, execution, "s1", output("a"), failed)
    record = world.executions.get(execution)
    assert (record["Status"], record["CurrentStage"]) == ("Error", "End")
    assert record["Message"] == "Stage s1 failed because operation b failed: no sound"
    assert record["Workflow"]["Stages"]["s2"]["Status"] == "Not Started"
    assert world.executions.running() == 0
    assert world.scheduler.woken == 2


def test_a_stage_that_broke_as_a_whole_says_why(world, execution):
    event = {
        "Name": "s1",
        "WorkflowExecutionId": execution,
        "Outputs": {"Error": "States.DataLimitExceeded", "Cause": "too much"},
    }
    with pytest.raises(StageFailed, match=r"States\.DataLimitExceeded: too much"):
        complete_stage(world.worker_ports, event)


def test_a_second_call_answers_like_the_first(world, execution):
    first = settled(world, execution, "s1", output("a"), output("b"))
    before = world.executions.get(execution)
    assert settled(world, execution, "s1", output("a", "Error"), output("b")) == first
    assert world.executions.get(execution) == before
    settled(world, execution, "s2", output("c"))
    assert settled(world, execution, "s2", output("c")) == {}
    assert world.executions.running() == 0


def test_a_second_call_for_a_failed_stage_fails_again(world, execution):
    for _ in range(2):
        with pytest.raises(StageFailed, match="operation a failed"):
            settled(world, execution, "s1", output("a", "Error"), output("b"))
    assert world.executions.running() == 0


def test_a_call_that_lost_the_race_to_its_twin_answers_like_it(world, execution):
    settle = world.executions.settle

    def twin_is_faster(record, stage, settlement):
        world.executions.settle = settle
        settle(record, stage, settlement)
        raise Changed("another stage")

    world.executions.settle = twin_is_faster
    assert settled(world, execution, "s1", output("a"), output("b"))["Name"] == "s2"


def test_a_stage_that_has_not_begun_is_not_completed(world, execution):
    with pytest.raises(Conflict, match="stands at s1"):
        settled(world, execution, "s2", output("c"))


def test_an_execution_that_has_ended_stays_as_it_is(world, execution):
    world.executions.move(world.executions.get(execution), statuses.ERROR, message="aborted")
    with pytest.raises(Conflict, match="Error"):
        settled(world, execution, "s1", output("a"), output("b"))
    assert world.executions.get(execution)["Message"] == "aborted"


def test_a_deleted_execution_is_not_made_again(world, execution):
    world.executions.delete(world.executions.get(execution))
    with pytest.raises(NotFound):
        settled(world, execution, "s1", output("a"), output("b"))
    assert world.executions.items == {}


def test_results_that_no_record_has_room_for_are_stored_and_read_as_before(world, execution):
    texts = {"transcript": "ä" * 150_000, "language": "de"}
    state = settled(world, execution, "s1", output("a", MetaData=texts), output("b"))

    record = world.executions.get(execution)
    assert len(json.dumps(record)) < 100_000
    assert state["Input"]["MetaData"]["language"] == "de"
    pointer = state["Input"]["MetaData"]["transcript"]
    assert json.loads(world.objects.bodies[pointer["S3Key"]]) == texts["transcript"]
    assert pointer["S3Key"].startswith(
        f"private/assets/{record['AssetId']}/workflows/{execution}/!results/"
    )
    whole = large_results.shown(world.objects, record)
    assert whole["Globals"]["MetaData"] == texts
    assert whole["Workflow"]["Stages"]["s1"]["Outputs"][0]["MetaData"] == texts


def test_what_is_stored_is_there_before_the_record_says_so_and_a_second_call_stores_the_same(
    world, execution
):
    settle, seen = world.executions.settle, []

    def crash_after_it(record, stage, settlement):
        seen.append(dict(world.objects.bodies))
        settle(record, stage, settlement)
        raise RuntimeError("killed")

    world.executions.settle = crash_after_it
    outputs = [output("a", MetaData={"text": "x" * 150_000}), output("b")]
    with pytest.raises(RuntimeError):
        settled(world, execution, "s1", *outputs)
    world.executions.settle = settle
    settled(world, execution, "s1", *outputs)
    assert seen == [world.objects.bodies]
    assert len(seen[0]) == 2


def test_more_than_a_state_can_have_ends_the_execution_instead_of_hanging(world, execution):
    media = {f"Type{one}": {"S3Bucket": "b" * 60, "S3Key": "k" * 500} for one in range(400)}
    with pytest.raises(StageFailed, match="ResultsTooLarge: the stage s2 would get an input of"):
        settled(world, execution, "s1", output("a", Media=media), output("b"))
    assert world.executions.get(execution)["Status"] == "Error"
    assert world.executions.running() == 0


def test_a_deleted_execution_takes_its_stored_results_with_it(world, execution):
    settled(world, execution, "s1", output("a", MetaData={"text": "x" * 150_000}), output("b"))
    world.objects.put("other", b"{}")
    deleted = executions.delete(world.execution_ports, execution)
    assert deleted["Globals"]["MetaData"]["text"] == "x" * 150_000
    assert set(world.objects.bodies) == {"other"}

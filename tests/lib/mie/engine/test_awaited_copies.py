"""Executions whose sources are copied behind the request, also when somebody dies on the way."""

import pytest
from tests.fakes.control_plane import World
from tests.fakes.crashes import Killed, die_at
from tests.fakes.definitions import SOURCE, define, run

from mie.core.errors import Conflict, Malformed
from mie.engine import awaited_copies, cancellation, execution_retries, executions
from mie.engine.scheduling import fill_slots

KEY = SOURCE["Media"]["Video"]["S3Key"]


@pytest.fixture
def world():
    world = World()
    define(world)
    world.dataplane.large.add(KEY)
    return world


@pytest.fixture
def waiting(world):
    return run(world)


def minute(world):
    awaited_copies.settle_all(world.worker_ports)
    return fill_slots(world.worker_ports, 5, find_lost=True)


def present(world, execution):
    return world.executions.get(execution["Id"])


def machines(world):
    return world.machines.starts


def test_an_execution_of_a_large_source_says_what_it_waits_for(world, waiting):
    assert waiting["Status"] == "Queued"
    assert waiting["Message"].startswith("copying s3://")
    assert waiting["Message"].endswith("(50.0 GB)")
    assert present(world, waiting) == waiting
    assert world.queue.visible == {}


def test_it_does_not_start_before_its_source_is_there(world, waiting):
    world.queue.send(waiting["Id"])
    for _ in range(3):
        minute(world)
    assert present(world, waiting) == waiting
    assert (machines(world), world.executions.running(), world.queue.visible) == ([], 0, {})


@pytest.mark.parametrize("told", [True, False])
def test_it_goes_on_when_the_copy_is_whole_whether_somebody_tells_or_not(world, waiting, told):
    world.dataplane.end_copy(waiting["AssetId"], "Ready")
    if told:
        awaited_copies.settle(world.worker_ports, waiting["AssetId"])
        fill_slots(world.worker_ports, 5)
    else:
        minute(world)
    record = present(world, waiting)
    assert record["Status"] == "Started"
    assert not {"Message", "Copying"} & record.keys()
    assert len(machines(world)) == 1
    awaited_copies.settle(world.worker_ports, waiting["AssetId"])
    minute(world)
    assert len(machines(world)) == 1


@pytest.mark.parametrize("told", [True, False])
def test_a_failed_copy_ends_it_with_the_reason_and_leaves_nothing(world, waiting, told):
    reason = "the object s3://b/k was replaced while it was copied; try again"
    world.dataplane.end_copy(waiting["AssetId"], "Failed", Message=reason)
    if told:
        awaited_copies.settle(world.worker_ports, waiting["AssetId"])
    minute(world)
    record = present(world, waiting)
    assert (record["Status"], record["Message"]) == ("Error", reason)
    assert (world.dataplane.assets, machines(world), world.queue.visible) == ({}, [], {})
    with pytest.raises(Conflict, match="never copied"):
        execution_retries.retry(world.execution_ports, waiting["Id"], {})


def test_an_asset_that_is_deleted_meanwhile_ends_it(world, waiting):
    world.dataplane.delete_asset(waiting["AssetId"])
    minute(world)
    record = present(world, waiting)
    assert record["Status"] == "Error"
    assert "was deleted while it was copied" in record["Message"]


def test_cancelling_it_stops_the_copy(world, waiting):
    cancelled = cancellation.cancel(world.execution_ports, waiting["Id"])
    assert (cancelled["Status"], cancelled["Message"]) == ("Error", "Cancelled by request")
    assert world.dataplane.assets == {}
    assert cancellation.cancel(world.execution_ports, waiting["Id"]) == cancelled
    with pytest.raises(Conflict, match="never copied"):
        execution_retries.retry(world.execution_ports, waiting["Id"], {})


def test_deleting_it_stops_the_copy(world, waiting):
    executions.delete(world.execution_ports, waiting["Id"])
    assert (world.dataplane.assets, world.executions.items) == ({}, {})


def test_an_asset_that_somebody_has_checked_out_stays(world, waiting, monkeypatch):
    def refuse(asset_id):
        raise Conflict(f"{asset_id} is checked out by ada")

    monkeypatch.setattr(world.dataplane, "delete_asset", refuse)
    assert cancellation.cancel(world.execution_ports, waiting["Id"])["Status"] == "Error"
    assert waiting["AssetId"] in world.dataplane.assets


def test_cancelling_it_just_after_the_copy_keeps_the_asset(world, waiting):
    """The copy ends between the look at the execution and the mark."""
    mark = world.executions.mark_cancelled

    def whole_first(*arguments):
        world.executions.mark_cancelled = mark
        world.dataplane.end_copy(waiting["AssetId"], "Ready")
        awaited_copies.settle(world.worker_ports, waiting["AssetId"])
        mark(*arguments)

    world.executions.mark_cancelled = whole_first
    cancelled = cancellation.cancel(world.execution_ports, waiting["Id"])
    assert (cancelled["Status"], "Copying" in cancelled) == ("Error", False)
    assert waiting["AssetId"] in world.dataplane.assets
    minute(world)
    assert machines(world) == []


CRASHES = [
    (port, step, before)
    for port, step in (
        ("executions", "end_copy"),
        ("executions", "move"),
        ("queue", "send"),
        ("dataplane", "delete_asset"),
    )
    for before in (True, False)
]


@pytest.mark.parametrize(("port", "step", "before"), CRASHES)
@pytest.mark.parametrize("state", ["Ready", "Failed"])
def test_whoever_is_killed_while_it_goes_on_is_followed_by_the_sweep(
    world, waiting, port, step, before, state
):
    reason = {} if state == "Ready" else {"Message": "why"}
    world.dataplane.end_copy(waiting["AssetId"], state, **reason)
    die_at(world, port, step, before=before)
    for _ in range(3):
        try:
            minute(world)
        except Killed:
            continue
    record = present(world, waiting)
    if state == "Ready":
        assert record["Status"] == "Started"
        assert len(world.machines.executions) == 1
        assert waiting["AssetId"] in world.dataplane.assets
    else:
        assert record["Status"] == "Error"
        assert world.dataplane.assets == {}
        assert machines(world) == []


@pytest.mark.parametrize(
    ("port", "step", "before"),
    [
        ("executions", "mark_cancelled", False),
        ("dataplane", "delete_asset", True),
        ("dataplane", "delete_asset", False),
        ("executions", "move", True),
    ],
)
@pytest.mark.parametrize("end", [cancellation.cancel, executions.delete])
def test_a_cancellation_that_broke_is_finished_by_the_sweep(
    world, waiting, port, step, before, end
):
    die_at(world, port, step, before=before)
    with pytest.raises(Killed):
        end(world.execution_ports, waiting["Id"])
    # also when the copy ends in between
    if waiting["AssetId"] in world.dataplane.assets:
        world.dataplane.end_copy(waiting["AssetId"], "Ready")
    minute(world)
    minute(world)
    record = present(world, waiting)
    assert (record["Status"], record["Message"]) == ("Error", "Cancelled by request")
    assert (world.dataplane.assets, machines(world)) == ({}, [])


def test_an_existing_asset_that_is_still_copied_is_waited_for_and_never_deleted(world):
    asset_id = world.dataplane.create_asset("Video", "b", KEY)["AssetId"]
    execution = run(world, Input={"AssetId": asset_id})
    assert execution["Copying"] == {"Own": False}
    assert world.queue.visible == {}
    cancellation.cancel(world.execution_ports, execution["Id"])
    assert asset_id in world.dataplane.assets
    again = run(world, Input={"AssetId": asset_id})
    world.dataplane.end_copy(asset_id, "Failed", Message="why")
    minute(world)
    assert present(world, again)["Message"] == "why"
    assert asset_id in world.dataplane.assets
    with pytest.raises(Conflict, match=r"could not be copied: why"):
        run(world, Input={"AssetId": asset_id})


def test_an_asset_that_was_copied_starts_at_once(world):
    asset_id = world.dataplane.create_asset("Video", "b", KEY)["AssetId"]
    world.dataplane.end_copy(asset_id, "Ready")
    execution = run(world, Input={"AssetId": asset_id})
    assert "Copying" not in execution
    assert list(world.queue.visible.values()) == [execution["Id"]]


def test_an_execution_that_cannot_be_stored_takes_its_copy_back(world):
    def refuse(execution):
        raise RuntimeError("no table today")

    world.executions.create = refuse
    with pytest.raises(RuntimeError):
        run(world)
    assert world.dataplane.assets == {}


def test_one_asset_that_cannot_be_asked_for_does_not_strand_the_others(world, waiting):
    other = run(world)
    get_asset = world.dataplane.get_asset

    def refuse_one(asset_id):
        if asset_id == waiting["AssetId"]:
            raise RuntimeError("no data plane today")
        return get_asset(asset_id)

    world.dataplane.get_asset = refuse_one
    for one in (waiting, other):
        world.dataplane.end_copy(one["AssetId"], "Ready")
    minute(world)
    assert present(world, other)["Status"] == "Started"
    assert present(world, waiting)["Status"] == "Queued"


def test_a_sweep_asks_for_some_and_the_next_for_others(world, monkeypatch):
    monkeypatch.setattr(awaited_copies, "_MOST_ASKED", 3)
    ids = {run(world)["Id"] for _ in range(7)}
    asked = []

    def note(ports, execution_id):
        asked.append(execution_id)

    monkeypatch.setattr(awaited_copies, "_settle", note)
    now = 1_700_000_040.0
    world.clock = lambda: now
    for _ in range(3):
        awaited_copies.settle_all(world.worker_ports)
        now += 60
    assert len(asked) == 9
    assert set(asked) == ids


def test_a_data_plane_that_does_not_answer_leaves_the_sweep_its_minute(world):
    waiting = [run(world) for _ in range(5)]
    now, asked = [1_700_000_000.0], []

    def hang(asset_id):
        now[0] += 29.0
        asked.append(asset_id)
        raise Malformed("Task timed out after 29.00 seconds")

    world.clock = lambda: now[0]
    world.dataplane.get_asset = hang
    for minute_number in range(1, 6):
        now[0] = 1_700_000_000.0 + 60 * minute_number
        awaited_copies.settle_all(world.worker_ports)
        assert len(asked) == minute_number
    # each has its turn
    assert set(asked) == {one["AssetId"] for one in waiting}

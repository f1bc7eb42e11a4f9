"""One contract for the table of executions with its counter of slots, and for its fake."""

import pytest
from botocore.exceptions import ClientError
from tests.fakes.aws import CLAIM_TABLE, control_plane, execution_table
from tests.fakes.control_plane import Executions, World
from tests.fakes.definitions import define, output, run
from tests.fakes.disturbed_dynamodb import HELD, LOST, disturbed

from mie import aws
from mie.adapters import claims
from mie.core import statuses
from mie.core.documents import ListPage, Slots
from mie.core.errors import Conflict, TooLarge, TooManyRequests
from mie.core.executions import run_state, summary
from mie.core.rollup import settle_stage

# What tells a record from another one, which works on another asset.
OTHER = {"Id": "other", "AssetId": "another asset"}


@pytest.fixture(params=["fake", "dynamodb"])
def table(request):
    if request.param == "fake":
        yield Executions()
    else:
        with control_plane():
            yield execution_table()


@pytest.fixture
def queued(table):
    world = World()
    define(world, stage_operations=(("a-b",), ("c",)))
    execution = run(world, Configuration={"s1": {"a-b": {"Threshold": 0.25, "Most": 3}}})
    table.create(execution)
    return execution


@pytest.fixture
def started(table, queued):
    assert table.admit(queued, 1, "arn:execution")
    return table.get(queued["Id"])


def test_what_was_created_is_read_back(table, queued):
    assert table.get(queued["Id"]) == queued
    assert list(table.list()) == [queued]
    assert list(table.with_status("Queued")) == [summary(queued)]
    assert list(table.of_asset(queued["AssetId"])) == [summary(queued)]
    assert list(table.with_status("Started")) == []
    assert table.get("none") is None
    assert table.running() == 0


def test_an_execution_is_created_once(table, queued):
    with pytest.raises(Conflict):
        table.create({**queued, "Created": "1.5"})
    assert table.get(queued["Id"]) == queued


def test_a_record_that_does_not_fit_says_so(table, queued):
    with pytest.raises(TooLarge):
        table.create({**queued, **OTHER, "Configuration": {"x": "x" * 500_000}})
    assert table.get("other") is None


def test_admission_takes_a_slot_and_writes_where_the_machine_runs(table, queued):
    assert table.admit(queued, 1, "arn:execution")
    assert table.get(queued["Id"]) == {
        **queued,
        "Status": "Started",
        "StateMachineExecutionArn": "arn:execution",
    }
    assert table.running() == 1


def test_without_a_slot_nothing_changes(table, queued, started):
    other = {**queued, **OTHER}
    table.create(other)
    assert not table.admit(other, 1, "arn:other")
    assert table.get("other") == other
    assert table.running() == 1
    assert table.admit(other, 2, "arn:other")
    assert table.running() == 2


def test_nothing_is_admitted_twice(table, queued, started):
    with pytest.raises(Conflict):
        table.admit(queued, 5, "arn:again")
    assert table.running() == 1
    with pytest.raises(Conflict):
        table.admit({**queued, "Id": "none"}, 5, "arn:none")
    assert table.get("none") is None
    assert table.running() == 1


def test_a_settlement_begins_the_next_stage_and_keeps_the_slot(table, started):
    outputs = [output("a-b", MetaData={"n": 1.5})]
    settlement = settle_stage(started, "s1", outputs)
    table.settle(started, "s1", settlement)
    record = table.get(started["Id"])
    assert record["Workflow"]["Stages"]["s1"] == settlement.stage
    assert record["Globals"]["MetaData"] == {"n": 1.5}
    assert (record["CurrentStage"], record["Status"]) == ("s2", "Started")
    assert run_state(record["Workflow"]["Stages"]["s2"]) == run_state(settlement.following)
    assert table.running() == 1
    with pytest.raises(Conflict):
        table.settle(started, "s1", settlement)


def test_the_last_settlement_frees_the_slot_once(table, started):
    failed = settle_stage(started, "s1", [output("a-b", "Error")])
    table.settle(started, "s1", failed)
    record = table.get(started["Id"])
    assert (record["Status"], record["CurrentStage"]) == ("Error", "End")
    assert record["Message"] == failed.message
    assert table.running() == 0
    with pytest.raises(Conflict):
        table.settle(started, "s1", failed)
    assert table.running() == 0


def test_results_that_do_not_fit_say_so_and_change_nothing(table, started):
    huge = settle_stage(started, "s1", [output("a-b", MetaData={"text": "x" * 500_000})])
    with pytest.raises(TooLarge):
        table.settle(started, "s1", huge)
    ending = settle_stage(started, "s1", [output("a-b", "Error", MetaData={"x": "x" * 500_000})])
    with pytest.raises(TooLarge):
        table.settle(started, "s1", ending)
    assert table.get(started["Id"]) == started
    assert table.running() == 1


@pytest.mark.parametrize("status", [statuses.WAITING, statuses.ERROR, statuses.COMPLETE])
def test_a_change_of_status_frees_the_slot_once(table, started, status):
    table.move(started, status)
    assert table.get(started["Id"])["Status"] == status
    assert table.running() == 0
    with pytest.raises(Conflict):
        table.move(started, status)
    assert table.running() == 0


def test_what_held_no_slot_frees_none(table, queued, started):
    other = {**queued, **OTHER}
    table.create(other)
    table.move(other, statuses.ERROR, message="why")
    assert table.get("other")["Message"] == "why"
    assert table.running() == 1


def test_a_change_may_depend_on_the_stage(table, started):
    with pytest.raises(Conflict):
        table.move(started, statuses.WAITING, stage="s2")
    table.move(started, statuses.WAITING, stage="s1")
    assert table.get(started["Id"])["Status"] == "Waiting"


def test_a_record_that_is_gone_is_not_made_again(table, started):
    table.delete(started)
    assert table.running() == 0
    for change in (
        lambda: table.move(started, statuses.ERROR),
        lambda: table.settle(started, "s1", settle_stage(started, "s1", [output("a-b")])),
        lambda: table.delete(started),
    ):
        with pytest.raises(Conflict):
            change()
    assert list(table.list()) == []
    assert table.running() == 0


def test_deleting_what_held_no_slot_frees_none(table, queued, started):
    other = {**queued, **OTHER}
    table.create(other)
    table.delete(other)
    assert table.running() == 1
    with pytest.raises(Conflict):
        table.delete({**queued, "Id": queued["Id"]})


def test_a_record_is_replaced_while_it_is_what_was_read(table, started):
    table.move(started, statuses.ERROR, message="why")
    failed = table.get(started["Id"])
    again = {**failed, "Status": "Queued", "Attempt": 2}
    del again["Message"]
    table.replace(again, failed)
    assert table.get(started["Id"]) == again
    with pytest.raises(Conflict):
        table.replace({**again, "Attempt": 3}, failed)
    with pytest.raises(TooLarge):
        table.replace({**again, "Configuration": {"x": "x" * 500_000}}, again)
    with pytest.raises(Conflict):
        table.replace({**again, "Id": "none"}, {**again, "Id": "none"})
    assert table.get("none") is None
    assert table.running() == 0


def test_every_write_depends_on_the_attempt_that_was_read(table, started):
    table.move(started, statuses.ERROR)
    table.replace({**started, "Status": "Queued", "Attempt": 2}, table.get(started["Id"]))
    again = table.get(started["Id"])
    table.admit(again, 1, "arn:again")
    for write in (
        lambda: table.move(started, statuses.WAITING),
        lambda: table.settle(started, "s1", settle_stage(started, "s1", [output("a-b")])),
        lambda: table.mark_cancelled(started, "1.5"),
        lambda: table.delete(started),
    ):
        with pytest.raises(Conflict):
            write()
    assert table.get(started["Id"])["Status"] == "Started"
    assert table.running() == 1


def test_a_record_of_an_earlier_release_has_no_attempt(table, queued):
    old = {key: value for key, value in {**queued, **OTHER}.items() if key != "Attempt"}
    table.create(old)
    assert table.admit(old, 1, "arn")
    with pytest.raises(Conflict):
        table.move({**old, "Status": "Started", "Attempt": 1}, statuses.WAITING)
    table.move({**old, "Status": "Started"}, statuses.WAITING)
    assert table.get("other")["Status"] == "Waiting"


def test_a_mark_changes_nothing_else(table, started):
    table.mark_cancelled(started, "1700000000.5")
    assert table.get(started["Id"]) == {**started, "Cancelled": "1700000000.5"}
    assert table.running() == 1
    assert [one["Cancelled"] for one in table.with_status("Started")] == ["1700000000.5"]
    with pytest.raises(Conflict):
        table.mark_cancelled({**started, "Id": "none"}, "1.5")
    assert table.get("none") is None


def again(execution):
    """The next attempt, as a retry queues it."""
    return {**execution, "Status": "Queued", "Attempt": execution["Attempt"] + 1}


def test_an_asset_has_one_active_execution(table, queued):
    other = {**queued, "Id": "other"}
    with pytest.raises(Conflict, match=rf"Id = {queued['Id']}\) active"):
        table.create(other)
    assert table.get("other") is None
    table.move(queued, statuses.ERROR)
    table.create(other)
    with pytest.raises(Conflict, match=r"Id = other\) active"):
        table.replace(again(queued), table.get(queued["Id"]))
    assert table.get(queued["Id"])["Status"] == "Error"
    table.delete(other)
    table.replace(again(queued), table.get(queued["Id"]))


def ended_by_moving(status):
    return lambda table, started: table.move(started, status)


def ended_by_settling(table, started):
    table.settle(started, "s1", settle_stage(started, "s1", [output("a-b", "Error")]))


ENDINGS = {
    "complete": ended_by_moving(statuses.COMPLETE),
    "error": ended_by_moving(statuses.ERROR),
    "settled": ended_by_settling,
    "deleted": lambda table, started: table.delete(started),
}


@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS.keys())
def test_the_asset_is_free_when_its_execution_has_ended(table, started, end):
    end(table, started)
    table.create({**started, "Id": "other", "Status": "Queued"})
    assert [one["Id"] for one in table.with_status("Queued")] == ["other"]


@pytest.mark.parametrize("status", [statuses.WAITING, statuses.RESUMED])
def test_an_execution_that_holds_no_slot_has_its_asset_still(table, queued, started, status):
    table.move(started, statuses.WAITING)
    if status == statuses.RESUMED:
        table.move(table.get(queued["Id"]), status)
    with pytest.raises(Conflict):
        table.create({**queued, "Id": "other"})


def of_an_earlier_release(table, queued):
    """An active execution that has no claim."""
    old = {**queued, "Id": "old", "AssetId": "an old asset"}
    table.create(old)
    if isinstance(table, Executions):
        table.claims.clear()
    else:
        key = {"Id": {"S": "asset/an old asset"}}
        aws.client("dynamodb").delete_item(TableName=CLAIM_TABLE, Key=key)
    return old


def test_an_active_execution_gets_the_claim_that_it_lacks_once(table, queued):
    assert not table.claim(summary(queued))
    old = of_an_earlier_release(table, queued)
    assert table.claim(summary(old))
    assert not table.claim(summary(old))
    with pytest.raises(Conflict, match=r"Id = old\) active"):
        table.create({**old, "Id": "other"})


def test_one_that_has_ended_gets_none(table, queued):
    old = of_an_earlier_release(table, queued)
    table.move(old, statuses.ERROR)
    assert not table.claim(summary(old))
    table.create({**old, "Id": "other"})


def test_one_that_never_had_the_asset_leaves_it_to_the_one_that_has(table, queued):
    old = of_an_earlier_release(table, queued)
    other = {**old, "Id": "other"}
    table.create(other)
    table.move(old, statuses.ERROR)
    assert table.get("old")["Status"] == "Error"
    with pytest.raises(Conflict, match=r"Id = other\) active"):
        table.create({**old, "Id": "third"})


class TestClaimsThatNobodyGaveBack:
    """As a table that was restored has them."""

    @pytest.fixture
    def real(self):
        with control_plane():
            yield execution_table()

    @staticmethod
    def left(execution, holder):
        item = {"Id": {"S": f"asset/{execution['AssetId']}"}, "ExecutionId": {"S": holder}}
        aws.client("dynamodb").put_item(TableName=CLAIM_TABLE, Item=item)

    def test_one_of_an_execution_that_is_gone_is_taken_over(self, real):
        execution = run_of(real)
        other = {**execution, **OTHER}
        self.left(other, "gone")
        real.create(other)
        assert claims.holder(CLAIM_TABLE, OTHER["AssetId"]) == "other"

    def test_one_of_an_execution_that_has_ended_is_taken_over(self, real):
        execution = run_of(real)
        real.move(execution, statuses.COMPLETE)
        self.left(execution, execution["Id"])
        real.create({**execution, "Id": "other"})
        assert claims.holder(CLAIM_TABLE, execution["AssetId"]) == "other"

    def test_one_that_is_retried_at_that_moment_keeps_it(self, real, monkeypatch):
        execution = run_of(real)
        real.move(execution, statuses.ERROR)
        self.left(execution, execution["Id"])
        get = real.get

        def retried(execution_id):
            found = get(execution_id)
            monkeypatch.undo()
            real.replace(again(execution), found)
            return found

        monkeypatch.setattr(real, "get", retried)
        with pytest.raises(Conflict, match="active on AssetId"):
            real.create({**execution, "Id": "other"})
        assert get("other") is None


@pytest.mark.parametrize("befalls", [[LOST], [HELD, LOST], [HELD, HELD]])
def test_of_two_for_one_asset_one_is_made_whatever_becomes_of_answers(befalls):
    with control_plane():
        table = execution_table()
        first = run_of(table)
        table.delete(first)
        with disturbed(befalls):
            table.create(first)
        with disturbed(befalls), pytest.raises(Conflict, match=f"Id = {first['Id']}"):
            table.create({**first, "Id": "other"})
        assert table.get("other") is None


def test_an_execution_stops_waiting_for_its_source_once(table, queued):
    waiting = {
        **queued,
        "Id": "w",
        "AssetId": "w",
        "Copying": {"Own": True},
        "Message": "copying …",
    }
    table.create(waiting)
    assert {"Own": True} in [one.get("Copying") for one in table.with_status("Queued")]
    table.end_copy(waiting)
    assert table.get("w") == {**queued, "Id": "w", "AssetId": "w"}
    with pytest.raises(Conflict):
        table.end_copy(waiting)


@pytest.mark.parametrize("happened", ["cancelled", "ended", "gone"])
def test_an_execution_that_is_to_end_goes_on_waiting(table, queued, happened):
    waiting = {
        **queued,
        "Id": "w",
        "AssetId": "w",
        "Copying": {"Own": True},
        "Message": "copying …",
    }
    if happened != "gone":
        table.create(waiting)
    if happened == "cancelled":
        table.mark_cancelled(waiting, "1.5")
    if happened == "ended":
        table.move(waiting, statuses.ERROR)
    before = table.get("w")
    with pytest.raises(Conflict):
        table.end_copy(waiting)
    assert table.get("w") == before


def ids_in_pages(read, most):
    found, after = [], None
    while True:
        page = read(most, after)
        assert len(page.items) <= most
        found += [one["Id"] for one in page.items]
        if page.after is None:
            return found
        after = page.after


@pytest.mark.parametrize("most", [1, 2, 5, 100])
def test_pages_show_every_record_once(table, queued, most):
    others = [f"other{number}" for number in range(4)]
    for one in others:
        table.create({**queued, "Id": one, "AssetId": f"asset of {one}"})
    table.move(table.get("other0"), statuses.ERROR)
    assert sorted(ids_in_pages(table.page, most)) == sorted([queued["Id"], *others])

    def read(most, after):
        return table.page_with_status("Queued", most, after)

    assert sorted(ids_in_pages(read, most)) == sorted([queued["Id"], *others[1:]])
    assert table.page_with_status("none", most, None) == ListPage([], None)
    assert table.page(1, None).items[0] in list(table.list())
    assert read(100, None).items[0] in list(table.with_status("Queued"))


def test_holders_of_slots_are_counted(table, queued, started):
    assert table.number_with_status("Started") == 1
    assert table.number_with_status("none") == 0


def test_a_doubted_count_is_corrected_while_nothing_changes(table, started):
    seen = table.slots()
    assert seen == Slots(1, None)
    assert not table.correct_slots(seen, 0)
    assert table.doubt_slots(seen, 1_700_000_000.25)
    doubted = table.slots()
    assert doubted == Slots(1, 1_700_000_000.25)
    assert table.correct_slots(doubted, 0)
    assert table.slots() == Slots(0, None)
    assert not table.correct_slots(doubted, 5)


def test_whoever_takes_or_frees_a_slot_ends_the_doubt(table, queued, started):
    other = {**queued, **OTHER}
    table.create(other)
    assert not table.doubt_slots(Slots(7, None), 1.5)
    for change in (
        lambda: table.admit(other, 5, "arn:other"),
        lambda: table.move(table.get("other"), statuses.WAITING),
        lambda: table.delete(started),
    ):
        assert table.doubt_slots(table.slots(), 1.5)
        doubted = table.slots()
        change()
        assert table.slots().doubted is None
        assert not table.correct_slots(doubted, 0)
    assert table.running() == 0


class TestTransactionsThatCollide:
    """DynamoDB cancels a transaction while another one writes the same item."""

    @pytest.fixture
    def real(self, monkeypatch):
        with control_plane():
            monkeypatch.setattr("time.sleep", lambda seconds: None)
            yield execution_table()

    @staticmethod
    def collide(monkeypatch, times):
        client = aws.client("dynamodb")
        write, left = client.transact_write_items, [times]

        def collided(**request):
            if left[0] == 0:
                return write(**request)
            left[0] -= 1
            reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
            raise ClientError(
                {
                    "Error": {"Code": "TransactionCanceledException"},
                    "CancellationReasons": reasons,
                },
                "TransactWriteItems",
            )

        monkeypatch.setattr(client, "transact_write_items", collided)

    def test_they_are_tried_again(self, real, monkeypatch):
        execution = run_of(real)
        self.collide(monkeypatch, 5)
        assert real.admit(execution, 1, "arn")
        assert real.running() == 1

    def test_the_caller_is_told_when_it_never_ends(self, real, monkeypatch):
        execution = run_of(real)
        self.collide(monkeypatch, 1_000)
        with pytest.raises(TooManyRequests):
            real.admit(execution, 1, "arn")


def run_of(table):
    world = World()
    define(world)
    execution = run(world)
    table.create(execution)
    return execution

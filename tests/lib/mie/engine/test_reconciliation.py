"""The sweep: what it repairs, what it leaves alone, and what it costs."""

import pytest
from tests.fakes.control_plane import World
from tests.fakes.crashes import Killed, die_at
from tests.fakes.definitions import define, run

from mie.core import statuses
from mie.core.documents import MachineRun
from mie.core.errors import Conflict, TooManyRequests
from mie.core.executions import summary
from mie.engine import reconciliation, turns
from mie.engine.execution_retries import retry
from mie.engine.reconciliation import sweep
from mie.engine.scheduling import fill_slots


@pytest.fixture
def world():
    world = World()
    define(world)
    world.now = 1_800_000_000.0
    world.clock = lambda: world.now
    return world


def started(world, count=1):
    """Records of executions whose machines run."""
    ids = [run(world)["Id"] for _ in range(count)]
    while fill_slots(world.worker_ports, count)["started"]:
        pass
    return [world.executions.get(one) for one in ids]


def lose_machine(world, execution):
    for known in (world.machines.runs, world.machines.executions):
        del known[execution["StateMachineExecutionArn"]]


def writes(world, monkeypatch):
    """The names of the writing calls, as they are made."""
    made = []
    for name in ("admit", "move", "settle", "replace", "doubt_slots", "correct_slots"):
        function = getattr(world.executions, name)

        def recorded(*arguments, _name=name, _function=function, **keywords):
            made.append(_name)
            return _function(*arguments, **keywords)

        monkeypatch.setattr(world.executions, name, recorded)
    return made


def test_when_nothing_is_wrong_it_writes_and_starts_nothing(world, monkeypatch):
    started(world, 3)
    starts, made = list(world.machines.starts), writes(world, monkeypatch)
    assert sweep(world.worker_ports) == []
    assert (world.machines.starts, made) == (starts, [])


@pytest.mark.parametrize("status", [statuses.STARTED, statuses.WAITING, statuses.RESUMED])
@pytest.mark.parametrize("ended", ["FAILED", "ABORTED", "TIMED_OUT", "SUCCEEDED"])
def test_an_execution_whose_machine_has_ended_is_closed_with_the_cause(world, status, ended):
    (execution,) = started(world)
    arn = execution["StateMachineExecutionArn"]
    for step in {statuses.STARTED: (), statuses.WAITING: (statuses.WAITING,)}.get(
        status, (statuses.WAITING, statuses.RESUMED)
    ):
        world.executions.move(world.executions.get(execution["Id"]), step)
    world.machines.end(arn, ended, world.now - 121)
    world.machines.histories[arn] = ["the history's word"]
    assert sweep(world.worker_ports) == [execution["Id"]]
    record = world.executions.get(execution["Id"])
    assert record["Status"] == "Error"
    assert record["Workflow"]["Stages"]["s1"]["Status"] == "Error"
    assert world.executions.claims == {}
    assert f"status:{ended}, cause: the history's word" in record["Message"]
    assert world.executions.running() == 0
    assert sweep(world.worker_ports) == []


def test_executions_of_an_earlier_release_get_their_claims(world):
    running, waiting = started(world, 2)
    world.executions.move(waiting, statuses.WAITING)
    queued = run(world)
    claims = dict(world.executions.claims)
    assert {one["Id"] for one in (running, waiting, queued)} == set(claims.values())
    world.executions.claims.clear()
    assert sweep(world.worker_ports) == []
    assert world.executions.claims == claims


def test_a_machine_that_has_just_ended_is_left_to_the_error_handler(world):
    (execution,) = started(world)
    world.machines.end(execution["StateMachineExecutionArn"], "FAILED", world.now - 119)
    assert sweep(world.worker_ports) == []
    assert world.executions.get(execution["Id"]) == execution


def test_a_machine_that_was_never_started_is_started(world):
    (execution,) = started(world)
    lose_machine(world, execution)
    assert sweep(world.worker_ports) == [execution["Id"]]
    assert world.machines.state(execution["StateMachineExecutionArn"]).status == "RUNNING"
    assert world.executions.running() == 1


def test_an_execution_that_waits_without_a_machine_is_closed(world):
    (execution,) = started(world)
    world.executions.move(execution, statuses.WAITING)
    lose_machine(world, execution)
    sweep(world.worker_ports)
    record = world.executions.get(execution["Id"])
    assert (record["Status"], record["Message"].endswith("is gone")) == ("Error", True)


def test_what_changed_since_the_index_was_read_is_left_alone(world):
    (execution,) = started(world)
    world.machines.end(execution["StateMachineExecutionArn"], "SUCCEEDED", 0.0)
    with_status = world.executions.with_status
    world.executions.number_with_status = lambda status: 1

    def out_of_date(status):
        found = list(with_status(status))
        if found:
            world.executions.move(execution, statuses.COMPLETE)
        return iter(found)

    world.executions.with_status = out_of_date
    assert sweep(world.worker_ports) == []
    assert world.executions.get(execution["Id"])["Status"] == "Complete"


def test_an_index_that_shows_an_earlier_attempt_ends_no_later_one(world):
    (first,) = started(world)
    world.machines.end(first["StateMachineExecutionArn"], "FAILED", 0.0)
    sweep(world.worker_ports)
    retry(world.execution_ports, first["Id"], {})
    fill_slots(world.worker_ports, 1)
    again = world.executions.get(first["Id"])
    shown = {statuses.STARTED: [summary(first)]}
    world.executions.with_status = lambda status: iter(shown.get(status, []))
    assert sweep(world.worker_ports) == []
    assert world.executions.get(first["Id"]) == again
    assert (again["Status"], again["Attempt"]) == ("Started", 2)


def test_somebody_who_is_faster_is_no_error(world):
    (execution,) = started(world)
    world.machines.end(execution["StateMachineExecutionArn"], "FAILED", 0.0)

    def refuse(*arguments, **keywords):
        raise Conflict("changed")

    world.executions.move = refuse
    assert sweep(world.worker_ports) == []


def test_one_that_cannot_be_looked_at_does_not_strand_the_others(world):
    executions = started(world, 3)
    for one in executions:
        world.machines.end(one["StateMachineExecutionArn"], "FAILED", 0.0)
    state = world.machines.state

    def throttled(arn):
        if arn == executions[1]["StateMachineExecutionArn"]:
            raise TooManyRequests("slower")
        return state(arn)

    world.machines.state = throttled
    expected = {executions[0]["Id"], executions[2]["Id"]}
    assert set(sweep(world.worker_ports)) == expected


def test_slots_that_others_change_all_the_time_do_not_strand_the_executions(world):
    (execution,) = started(world)
    world.machines.end(execution["StateMachineExecutionArn"], "FAILED", 0.0)
    world.executions.taken += 1

    def held(seen, at):
        raise TooManyRequests("changed by too many at a time")

    world.executions.doubt_slots = held
    assert sweep(world.worker_ports) == [execution["Id"]]


def test_a_sweep_is_bounded_and_everything_has_its_turn(world):
    executions = started(world, 120)
    seen = []
    world.machines.state = lambda arn: seen.append(arn) or MachineRun("RUNNING", None)
    for _ in range(3):
        before = len(seen)
        sweep(world.worker_ports)
        assert len(seen) - before == 50
        world.now += 60
    assert set(seen) == {one["StateMachineExecutionArn"] for one in executions}


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(
    ("port", "step"),
    [("executions", "move"), ("machines", "start"), ("machines", "causes"), ("executions", "get")],
)
def test_a_sweep_that_broke_is_finished_by_the_next(world, port, step, before):
    ended, missing = started(world, 2)
    world.machines.end(ended["StateMachineExecutionArn"], "FAILED", 0.0)
    lose_machine(world, missing)
    die_at(world, port, step, before=before)
    with pytest.raises(Killed):
        sweep(world.worker_ports)
    sweep(world.worker_ports)
    assert world.executions.get(ended["Id"])["Status"] == "Error"
    assert world.machines.state(missing["StateMachineExecutionArn"]).status == "RUNNING"
    assert len(world.machines.executions) == 2
    assert world.executions.running() == 1


class TestTheCountOfSlots:
    @pytest.fixture
    def drifted(self, world):
        """One runs, and the counter says three."""
        started(world)
        world.executions.taken = 3
        return world

    def test_it_is_corrected_when_two_sweeps_saw_it_wrong(self, drifted):
        sweep(drifted.worker_ports)
        assert drifted.executions.running() == 3
        drifted.now += 60
        sweep(drifted.worker_ports)
        assert drifted.executions.running() == 1
        drifted.now += 60
        sweep(drifted.worker_ports)
        assert drifted.executions.slots().doubted is None

    def test_two_sweeps_at_once_correct_nothing(self, drifted):
        for _ in range(3):
            sweep(drifted.worker_ports)
            drifted.now += 9
        assert drifted.executions.running() == 3

    def test_whoever_takes_or_frees_a_slot_ends_the_doubt(self, drifted):
        sweep(drifted.worker_ports)
        other = run(drifted)
        fill_slots(drifted.worker_ports, 5)
        drifted.executions.move(drifted.executions.get(other["Id"]), statuses.ERROR)
        drifted.now += 60
        sweep(drifted.worker_ports)
        assert drifted.executions.running() == 3
        drifted.now += 60
        sweep(drifted.worker_ports)
        assert drifted.executions.running() == 1

    def test_a_slot_that_is_taken_while_it_counts_prevents_the_correction(self, drifted):
        sweep(drifted.worker_ports)
        drifted.now += 60
        count = drifted.executions.number_with_status

        def admit_meanwhile(status):
            found = count(status)
            run(drifted)
            fill_slots(drifted.worker_ports, 5)
            return found

        drifted.executions.number_with_status = admit_meanwhile
        sweep(drifted.worker_ports)
        assert drifted.executions.running() == 4

    def test_too_few_are_corrected_too(self, world):
        started(world, 3)
        world.executions.taken = 1
        for _ in range(2):
            sweep(world.worker_ports)
            world.now += 60
        assert world.executions.running() == 3

    @pytest.mark.parametrize("before", [True, False])
    @pytest.mark.parametrize("step", ["doubt_slots", "correct_slots"])
    def test_a_correction_that_broke_is_made_by_the_next_sweep(self, drifted, step, before):
        die_at(drifted, "executions", step, before=before)
        for _ in range(4):
            try:
                sweep(drifted.worker_ports)
            except Killed:
                continue
            finally:
                drifted.now += 60
        assert drifted.executions.running() == 1


def test_the_grace_is_longer_than_a_sweep_apart():
    # or the error handler would never come first
    assert reconciliation._GRACE_SECONDS > turns.SECONDS_BETWEEN_SWEEPS

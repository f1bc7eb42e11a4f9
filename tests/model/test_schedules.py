"""Whatever happens in whatever order, each execution ends once and no slot is lost.

Random schedules over the whole engine, disturbed at random side effects. ``MIE_MODEL_SCHEDULES``
is how many; the default is what a few seconds allow.
"""

import logging
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fakes.lagging_index import LaggingIndex
from tests.model.simulation import ACTIONS, Disturbance, Simulation

SCHEDULES = int(os.environ.get("MIE_MODEL_SCHEDULES", "300"))
# Those that make executions get on come more often than those that hinder them.
OFTEN = (
    "create",
    "wake",
    "end_copy",
    "step",
    "step",
    "step",
    "minute",
    "resume",
    "tell",
    "cancel",
    "retry",
)

actions = st.tuples(st.sampled_from((*OFTEN, *ACTIONS)), st.integers(0, 9))
disturbances = st.builds(
    Disturbance,
    kind=st.sampled_from(("kill", "refuse", "hold", "intrude")),
    at=st.sampled_from((0, 0, 0, 1, 1, 1, 2, 2, 3, 4)),
    late=st.booleans(),
    intruder=actions,
)
schedules = st.lists(
    st.tuples(actions, st.lists(disturbances, max_size=2)), min_size=20, max_size=60
)


@pytest.fixture(autouse=True)
def silence():
    """What goes wrong here is logged thousands of times."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def run(schedule, *, lossy, seed=None):
    """The simulation after the schedule; every step leaves what must be true as it is.

    seed: of how far the indexes are behind; None when they never are.
    """
    simulation = Simulation(lossy=lossy, index=LaggingIndex(seed))
    for (action, which), disturbed in schedule:
        before = simulation.endings()
        simulation.act(action, which, disturbed)
        simulation.check(before)
    simulation.recover()
    assert_ended(simulation)
    for execution_id in simulation.retry_failed():
        assert simulation.records[execution_id]["Status"] == "Complete"
    assert_ended(simulation)


def assert_ended(simulation):
    """All have ended, and those whose source never came have left nothing."""
    for one in simulation.records.values():
        assert "Copying" not in one or one["AssetId"] not in simulation.world.dataplane.assets
    assert simulation.is_quiet(), {
        one["Id"]: (one["Status"], one["CurrentStage"]) for one in simulation.records.values()
    }
    assert simulation.world.executions.taken == 0


KILLED_LATE = Disturbance("kill", at=0, late=True)
# What a random schedule rarely meets. "wake" has the side effects receive, admit, start, delete.
RARE = {
    "a cancellation dies behind its mark": [
        (("create", 1), []),
        (("wake", 0), []),
        (("cancel", 0), [KILLED_LATE]),
        (("calm", 0), []),
    ],
    "an execution is cancelled while it is started": [
        (("create", 1), []),
        (("wake", 0), [Disturbance("intrude", at=2, late=False, intruder=("cancel", 0))]),
        (("calm", 0), []),
    ],
    "an execution is cancelled while it is started by somebody who dies": [
        (("create", 1), []),
        (
            ("wake", 0),
            [
                Disturbance("intrude", at=2, late=False, intruder=("cancel", 0)),
                Disturbance("kill", at=2, late=True),
            ],
        ),
        (("calm", 0), []),
    ],
    "a job fails and its execution is retried": [
        (("create", 1), []),
        (("wake", 0), []),
        (("start_job", 4), []),
        (("step", 0), []),
        (("retry", 0), []),
    ],
    "a failed attempt is retried before its machine hears of the failure": [
        (("create", 1), []),
        (("wake", 0), []),
        (("step", 4), [KILLED_LATE]),
        (("retry", 0), []),
        (("calm", 0), []),
    ],
    "a failed execution is deleted before its machine hears of the failure": [
        (("create", 1), []),
        (("wake", 0), []),
        (("step", 4), [KILLED_LATE]),
        (("delete", 0), []),
        (("calm", 0), []),
    ],
    "an execution is aborted while its job runs and retried": [
        (("create", 1), []),
        (("wake", 0), []),
        (("start_job", 0), []),
        (("abort", 0), []),
        (("tell", 1), []),
        (("retry", 0), []),
    ],
    "a machine is deleted while it runs": [
        (("create", 0), []),
        (("wake", 0), []),
        (("step", 0), []),
        (("delete_machine", 0), []),
        (("create", 0), []),
        (("wake", 0), []),
        (("step", 0), []),
        (("tell", 1), []),
        (("calm", 0), []),
    ],
    "a machine is deleted while an execution waits, and nobody tells of its end": [
        (("create", 1), []),
        (("wake", 0), []),
        (("step", 0), []),
        (("step", 0), []),
        (("delete_machine", 0), []),
        (("resume", 0), []),
        (("wake", 0), []),
        (("step", 0), []),
        (("lose_event", 0), []),
        (("calm", 0), []),
    ],
    "a machine is deleted before the message of its execution": [
        (("create", 1), []),
        (("wake", 0), [Disturbance("kill", at=3, late=False)]),
        (("delete_machine", 0), []),
        (("calm", 0), []),
    ],
    "a workflow is deleted by force while an execution of it is started": [
        (("create", 1), []),
        (("wake", 0), [Disturbance("intrude", at=2, late=False, intruder=("delete_workflow", 0))]),
        (("make_workflow", 0), []),
        (("create", 1), []),
        (("calm", 0), []),
    ],
    # "delete_workflow" has, after those of each cancellation, machines.delete and workflows.delete
    "an execution is created while its workflow is deleted": [
        (("delete_workflow", 9), [Disturbance("intrude", at=0, late=True, intruder=("create", 1))]),
        (("wake", 0), []),
        (("calm", 0), []),
    ],
    "a workflow is made anew while an execution of the old one is queued": [
        (
            ("delete_workflow", 9),
            [Disturbance("intrude", at=0, late=False, intruder=("create", 1))],
        ),
        (("make_workflow", 0), []),
        (("create", 1), []),
        (("wake", 0), []),
        (("calm", 0), []),
    ],
    "an execution is started between the look and the deletion": [
        (("create", 1), []),
        (
            ("delete_workflow", 0),
            [
                Disturbance("intrude", at=3, late=False, intruder=("create", 1)),
                Disturbance("intrude", at=3, late=False, intruder=("wake", 0)),
                Disturbance("kill", at=3, late=True),
            ],
        ),
        (("step", 0), []),
        (("calm", 0), []),
    ],
    "the end of the first attempt is told during the second": [
        (("create", 1), []),
        (("wake", 0), []),
        (("abort", 0), []),
        (("cancel", 0), []),
        (("retry", 0), []),
        (("wake", 0), []),
        (("tell", 0), []),
        (("calm", 0), []),
    ],
}


def test_an_index_shows_each_change_late_and_in_order():
    index, items, shown = LaggingIndex(seed=1), {}, []
    for number in range(20):
        index.changes("a", items.get("a"))
        items["a"] = number
        shown.extend(index.shows(items))
    assert shown == sorted(shown)
    assert shown != list(range(20))
    index.catch_up()
    assert index.shows(items) == [19]


@pytest.mark.parametrize("schedule", RARE.values(), ids=RARE.keys())
def test_a_rare_schedule_ends_well_too(schedule):
    run(schedule, lossy=False)


@settings(
    max_examples=SCHEDULES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(schedules, st.booleans(), st.none() | st.integers(0, 99))
def test_every_execution_ends_once_and_no_slot_is_lost(schedule, lossy, seed):
    run(schedule, lossy=lossy, seed=seed)

"""Whatever happens in whatever order, each execution ends once and no slot is lost.

Random schedules over the whole engine, disturbed at random side effects. ``MIE_MODEL_SCHEDULES``
is how many; the default is what a few seconds allow.
"""

import logging
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.model.simulation import ACTIONS, Disturbance, Simulation

SCHEDULES = int(os.environ.get("MIE_MODEL_SCHEDULES", "120"))
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


def run(schedule, *, lossy):
    """The simulation after the schedule; every step leaves what must be true as it is."""
    simulation = Simulation(lossy=lossy)
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
@given(schedules, st.booleans())
def test_every_execution_ends_once_and_no_slot_is_lost(schedule, lossy):
    run(schedule, lossy=lossy)

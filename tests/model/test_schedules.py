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
OFTEN = ("create", "wake", "step", "step", "step", "minute", "resume", "tell", "cancel", "retry")

actions = st.tuples(st.sampled_from((*OFTEN, *ACTIONS)), st.integers(0, 9))
disturbances = st.builds(
    Disturbance,
    kind=st.sampled_from(("kill", "refuse", "intrude")),
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


@settings(
    max_examples=SCHEDULES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(schedules, st.booleans())
def test_every_execution_ends_once_and_no_slot_is_lost(schedule, lossy):
    simulation = Simulation(lossy=lossy)
    for (action, which), disturbance in schedule:
        before = simulation.endings()
        simulation.act(action, which, disturbance)
        simulation.check(before)
    simulation.recover()
    assert_ended(simulation)
    for execution_id in simulation.retry_failed():
        assert simulation.records[execution_id]["Status"] == "Complete"
    assert_ended(simulation)


def assert_ended(simulation):
    assert simulation.is_quiet(), {
        one["Id"]: (one["Status"], one["CurrentStage"]) for one in simulation.records.values()
    }
    assert simulation.world.executions.taken == 0

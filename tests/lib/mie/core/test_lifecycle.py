"""The table of what may become of an execution, and what goes with a change of its status."""

from itertools import product

import pytest

from mie.core import lifecycle, statuses
from mie.core.errors import Conflict
from mie.core.lifecycle import ACTIVE, TRANSITIONS, Step

ENDED = {"Error", "Complete"}
ALL = (*sorted({*ACTIVE, *ENDED}), None)


def record(status, **stages):
    described = {name: {"Status": one} for name, one in stages.items()}
    return {"Status": status, "CurrentStage": "s2", "Workflow": {"Stages": described}}


def test_every_status_can_be_reached_and_only_a_failed_execution_goes_on_after_its_end():
    assert {one.after for one in TRANSITIONS} == set(ALL)
    goes_on = [one for one in TRANSITIONS if one.before in ENDED and one.after is not None]
    assert [(one.before, one.after) for one in goes_on] == [("Error", "Queued")]


def test_whatever_is_active_can_be_cancelled_and_everything_deleted():
    def before(event):
        return {one.before for one in TRANSITIONS if one.event == event}

    assert before("cancel") == set(ACTIVE)
    assert before("delete") == {*ACTIVE, *ENDED}


def test_no_row_stands_there_twice():
    rows = [(one.before, one.after, one.event) for one in TRANSITIONS]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize(("before", "after"), list(product(ALL, ALL)))
def test_what_has_no_row_is_refused(before, after):
    rows = {(one.before, one.after) for one in TRANSITIONS}
    if (before, after) in rows or (before == after and before in ACTIVE):
        lifecycle.step(before, after)
    else:
        with pytest.raises(Conflict, match=f"that is {before} cannot become {after}"):
            lifecycle.step(before, after)


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        (None, "Queued", Step(slots=0, assets=1)),
        ("Queued", "Started", Step(slots=1, assets=0)),
        # one that waits for a person holds no slot
        ("Started", "Waiting", Step(slots=-1, assets=0)),
        ("Resumed", "Started", Step(slots=1, assets=0)),
        ("Started", "Started", Step(slots=0, assets=0)),
        ("Started", "Complete", Step(slots=-1, assets=-1)),
        ("Waiting", "Error", Step(slots=0, assets=-1)),
        ("Started", None, Step(slots=-1, assets=-1)),
        ("Error", None, Step(slots=0, assets=0)),
        ("Error", "Queued", Step(slots=0, assets=1)),
    ],
)
def test_a_step_takes_and_gives_back_what_the_statuses_hold(before, after, step):
    assert lifecycle.step(before, after) == step


def test_whatever_way_an_execution_goes_it_holds_nothing_at_its_end():
    """Sums over all ways of at most eight steps."""
    ways = [(None, 0, 0)]
    for _ in range(8):
        ways = list(
            {
                (one.after, slots + step.slots, assets + step.assets)
                for before, slots, assets in ways
                for one in TRANSITIONS
                if one.before == before
                for step in [lifecycle.step(one.before, one.after)]
            }
        )
        for status, slots, assets in ways:
            assert (slots, assets) == (status in lifecycle.HOLDS_A_SLOT, status in ACTIVE)


def test_a_stage_that_had_begun_ends_with_its_execution():
    running = record("Started", s1="Complete", s2="Started", s3="Not Started")
    assert lifecycle.changes(running, statuses.ERROR, "why" * 1_000) == {
        "Status": "Error",
        "Message": "why" * 1_000,
        "Workflow.Stages.s2.Status": "Error",
        "Workflow.Stages.s2.Message": ("why" * 1_000)[:1_000],
    }


@pytest.mark.parametrize("status", ["Waiting", "Resumed", "Started"])
def test_a_stage_goes_on_with_its_execution(status):
    assert lifecycle.changes(record("Started", s2="Started"), status) == {"Status": status}

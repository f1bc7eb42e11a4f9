"""A limit that is changed while executions run counts from the next admission on."""

import time

import pytest

# alone: it changes the limit for all
pytestmark = [pytest.mark.deployed, pytest.mark.alone]
PATH = "/system/configuration"
LIMIT = "MaxConcurrentWorkflows"
# Longer than this test takes: an operator that is asked so late keeps its execution running.
_RUNS_SECONDS = 120
_PATIENCE_SECONDS = 30


@pytest.fixture
def start(stack, definitions):
    """Starts executions that keep running; they are deleted before their workflow is."""
    operator = definitions.operator(
        "long",
        "VideoAsyncOKLambda",
        "VideoAsyncOKMonitorLambda",
        PollSeconds=_RUNS_SECONDS,
        MaxPollSeconds=_RUNS_SECONDS,
    )
    workflow = definitions.workflow("long", definitions.stage("one", operator))
    ids = []

    def begin():
        ids.append(stack.start(workflow, "Video")["Id"])
        return ids[-1]

    yield begin
    # those that wait go first: a slot that becomes free would start them
    for one in reversed(ids):
        assert stack.workflow.request("DELETE", f"/workflow/execution/{one}").status == 200


def status(stack, execution_id):
    return stack.workflow.request("GET", f"/workflow/execution/{execution_id}").json["Status"]


def started(stack, ids):
    return [one for one in ids if status(stack, one) == "Started"]


def wait_for_started(stack, ids, count):
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while len(started(stack, ids)) < count and time.monotonic() < deadline:
        time.sleep(0.2)
    return len(started(stack, ids))


def test_a_limit_counts_from_the_next_admission_on(stack, limit, start):
    limit(1)
    ids = [start()]
    assert wait_for_started(stack, ids, 1) == 1
    ids += [start(), start()]
    time.sleep(2)
    assert [status(stack, one) for one in ids] == ["Started", "Queued", "Queued"]
    limit(3)
    ids.append(start())
    assert wait_for_started(stack, ids, 3) == 3
    limit(1)
    ids.append(start())
    time.sleep(2)
    assert len(started(stack, ids)) == 3


@pytest.mark.parametrize("value", [0, 1.5, True, "2", None, 10**40])
def test_a_limit_that_is_none_is_refused(stack, limit, value):
    limit(4)
    answer = stack.workflow.request("POST", PATH, {"Name": LIMIT, "Value": value})
    assert answer.status == 400
    assert "MaxConcurrentWorkflows must be a value > 1" in answer.json["Message"]
    assert stack.workflow.request("GET", PATH).json == [{"Name": LIMIT, "Value": 4}]


def test_an_unknown_parameter_is_refused_with_the_known_ones(stack):
    answer = stack.workflow.request("POST", PATH, {"Name": "MaxConcurrent", "Value": 1})
    assert answer.status == 400
    assert LIMIT in answer.json["Message"]

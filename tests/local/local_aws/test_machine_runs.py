"""An execution that was interrupted goes on where it was."""

import copy
import json
import time
from contextvars import ContextVar

import pytest
from ministack.core.responses import AccountRegionScopedDict
from ministack.services import stepfunctions

from local_aws import machine_runs

MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:m"
SCOPE = ("000000000000", "us-east-1")


def task(name, **more):
    return {"Type": "Task", "Resource": name, **more}


def branch(name):
    first, second, third = (f"{name} {step}" for step in ("first", "second", "third"))
    return {
        "StartAt": first,
        "States": {
            first: task(first, Next=second),
            second: task(second, Next=third),
            third: task(third, End=True),
        },
    }


DEFINITION = {
    "StartAt": "before",
    "States": {
        "before": task("before", Next="both"),
        "both": {
            "Type": "Parallel",
            "Branches": [branch("a"), branch("b")],
            "ResultPath": "$.both",
            "Next": "after",
        },
        "after": task("after", End=True),
    },
}


class Machines:
    """Step Functions as the local AWS has it, of which every task notes that it was done."""

    def __init__(self, monkeypatch):
        self.done, self.stops_at, self.saved, self.events = [], None, None, []
        for name in ("_start_execution", "_run_execution", "_run_parallel_branches"):
            monkeypatch.setattr(stepfunctions, name, getattr(stepfunctions, name))
        for name in ("_run_sub_machine", "_restore_state"):
            monkeypatch.setattr(stepfunctions, name, getattr(stepfunctions, name))
        for name in ("_executions", "_state_machines", "_state_machine_versions"):
            monkeypatch.setattr(stepfunctions, name, AccountRegionScopedDict())
        monkeypatch.setattr(stepfunctions, "_execute_task", self.execute)
        monkeypatch.setattr(stepfunctions, "_emit_execution_status_event", self.tell)
        self.requested = ContextVar("requested", default="")
        self.interrupted = machine_runs.enforce(self.requested)

    def tell(self, execution):
        self.events.append((execution["executionArn"], execution["status"]))

    def execute(self, state, given, execution, context):
        name = state["Resource"]
        if name == self.stops_at:
            self.saved = copy.deepcopy(stepfunctions.get_state())
        self.done.append(name)
        time.sleep(0.01)
        return {**given, name: True}, state.get("Next")

    def make(self, definition):
        stepfunctions._state_machines[MACHINE] = {
            "name": "m",
            "stateMachineArn": MACHINE,
            "definition": json.dumps(definition),
            "roleArn": "role",
            "status": "ACTIVE",
        }

    def run(self, **given):
        started = stepfunctions._start_execution(
            {"stateMachineArn": MACHINE, "input": json.dumps(given)}
        )
        return self.ended(json.loads(started[2])["executionArn"])

    def ended(self, arn):
        for _ in range(1000):
            execution = stepfunctions._executions[arn]
            if execution["status"] != "RUNNING" and "branches" not in execution:
                return execution
            time.sleep(0.01)
        raise AssertionError(execution["status"])

    def restart(self):
        self.done.clear()
        self.events.clear()
        for store in (stepfunctions._executions, stepfunctions._state_machines):
            store.clear()
        stepfunctions._restore_state(self.saved)
        (scope,) = self.interrupted.go_on(self.requested)
        return self.ended(scope[2])


@pytest.fixture
def machines(monkeypatch):
    made = Machines(monkeypatch)
    made.make(DEFINITION)
    return made


@pytest.mark.parametrize(
    ("at", "again"),
    [
        ("before", {"before", "a first", "a second", "a third", "after"}),
        ("a second", {"a second", "a third", "after"}),
        ("a third", {"a third", "after"}),
        ("after", {"after"}),
    ],
)
def test_it_goes_on_at_the_state_of_each_branch_that_it_was_in(machines, at, again):
    machines.stops_at = at
    whole = machines.run(given=1)
    execution = machines.restart()
    assert execution["status"] == "SUCCEEDED"
    assert json.loads(execution["output"]) == json.loads(whole["output"])
    assert {one for one in machines.done if not one.startswith("b ")} == again
    assert len(machines.done) == len(set(machines.done))
    assert json.loads(execution["input"]) == {"given": 1}


def test_its_history_has_no_state_that_the_machine_has_not(machines):
    machines.stops_at = "after"
    machines.run()
    events = machines.restart()["events"]
    entered = [
        one["stateEnteredEventDetails"]["name"]
        for one in events
        if "stateEnteredEventDetails" in one
    ]
    assert entered == ["before", "both", "after", "after"]


def test_a_version_of_its_machine_stays_its_own(machines):
    version = f"{MACHINE}:1"
    stepfunctions._state_machine_versions[version] = {
        "stateMachineArn": MACHINE,
        "definition": json.dumps(DEFINITION),
    }
    machines.stops_at = "before"
    machines.run()
    for one in machines.saved["executions"].all_values():
        one["stateMachineVersionArn"] = version
    other = {"StartAt": "else", "States": {"else": task("else", End=True)}}
    for one in machines.saved["state_machines"].all_values():
        one["definition"] = json.dumps(other)
    assert machines.restart()["status"] == "SUCCEEDED"
    assert "else" not in machines.done
    assert "after" in machines.done


def test_a_machine_with_variables_fails_and_its_end_is_told(machines):
    definition = {
        "StartAt": "set",
        "QueryLanguage": "JSONata",
        "States": {
            "set": {"Type": "Pass", "Assign": {"x": 1}, "Next": "use"},
            "use": task("use", End=True),
        },
    }
    machines.make(definition)
    machines.stops_at = "use"
    machines.run()
    execution = machines.restart()
    assert (execution["status"], execution["error"]) == ("FAILED", "States.ServiceRestart")
    assert machines.events == [(execution["executionArn"], "FAILED")]


def test_a_parallel_that_is_tried_again_does_all_its_branches_again(machines, monkeypatch):
    failures = ["b second"]
    definition = copy.deepcopy(DEFINITION)
    retry = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 0, "MaxAttempts": 1}
    definition["States"]["both"]["Retry"] = [retry]
    machines.make(definition)
    execute = stepfunctions._execute_task

    def executed(state, given, *more):
        if state["Resource"] in failures:
            failures.remove(state["Resource"])
            raise stepfunctions._ExecutionError("Some", "failure")
        return execute(state, given, *more)

    monkeypatch.setattr(stepfunctions, "_execute_task", executed)
    assert machines.run()["status"] == "SUCCEEDED"
    assert machines.done.count("a first") == 2

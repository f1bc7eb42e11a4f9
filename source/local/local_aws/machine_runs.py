"""Executions run the version that they were started by, and go on where they were.

MiniStack 1.5.33 runs the present definition of a machine when a version of it is started. And it
fails an execution that ran when it ended, and tells nobody. Step Functions keeps what runs: here an
execution goes on at the state, and in a Parallel at the state of each branch, that it was in when
the state of the local AWS was saved, which is done again from its beginning. A machine that keeps
variables, of which no save knows, fails as it did, and its end is told.
"""

import contextvars
import copy
import json
import threading
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from types import FunctionType
from typing import Any

from ministack.core.responses import now_iso, set_request_account_id, set_request_region
from ministack.services import stepfunctions

Json = dict[str, Any]
Run = Callable[[str], None]
Scope = tuple[str, str, str]

# keys of an execution: where its branches are, and where they go on
_BRANCHES, _LEFT = "branches", "branchesLeft"
_RUNNING = "RUNNING"
# stands in the definition of a machine that keeps variables
_ASSIGNS = '"Assign"'
# the state by which an execution enters the one that it was in
_ENTRANCE = "Goes on"


class Interrupted:
    """The executions that ran when what is restored was saved."""

    def __init__(self) -> None:
        self._found: list[Scope] = []

    def restoring(self, restore: Callable[[Json], None]) -> Callable[[Json], None]:
        """Leaves executions that can go on as they were."""

        def restored(state: Json) -> None:
            executions = state["executions"]._data if state else {}
            ran = {
                scope: dict(one) for scope, one in executions.items() if one["status"] == _RUNNING
            }
            restore(state)
            for scope, execution in ran.items():
                present = stepfunctions._executions._data[scope]
                if _can_go_on(scope, execution):
                    present.clear()
                    present.update(execution)
            self._found.extend(ran)

        return restored

    def go_on(self, requested: ContextVar[str]) -> list[Scope]:
        """Lets them go on, and tells of those that cannot; there must be functions to call."""
        found, self._found = self._found, []
        for scope in found:
            contextvars.copy_context().run(_go_on, scope, requested)
        return found

    def tell_again(self, since: float, until: float) -> None:
        """Tells of the ends between the two, which those who wait may not have heard of.

        since, until: Unix times in seconds.
        """
        for (account, region, _), execution in stepfunctions._executions.all_items():
            ended = execution.get("stopDate")
            if ended and since <= datetime.fromisoformat(ended).timestamp() <= until:
                contextvars.copy_context().run(_tell, account, region, execution)


def enforce(requested: ContextVar[str]) -> Interrupted:
    """requested: the ARN that the present request starts an execution with."""
    stepfunctions._start_execution = _remembering_the_version(
        stepfunctions._start_execution, requested
    )
    stepfunctions._run_execution = _running(stepfunctions._run_execution, requested)
    stepfunctions._run_parallel_branches = _beginning_anew(stepfunctions._run_parallel_branches)
    stepfunctions._run_sub_machine = _keeping_track(stepfunctions._run_sub_machine)
    interrupted = Interrupted()
    stepfunctions._restore_state = interrupted.restoring(stepfunctions._restore_state)
    return interrupted


def _remembering_the_version(
    start: Callable[[Json], Any], requested: ContextVar[str]
) -> Callable[[Json], Any]:
    """Keeps the ARN that an execution was started with for the thread that runs it."""

    def started(data: Json) -> Any:
        token = requested.set(data.get("stateMachineArn", ""))
        try:
            return start(data)
        finally:
            requested.reset(token)

    return started


def _running(run: FunctionType, requested: ContextVar[str]) -> Run:
    """Runs the definition of the version that was asked for, from where the execution is."""

    def ran(execution_arn: str) -> None:
        execution = stepfunctions._executions.get(execution_arn)
        machine = stepfunctions._state_machines.get((execution or {}).get("stateMachineArn"))
        if execution is None or machine is None:
            run(execution_arn)
            return
        version = stepfunctions._state_machine_versions.get(requested.get()) or machine
        definition = going_on(version["definition"], execution)
        # this one run sees the machine as the version has it
        own = {
            **run.__globals__,
            "_state_machines": {
                execution["stateMachineArn"]: {**machine, "definition": definition}
            },
            "_add_event": _without_the_entrance(stepfunctions._add_event),
        }
        try:
            FunctionType(run.__code__, own)(execution_arn)
        finally:
            execution.pop(_BRANCHES, None)
            execution.pop(_LEFT, None)

    return ran


def going_on(definition: str, execution: Json) -> str:
    """The definition, beginning with the state that the execution was in."""
    entered = [one for one in execution["events"] if one["type"].endswith("StateEntered")]
    if not entered:
        return definition
    details = entered[-1]["stateEnteredEventDetails"]
    entrance = {
        "Type": "Pass",
        "QueryLanguage": "JSONPath",
        "Result": json.loads(details["input"]),
        "Next": details["name"],
    }
    machine = json.loads(definition)
    states = {**machine["States"], _ENTRANCE: entrance}
    return json.dumps({**machine, "StartAt": _ENTRANCE, "States": states})


def _without_the_entrance(add: Callable[..., Json]) -> Callable[..., Json]:
    """It is no state of the machine."""

    def added(execution: Json, kind: str, details: Json | None = None) -> Json:
        named = [one.get("name") for one in (details or {}).values() if isinstance(one, dict)]
        return {} if _ENTRANCE in named else add(execution, kind, details)

    return added


def _beginning_anew(run: Callable[..., Any]) -> Callable[..., Any]:
    """A Parallel that is tried again, or entered again, begins its branches anew."""

    def ran(state: Json, given: Any, execution: Json, context: Json) -> Any:
        try:
            return run(state, given, execution, context)
        finally:
            for branch in state.get("Branches", []):
                execution.get(_BRANCHES, {}).pop(branch.get("StartAt"), None)

    return ran


def _keeping_track(run: Callable[..., Any]) -> Callable[..., Any]:
    """Runs a branch from where it was, one state after another, and notes where it is.

    The name of its first state is that of no other branch. Items of a Map share it: a Map is done
    again as a whole.
    """

    def ran(states: Json, start_at: str, given: Any, execution: Json, context: Json) -> Any:
        if "Map" in context:
            return run(states, start_at, given, execution, context)
        places = execution.setdefault(_BRANCHES, {})
        left = execution.get(_LEFT, {}).pop(start_at, None)
        place = left or {"state": start_at, "input": copy.deepcopy(given)}
        while True:
            places[start_at] = place
            if place["state"] is None:
                return copy.deepcopy(place["input"])
            output, following = _step(run, states, place, execution, context)
            place = {"state": following, "input": output}

    return ran


def _step(
    run: Callable[..., Any], states: Json, place: Json, execution: Json, context: Json
) -> tuple[Any, str | None]:
    """The output of one state and the name of the next."""
    name = place["state"]
    state = states.get(name, {})
    # branches run side by side: each says in a context of its own what state it is in
    own = {**context, "State": {"Name": name, "EnteredTime": now_iso(), "RetryCount": 0}}
    given = copy.deepcopy(place["input"])
    execute = getattr(stepfunctions, f"_execute_{str(state.get('Type')).lower()}", None)
    if execute is None:
        # Succeed, Fail, and what is no state
        return run(states, name, given, execution, own), None
    more = (execution, own) if state["Type"] in ("Task", "Parallel", "Map") else (own,)
    output, following = execute(state, given, *more)
    return output, following


def _can_go_on(scope: Scope, execution: Json) -> bool:
    """Whether all that it knows was saved; a caller who waited for it is gone."""
    machine = stepfunctions._state_machines._data.get((*scope[:2], execution["stateMachineArn"]))
    # a child of a Map that is distributed has none; its parent makes another one
    return (
        machine is not None and not execution.get("sync") and _ASSIGNS not in machine["definition"]
    )


def _go_on(scope: Scope, requested: ContextVar[str]) -> None:
    account, region, arn = scope
    _act_for(account, region)
    execution = stepfunctions._executions._data[scope]
    if execution["status"] != _RUNNING:
        stepfunctions._emit_execution_status_event(execution)
        return
    requested.set(execution.get("stateMachineVersionArn", ""))
    execution[_LEFT] = dict(execution.get(_BRANCHES, {}))
    context = contextvars.copy_context()
    run = stepfunctions._run_execution
    threading.Thread(target=context.run, args=(run, arn), daemon=True).start()


def _tell(account: str, region: str, execution: Json) -> None:
    _act_for(account, region)
    stepfunctions._emit_execution_status_event(execution)


def _act_for(account: str, region: str) -> None:
    set_request_account_id(account)
    set_request_region(region)

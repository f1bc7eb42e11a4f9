"""A state machine that is deleted takes its time.

MiniStack 1.5.33 removes it at once, with the executions that run, and leaves its versions behind.
Step Functions sets it to DELETING, fails its executions at their next transition (error
States.Runtime, cause "State machine ... has been deleted."), and removes it with its versions some
time after the last one has ended; until then its name is taken, and nothing starts or changes it.
"""

import time
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import stepfunctions

Json = dict[str, Any]
Act = Callable[[Json], Any]
Execute = Callable[..., Any]

# On AWS it is about half a minute.
_LINGERS_SECONDS = 5.0
# arn:aws:states:<region>:<account>:stateMachine:<name>, and perhaps :<version or alias>
_PARTS_OF_A_MACHINE = 7


class Deletions:
    """The deletions that have begun; remove: MiniStack's own, which does it at once."""

    def __init__(self, remove: Act, clock: Callable[[], float] = time.monotonic) -> None:
        self._remove = remove
        self._clock = clock
        # ARN -> when nothing ran any more, as far as anybody has looked
        self._idle: dict[str, float] = {}

    def begin(self, request: Json) -> Any:
        """DeleteStateMachine."""
        arn = request.get("stateMachineArn")
        machine = stepfunctions._state_machines.get(arn)
        if machine is not None:
            machine["status"] = "DELETING"
            self._settle(arn)
        return json_response({})

    def refusing(self, act: Act) -> Act:
        """Refuses to make, change or start what is being deleted."""

        def acted(request: Json) -> Any:
            arn = self._settled(request)
            if _is_deleting(arn):
                message = f"State Machine is being deleted: '{arn}'"
                return error_response_json("StateMachineDeleting", message, 400)
            return act(request)

        return acted

    def showing(self, act: Act) -> Act:
        """Shows what is there, and refuses what is gone."""

        def acted(request: Json) -> Any:
            if "stateMachineArn" not in request:
                return act(request)
            arn = self._settled(request)
            if arn not in stepfunctions._state_machines:
                message = f"State Machine Does Not Exist: '{arn}'"
                return error_response_json("StateMachineDoesNotExist", message, 400)
            return act(request)

        return acted

    def listing(self, act: Act) -> Act:
        def acted(request: Json) -> Any:
            for arn in list(stepfunctions._state_machines.keys()):
                self._settle(arn)
            return act(request)

        return acted

    def _settled(self, request: Json) -> str:
        """The ARN of the machine that a request is about, which is removed when it is time."""
        arn = request.get("stateMachineArn")
        if arn is None:
            region, account = stepfunctions.get_region(), stepfunctions.get_account_id()
            arn = f"arn:aws:states:{region}:{account}:stateMachine:{request.get('name')}"
        machine = ":".join(arn.split(":")[:_PARTS_OF_A_MACHINE])
        self._settle(machine)
        return machine

    def _settle(self, arn: str) -> None:
        if not _is_deleting(arn) or _runs(arn):
            return
        if self._clock() - self._idle.setdefault(arn, self._clock()) < _LINGERS_SECONDS:
            return
        del self._idle[arn]
        for kept in (stepfunctions._state_machine_versions, stepfunctions._state_machine_aliases):
            for one in [one for one in kept if one.startswith(f"{arn}:")]:
                del kept[one]
        self._remove({"stateMachineArn": arn})


def failing(execute: Execute) -> Execute:
    """Fails the execution of a deleted machine that enters another state."""

    def executed(definition: Json, given: Any, *rest: Any) -> Any:
        context = rest[-1] if rest else None
        machine = (context or {}).get("StateMachine", {})
        if _is_deleting(machine.get("Id")):
            cause = f"State machine {machine['Name']} has been deleted."
            raise stepfunctions._ExecutionError("States.Runtime", cause)
        return execute(definition, given, *rest)

    return executed


def _is_deleting(arn: str | None) -> bool:
    machine = stepfunctions._state_machines.get(arn)
    return machine is not None and machine["status"] == "DELETING"


def _runs(arn: str) -> bool:
    return any(
        one["stateMachineArn"] == arn and one["status"] == "RUNNING"
        for one in list(stepfunctions._executions.values())
    )


def enforce() -> None:
    """Puts MiniStack's Step Functions right."""
    deletions = Deletions(stepfunctions._delete_state_machine)
    stepfunctions._delete_state_machine = deletions.begin
    for name in ("create_state_machine", "update_state_machine", "start_execution"):
        _wrap(name, deletions.refusing)
    _wrap("publish_state_machine_version", deletions.refusing)
    for name in ("describe_state_machine", "list_executions"):
        _wrap(name, deletions.showing)
    _wrap("list_state_machines", deletions.listing)
    for state in ("pass", "task", "choice", "wait", "parallel", "map"):
        _wrap(f"execute_{state}", failing)


def _wrap(name: str, wrapper: Callable[[Any], Any]) -> None:
    setattr(stepfunctions, f"_{name}", wrapper(getattr(stepfunctions, f"_{name}")))

"""Step Functions takes no request that its model or its rules refuse.

MiniStack 1.5.33 takes any name, any definition and any input, and does not know the repetition of
a start from the start of another execution.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import stepfunctions

from local_aws import machine_definitions, models

Json = dict[str, Any]
Handler = Callable[[Json], Any]
Check = Callable[[Json], models.Refusal | None]

# of machines and executions: no white space, brackets, wildcards, special or control characters
_FORBIDDEN = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff]")
# in UTF-8, where the model counts characters
_LARGEST_INPUT = 262_144


def enforce() -> None:
    for operation, (handler, check) in _CHECKS.items():
        plain = getattr(stepfunctions, handler)
        setattr(stepfunctions, handler, _checked(plain, operation, check))
    stepfunctions._start_execution = _knowing_repetitions(stepfunctions._start_execution)


def _checked(handle: Handler, operation: str, check: Check) -> Handler:
    def handled(request: Json) -> Any:
        refused = models.refusal("stepfunctions", operation, request) or check(request)
        if refused is None:
            return handle(request)
        return error_response_json(*refused, 400)

    return handled


def _knowing_repetitions(start: Handler) -> Handler:
    """A start with name and input of an execution that runs answers as the first one did."""

    def started(request: Json) -> Any:
        machine = stepfunctions._resolve_state_machine_arn(request.get("stateMachineArn", ""))
        if machine is not None and request.get("name"):
            arn = f"{machine.replace(':stateMachine:', ':execution:')}:{request['name']}"
            running = stepfunctions._executions.get(arn) or {}
            if running.get("status") == "RUNNING" and running["input"] == _input_of(request):
                return json_response({"executionArn": arn, "startDate": running["startDate"]})
        return start(request)

    return started


def _nothing_else(request: Json) -> models.Refusal | None:
    return None


def _new_machine(request: Json) -> models.Refusal | None:
    if _FORBIDDEN.search(request["name"]):
        return "InvalidName", f"Invalid Name: '{request['name']}'"
    return _definition(request)


def _definition(request: Json) -> models.Refusal | None:
    given = request.get("definition")
    found = None if given is None else machine_definitions.problem(given)
    if found is None:
        return None
    return "InvalidDefinition", f"Invalid State Machine Definition: '{found}'"


def _start(request: Json) -> models.Refusal | None:
    name = request.get("name")
    if name is not None and _FORBIDDEN.search(name):
        return "InvalidName", f"Invalid Name: '{name}'"
    given = _input_of(request)
    if len(given.encode()) > _LARGEST_INPUT:
        return (
            "ValidationException",
            "1 validation error detected: Value at 'input' failed to satisfy constraint: "
            f"Member must have length less than or equal to {_LARGEST_INPUT}",
        )
    try:
        json.loads(given)
    except ValueError as error:
        return "InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'"
    return None


def _input_of(request: Json) -> str:
    given = request.get("input")
    return "{}" if given is None else str(given)


# operation -> what MiniStack does it with, and what is checked beside the model
_CHECKS: dict[str, tuple[str, Check]] = {
    "CreateStateMachine": ("_create_state_machine", _new_machine),
    "UpdateStateMachine": ("_update_state_machine", _definition),
    "StartExecution": ("_start_execution", _start),
    "StopExecution": ("_stop_execution", _nothing_else),
    "GetExecutionHistory": ("_get_execution_history", _nothing_else),
    "SendTaskSuccess": ("_send_task_success", _nothing_else),
    "SendTaskFailure": ("_send_task_failure", _nothing_else),
}

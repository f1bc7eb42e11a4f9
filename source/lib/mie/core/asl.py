"""Compiles definitions into state machines (Amazon States Language).

A machine is built as Python values and serialised once, so no name can break out of its place.
States use JSONPath, as the guide shows them, except for the choices: JSONPath can neither look up
a key that another value names nor multiply what to wait, JSONata can.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mie.core.documents import Json

# Stands for the stage's name in the machine that GET /workflow/operation shows.
STAGE_PLACEHOLDER = "%%STAGE_NAME%%"

# An asynchronous operator may take a day: people who approve something take their time. Its
# stage can only tell whose time was up while the machine, which has more of it, still runs.
OPERATOR_TIMEOUT_SECONDS = 86_400
MACHINE_TIMEOUT_SECONDS = 2 * OPERATOR_TIMEOUT_SECONDS

# A job is looked at after 5 seconds, then after waits that grow to a minute, so that half an
# hour of waiting costs about a hundred state transitions.
FIRST_WAIT_SECONDS = 5
WAIT_GROWTH = 1.5
LONGEST_WAIT_SECONDS = 60

RETRY: list[Json] = [
    {
        "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.Unknown",
            "MasExecutionError",
        ],
        "IntervalSeconds": 2,
        "MaxAttempts": 2,
        "BackoffRate": 2,
    },
    # Throttling passes when the account has capacity again; jitter keeps parallel operators
    # from coming back at the same moment.
    {
        "ErrorEquals": ["Lambda.TooManyRequestsException"],
        "IntervalSeconds": 5,
        "MaxAttempts": 8,
        "BackoffRate": 2,
        "MaxDelaySeconds": 60,
        "JitterStrategy": "FULL",
    },
]


@dataclass(frozen=True)
class Branch:
    """One operator as a stage runs it. Lambdas are ARNs; ``check`` only for asynchronous ones."""

    operation: str
    start: str
    check: str | None = None


@dataclass(frozen=True)
class EngineLambdas:
    """ARNs of the engine's own functions that machines call."""

    complete_stage: str
    operator_failed: str


def operator_machine(branch: Branch, stage: str, engine: EngineLambdas) -> Json:
    """The states of one operator in one stage.

    Input: the stage's run state (Name, Input, Configuration, AssetId, WorkflowExecutionId).
    Output: what the operator returned, or an operation object that says Skipped or Error.
    """
    states = _synchronous(branch, stage) if branch.check is None else _asynchronous(branch, stage)
    name = branch.operation
    return {
        "StartAt": f"Filter {name} Media Type? ({stage})",
        "States": {
            f"Filter {name} Media Type? ({stage})": _filter(branch, stage),
            f"{name} Not Started ({stage})": {
                "Type": "Pass",
                "Parameters": {**_operation_object(name), "Status": "Skipped"},
                "End": True,
            },
            **states,
            f"{name} Failed ({stage})": {
                "Type": "Task",
                "Resource": engine.operator_failed,
                "Parameters": {
                    **_operation_object(name),
                    "Status": "Error",
                    "Outputs.$": "$.Outputs",
                },
                "Retry": RETRY,
                "End": True,
            },
        },
    }


def stage_machine(stage: str, branches: Sequence[Branch], engine: EngineLambdas) -> Json:
    """A stage: its operators side by side, then the roll-up of what they returned."""
    complete = f"Complete Stage {stage}"
    return {
        "StartAt": stage,
        "States": {
            stage: {
                "Type": "Parallel",
                "Branches": [operator_machine(branch, stage, engine) for branch in branches],
                "ResultPath": "$.Outputs",
                "Catch": [
                    {"ErrorEquals": ["States.ALL"], "Next": complete, "ResultPath": "$.Outputs"}
                ],
                "Next": complete,
            },
            complete: {
                "Type": "Task",
                "Resource": engine.complete_stage,
                "Retry": RETRY,
                "End": True,
            },
        },
        "TimeoutSeconds": MACHINE_TIMEOUT_SECONDS,
    }


def workflow_machine(
    start_at: str,
    following: Mapping[str, str | None],
    branches: Mapping[str, Sequence[Branch]],
    engine: EngineLambdas,
) -> Json:
    """Stages inlined one after another.

    following: stage -> the stage after it, None for the last; branches: stage -> its operators.
    """
    states: Json = {}
    for stage, successor in following.items():
        stage_states = stage_machine(stage, branches[stage], engine)["States"]
        if successor is not None:
            complete = f"Complete Stage {stage}"
            settled = {k: v for k, v in stage_states[complete].items() if k != "End"}
            stage_states = {**stage_states, complete: {**settled, "Next": successor}}
        states = {**states, **stage_states}
    return {"StartAt": start_at, "States": states, "TimeoutSeconds": MACHINE_TIMEOUT_SECONDS}


def to_json(machine: Json) -> str:
    """The text that Step Functions gets and that definitions show."""
    return json.dumps(machine, separators=(",", ":"))


def _operation_object(name: str) -> Json:
    """What an operator gets as its event; ``name`` has no character that ends the quotes."""
    return {
        "Name": name,
        "AssetId.$": "$.AssetId",
        "WorkflowExecutionId.$": "$.WorkflowExecutionId",
        "Input.$": "$.Input",
        "Configuration.$": f"$.Configuration['{name}']",
        "Status": "Started",
        "MetaData": {},
        "Media": {},
    }


def _filter(branch: Branch, stage: str) -> Json:
    """Runs an enabled operator whose medium is there; one without a medium needs none."""
    name = branch.operation
    configuration = f'$lookup($states.input.Configuration, "{name}")'
    start = {
        "Condition": _jsonata(
            f"($configuration := {configuration}; $configuration.Enabled = true and "
            '($configuration.MediaType = "MetadataOnly" or '
            "$exists($lookup($states.input.Input.Media, $configuration.MediaType))))"
        ),
        "Next": f"Execute {name} ({stage})",
    }
    return {
        "Type": "Choice",
        "QueryLanguage": "JSONata",
        "Choices": [start if branch.check is None else {**start, "Output": _jsonata(_FIRST_POLL)}],
        "Default": f"{name} Not Started ({stage})",
    }


def _execute(branch: Branch, stage: str) -> Json:
    return {
        "Type": "Task",
        "Resource": branch.start,
        "Parameters": _operation_object(branch.operation),
        "ResultPath": "$.Outputs",
        **_error_handling(branch, stage),
    }


def _error_handling(branch: Branch, stage: str) -> Json:
    return {
        "Retry": RETRY,
        "Catch": [
            {
                "ErrorEquals": ["States.ALL"],
                "Next": f"{branch.operation} Failed ({stage})",
                "ResultPath": "$.Outputs",
            }
        ],
    }


def _synchronous(branch: Branch, stage: str) -> Json:
    execute = {**_execute(branch, stage), "OutputPath": "$.Outputs", "End": True}
    return {f"Execute {branch.operation} ({stage})": execute}


def _asynchronous(branch: Branch, stage: str) -> Json:
    name = branch.operation
    wait, check = f"{name} Wait ({stage})", f"Get {name} Status ({stage})"
    decide, timed_out = f"Did {name} Complete ({stage})", f"{name} Timed Out ({stage})"
    return {
        f"Execute {name} ({stage})": {**_execute(branch, stage), "Next": wait},
        wait: {
            "Type": "Wait",
            "SecondsPath": "$.Poll.Seconds",
            "Next": check,
        },
        check: {
            "Type": "Task",
            "Resource": branch.check,
            "InputPath": "$.Outputs",
            "ResultPath": "$.Outputs",
            **_error_handling(branch, stage),
            "Next": decide,
        },
        decide: {
            "Type": "Choice",
            "QueryLanguage": "JSONata",
            "Choices": [
                {
                    "Condition": _jsonata(
                        f"{_EXECUTING} and $states.input.Poll.Waited < {OPERATOR_TIMEOUT_SECONDS}"
                    ),
                    "Output": _jsonata(_NEXT_POLL),
                    "Next": wait,
                },
                {"Condition": _jsonata(_EXECUTING), "Next": timed_out},
            ],
            # every other status, and none at all, is judged by the roll-up of the stage
            "Default": f"{name} Succeeded ({stage})",
        },
        timed_out: {
            "Type": "Pass",
            "Result": {
                "Error": "States.Timeout",
                "Cause": f"{name} was still executing after {OPERATOR_TIMEOUT_SECONDS} seconds",
            },
            "ResultPath": "$.Outputs",
            "Next": f"{name} Failed ({stage})",
        },
        f"{name} Succeeded ({stage})": {"Type": "Pass", "OutputPath": "$.Outputs", "End": True},
    }


_EXECUTING = '$states.input.Outputs.Status = "Executing"'
# Poll = {"Seconds": the wait that comes, "Waited": all waits up to its end} travels beside the
# outputs. It is state data and not a variable, because the branches of a stage wait on their own.
_FIRST_POLL = (
    '$merge([$states.input, {"Poll": '
    f'{{"Seconds": {FIRST_WAIT_SECONDS}, "Waited": {FIRST_WAIT_SECONDS}}}}}])'
)
_NEXT_POLL = (
    f"($seconds := $min([{LONGEST_WAIT_SECONDS}, "
    f"$round($states.input.Poll.Seconds * {WAIT_GROWTH})]); "
    '$merge([$states.input, {"Poll": '
    '{"Seconds": $seconds, "Waited": $states.input.Poll.Waited + $seconds}}]))'
)


def _jsonata(expression: str) -> str:
    return f"{{% {expression} %}}"


def state_names(machine: Mapping[str, Any]) -> list[str]:
    """Every state name of a machine, those inside branches included."""
    names: list[str] = []
    for name, state in machine["States"].items():
        names.append(name)
        for branch in state.get("Branches", []):
            names.extend(state_names(branch))
    return names

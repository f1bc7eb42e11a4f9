"""Compiles definitions into state machines (Amazon States Language).

A machine is built as Python values and serialised once, so no name can break out of its place.
States use JSONPath, as the guide shows them, where that is enough. JSONata looks up a key that
another value names, multiplies what to wait, and leaves out of a result what the stage has anyway:
a hundred operators that each hand back their input would not fit into the 256 KiB of a state.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mie.core import polling
from mie.core.documents import Json

# Stands for the stage's name in the machine that GET /workflow/operation shows.
STAGE_PLACEHOLDER = "%%STAGE_NAME%%"

# No state waits longer than an asynchronous operator may, so this only ends what nobody foresaw.
# A stage can tell whose time was up only while the machine still runs.
_SPARE_SECONDS = 86_400
# Step Functions' own limit, a year
_LONGEST_MACHINE_SECONDS = 31_536_000

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


# The roll-up may be killed, throttled or run into its time like any Lambda, and is asked again. A
# failed stage is its answer, and what does not fit its record is the same the next time.
COMPLETION_RETRY: list[Json] = [
    {
        "ErrorEquals": ["StageFailed", "BadRequest", "Conflict", "NotFound", "TooLarge"],
        "MaxAttempts": 0,
    },
    *RETRY,
    {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 2, "MaxAttempts": 4, "BackoffRate": 2},
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

    Input: the stage's run state (Name, Input, Configuration, AssetId, WorkflowExecutionId,
    Attempt). Output: what the operator returned, or an operation object that says Skipped or
    Error, without the Input, the Configuration and the Attempt that the run state has.
    """
    states = _synchronous(branch, stage) if branch.check is None else _asynchronous(branch, stage)
    name = branch.operation
    return {
        "StartAt": f"Filter {name} Media Type? ({stage})",
        "States": {
            f"Filter {name} Media Type? ({stage})": _filter(branch, stage),
            f"{name} Not Started ({stage})": {
                "Type": "Pass",
                "Parameters": {
                    key: value
                    for key, value in {**_operation_object(name), "Status": "Skipped"}.items()
                    if key.removesuffix(".$") not in _KEPT_BY_THE_STAGE
                },
                "End": True,
            },
            **states,
            f"{name} Failed ({stage})": {
                "Type": "Task",
                "QueryLanguage": "JSONata",
                "Resource": engine.operator_failed,
                "Arguments": {
                    **_arguments(name),
                    "Status": "Error",
                    "Outputs": _jsonata("$states.input.Outputs"),
                },
                "Output": _jsonata(_slim("$states.result")),
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
                "Catch": _catch(complete),
                "Next": complete,
            },
            complete: {
                "Type": "Task",
                "Resource": engine.complete_stage,
                "Retry": COMPLETION_RETRY,
                "End": True,
            },
        },
        "TimeoutSeconds": _machine_timeout(1),
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
    timeout = _machine_timeout(len(following))
    return {"StartAt": start_at, "States": states, "TimeoutSeconds": timeout}


def to_json(machine: Json) -> str:
    """The text that Step Functions gets and that definitions show."""
    return json.dumps(machine, separators=(",", ":"))


# What an operator gets and need not hand back.
_KEPT_BY_THE_STAGE = ("Input", "Configuration", "Attempt")


def _machine_timeout(stages: int) -> int:
    """Seconds that a machine of so many stages may run, a year at most."""
    longest = stages * polling.LONGEST_TIMEOUT_SECONDS + _SPARE_SECONDS
    return min(longest, _LONGEST_MACHINE_SECONDS)


def _operation_object(name: str) -> Json:
    """What an operator gets as its event; ``name`` has no character that ends the quotes."""
    return {
        "Name": name,
        "AssetId.$": "$.AssetId",
        "WorkflowExecutionId.$": "$.WorkflowExecutionId",
        "Attempt.$": "$.Attempt",
        "Input.$": "$.Input",
        "Configuration.$": f"$.Configuration['{name}']",
        "Status": "Started",
        "MetaData": {},
        "Media": {},
    }


def _arguments(name: str) -> Json:
    """The same as a JSONata state writes it."""
    return {
        "Name": name,
        "AssetId": _jsonata("$states.input.AssetId"),
        "WorkflowExecutionId": _jsonata("$states.input.WorkflowExecutionId"),
        "Attempt": _jsonata("$states.input.Attempt"),
        "Input": _jsonata("$states.input.Input"),
        "Configuration": _jsonata(_configuration(name)),
        "Status": "Started",
        "MetaData": {},
        "Media": {},
    }


def _configuration(name: str) -> str:
    return f'$lookup($states.input.Configuration, "{name}")'


def _slim(result: str) -> str:
    """A result without what its stage keeps; one that is no object stays as it is."""
    kept = json.dumps(_KEPT_BY_THE_STAGE)
    return (
        f'$type({result}) = "object" ? '
        # without a key left $sift has no value, which $merge turns into {}
        f"$merge([$sift({result}, function($value, $key) {{$not($key in {kept})}})]) : {result}"
    )


def _filter(branch: Branch, stage: str) -> Json:
    """Runs an enabled operator whose medium is there; one without a medium needs none."""
    name = branch.operation
    start = {
        "Condition": _jsonata(
            # without a configuration the condition has no value, which is an error: the state is
            # not that of this stage
            f"($configuration := {_configuration(name)}; $exists($configuration) ? "
            '($configuration.Enabled = true and ($configuration.MediaType = "MetadataOnly" or '
            "$exists($lookup($states.input.Input.Media, $configuration.MediaType)))))"
        ),
        "Next": f"Execute {name} ({stage})",
    }
    if branch.check is not None:
        start = {**start, "Output": _jsonata(polling.first_poll(_configuration(name)))}
    return {
        "Type": "Choice",
        "QueryLanguage": "JSONata",
        "Choices": [start],
        "Default": f"{name} Not Started ({stage})",
    }


def _catch(following: str) -> list[Json]:
    """Puts Error and Cause into Outputs, whatever went wrong."""
    # States.ALL stands for every name but this one
    names = ("States.DataLimitExceeded", "States.ALL")
    return [{"ErrorEquals": [name], "Next": following, "ResultPath": "$.Outputs"} for name in names]


def _synchronous(branch: Branch, stage: str) -> Json:
    name = branch.operation
    caught = _jsonata('$merge([$states.input, {"Outputs": $states.errorOutput}])')
    catchers = [
        {**{key: one[key] for key in ("ErrorEquals", "Next")}, "Output": caught}
        for one in _catch(f"{name} Failed ({stage})")
    ]
    return {
        f"Execute {name} ({stage})": {
            "Type": "Task",
            "QueryLanguage": "JSONata",
            "Resource": branch.start,
            "Arguments": _arguments(name),
            "Output": _jsonata(_slim("$states.result")),
            "Retry": RETRY,
            "Catch": catchers,
            "End": True,
        }
    }


def _asynchronous(branch: Branch, stage: str) -> Json:
    name = branch.operation
    wait, check = f"{name} Wait ({stage})", f"Get {name} Status ({stage})"
    decide, failed = f"Did {name} Complete ({stage})", f"{name} Failed ({stage})"
    return {
        f"Execute {name} ({stage})": {
            "Type": "Task",
            "Resource": branch.start,
            "Parameters": _operation_object(name),
            "ResultPath": "$.Outputs",
            "Retry": RETRY,
            "Catch": _catch(failed),
            "Next": wait,
        },
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
            "Retry": RETRY,
            "Catch": _catch(failed),
            "Next": decide,
        },
        decide: {
            "Type": "Choice",
            "QueryLanguage": "JSONata",
            "Choices": [
                {
                    "Condition": _jsonata(f"{_EXECUTING} and {polling.MAY_GO_ON}"),
                    "Output": _jsonata(polling.NEXT_POLL),
                    "Next": wait,
                },
                {
                    "Condition": _jsonata(_EXECUTING),
                    "Output": _jsonata(polling.timed_out(name)),
                    "Next": failed,
                },
            ],
            # every other status, and none at all, is judged by the roll-up of the stage
            "Default": f"{name} Succeeded ({stage})",
        },
        f"{name} Succeeded ({stage})": {
            "Type": "Pass",
            "QueryLanguage": "JSONata",
            "Output": _jsonata(_slim("$states.input.Outputs")),
            "End": True,
        },
    }


_EXECUTING = '$states.input.Outputs.Status = "Executing"'


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

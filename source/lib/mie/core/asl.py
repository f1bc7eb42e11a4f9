"""Compiles definitions into state machines (Amazon States Language).

A machine is built as Python values and serialised once, so no name can break out of its place.
States use JSONPath, as the guide shows them, where that is enough. JSONata, all of which stands in
:mod:`mie.core.jsonata`, looks up a key that another value names, multiplies what to wait, and
leaves out of a result what the stage has anyway: a hundred operators that each hand back their
input would not fit into the 256 KiB of a state.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mie.core import jsonata, polling
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
                    for key, value in _operation_object(name, _json_path, "Skipped").items()
                    if key.removesuffix(".$") not in jsonata.KEPT_BY_THE_STAGE
                },
                "End": True,
            },
            **states,
            f"{name} Failed ({stage})": {
                "Type": "Task",
                "QueryLanguage": "JSONata",
                "Resource": engine.operator_failed,
                "Arguments": {
                    **_operation_object(name, _jsonata, "Error"),
                    "Outputs": jsonata.field(jsonata.OUTPUTS),
                },
                "Output": jsonata.field(jsonata.slim(jsonata.RESULT)),
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
                "Catch": _catch(complete, ResultPath="$.Outputs"),
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


def _machine_timeout(stages: int) -> int:
    """Seconds that a machine of so many stages may run, a year at most."""
    longest = stages * polling.LONGEST_TIMEOUT_SECONDS + _SPARE_SECONDS
    return min(longest, _LONGEST_MACHINE_SECONDS)


def _operation_object(
    name: str,
    taken: Callable[[str, str | None], tuple[str, str]],
    status: str = "Started",
) -> Json:
    """What an operator gets as its event; ``name`` has no character that ends the quotes.

    taken: how a state writes a field with what the run state has at a key, or at a key below it.
    """
    of_the_run = ("AssetId", "WorkflowExecutionId", "Attempt", "Input")
    return {
        "Name": name,
        **dict([*(taken(key, None) for key in of_the_run), taken("Configuration", name)]),
        "Status": status,
        "MetaData": {},
        "Media": {},
    }


def _json_path(key: str, below: str | None) -> tuple[str, str]:
    return f"{key}.$", f"$.{key}" if below is None else f"$.{key}['{below}']"


def _jsonata(key: str, below: str | None) -> tuple[str, str]:
    return key, jsonata.field(jsonata.run_state(key, below))


def _filter(branch: Branch, stage: str) -> Json:
    name = branch.operation
    start = {
        "Condition": jsonata.field(jsonata.is_to_run(name)),
        "Next": f"Execute {name} ({stage})",
    }
    if branch.check is not None:
        start = {**start, "Output": jsonata.field(jsonata.first_poll(name))}
    return {
        "Type": "Choice",
        "QueryLanguage": "JSONata",
        "Choices": [start],
        "Default": f"{name} Not Started ({stage})",
    }


def _catch(following: str, **written: str) -> list[Json]:
    """Whatever went wrong; written: the field that puts Error and Cause into Outputs."""
    # States.ALL stands for every name but this one
    names = ("States.DataLimitExceeded", "States.ALL")
    return [{"ErrorEquals": [name], "Next": following, **written} for name in names]


def _synchronous(branch: Branch, stage: str) -> Json:
    name = branch.operation
    caught = jsonata.field(jsonata.CAUGHT)
    return {
        f"Execute {name} ({stage})": {
            "Type": "Task",
            "QueryLanguage": "JSONata",
            "Resource": branch.start,
            "Arguments": _operation_object(name, _jsonata),
            "Output": jsonata.field(jsonata.slim(jsonata.RESULT)),
            "Retry": RETRY,
            "Catch": _catch(f"{name} Failed ({stage})", Output=caught),
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
            "Parameters": _operation_object(name, _json_path),
            "ResultPath": "$.Outputs",
            "Retry": RETRY,
            "Catch": _catch(failed, ResultPath="$.Outputs"),
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
            "Catch": _catch(failed, ResultPath="$.Outputs"),
            "Next": decide,
        },
        decide: {
            "Type": "Choice",
            "QueryLanguage": "JSONata",
            "Choices": [
                {
                    "Condition": jsonata.field(jsonata.MAY_GO_ON),
                    "Output": jsonata.field(jsonata.NEXT_POLL),
                    "Next": wait,
                },
                {
                    "Condition": jsonata.field(jsonata.EXECUTING),
                    "Output": jsonata.field(jsonata.timed_out(name)),
                    "Next": failed,
                },
            ],
            # every other status, and none at all, is judged by the roll-up of the stage
            "Default": f"{name} Succeeded ({stage})",
        },
        f"{name} Succeeded ({stage})": {
            "Type": "Pass",
            "QueryLanguage": "JSONata",
            "Output": jsonata.field(jsonata.slim(jsonata.OUTPUTS)),
            "End": True,
        },
    }

"""The record of one run of a workflow, and what its state machine is told."""

import re
from collections.abc import Mapping
from typing import Any

from mie.core import configuration, names, statuses
from mie.core.definitions import API_VERSION, FIRST_VERSION, Stamp
from mie.core.documents import Execution, Globals, Json, Workflow
from mie.core.errors import Conflict

# CurrentStage of an execution that has finished its last stage, or failed.
END = "End"

CANCELLED_MESSAGE = "Cancelled by request"

# The id of ours in the name of a machine's execution, and the attempt behind it.
_EXECUTION_NAME = re.compile(
    r"[A-Za-z0-9_-]*?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(-[0-9]+)?"
)
# What lists by status and by asset show of an execution.
SUMMARY = (
    "Id",
    "AssetId",
    "CurrentStage",
    "StateMachineExecutionArn",
    "Status",
    "Created",
    "Cancelled",
    "Copying",
)

# What checks a request is not needed to run it.
_OF_THE_WORKFLOW_ONLY = frozenset({"Settings", "Functions"})

# What the states of a stage read; ASL texts and definitions stay in the tables.
_RUN_STATE = (
    "Name",
    "Status",
    "Configuration",
    "Input",
    "AssetId",
    "WorkflowExecutionId",
    "MetaData",
    "Metrics",
)


def new_execution(
    workflow: Workflow,
    asset_id: str,
    media: Mapping[str, Json],
    overrides: Mapping[str, Any],
    stamp: Stamp,
) -> Execution:
    """A queued execution: the workflow as it is now, with the caller's configuration.

    media: media type -> {"S3Bucket", "S3Key"} in the data plane.
    """
    merged = configuration.for_execution(workflow["Stages"], overrides)
    given: Globals = {"Media": dict(media), "MetaData": {}}
    stages = {
        name: {
            "MetaData": {},
            **{key: value for key, value in stage.items() if key not in _OF_THE_WORKFLOW_ONLY},
            "Name": name,
            "Configuration": merged[name],
            "Status": statuses.NOT_STARTED,
            "Metrics": {},
            "AssetId": asset_id,
            "WorkflowExecutionId": stamp.id,
        }
        for name, stage in workflow["Stages"].items()
    }
    first = workflow["StartAt"]
    definition = {key: value for key, value in workflow.items() if key not in _OF_THE_WORKFLOW_ONLY}
    return {
        "Id": stamp.id,
        "Trigger": "api",
        "AssetId": asset_id,
        "Configuration": dict(overrides),
        "Globals": given,
        "Workflow": {**definition, "Stages": {**stages, first: begin_stage(stages[first], given)}},
        "CurrentStage": first,
        "Status": statuses.QUEUED,
        "Attempt": 1,
        "Version": FIRST_VERSION,
        "Created": stamp.created,
        "ResourceType": "WORKFLOW_EXECUTION",
        "ApiVersion": API_VERSION,
    }


def awaiting_copy(execution: Execution, message: str, *, own: bool) -> Execution:
    """A new execution that is not started before its source is copied.

    own: whether the asset was made for this execution.
    """
    return {**execution, "Copying": {"Own": own}, "Message": message}


def awaits_copy(execution: Mapping[str, Any]) -> bool:
    """Whether the execution waits for its source; one that ended meanwhile keeps the mark."""
    return execution["Status"] == statuses.QUEUED and "Copying" in execution


def begin_stage(stage: Json, given: Globals) -> Json:
    """A stage that becomes the current one."""
    return {**stage, "Status": statuses.STARTED, "Input": given}


def run_state(stage: Mapping[str, Any]) -> Json:
    """The input of a stage's Parallel state."""
    return {key: stage[key] for key in _RUN_STATE if key in stage}


def attempt(record: Mapping[str, Any]) -> int:
    """Which attempt a record or the input of a state belongs to; the first has number 1."""
    return int(record.get("Attempt", 1))


def check_attempt(event: Mapping[str, Any], execution: Execution) -> None:
    """Raises Conflict when an event, or the input of a state, belongs to another attempt.

    A call of the last attempt, which was given up and goes on, must not touch this one.
    """
    if attempt(event) != attempt(execution):
        raise Conflict(
            f"attempt {attempt(event)} of the execution {execution['Id']} has ended; it is "
            f"retried as attempt {attempt(execution)}"
        )


def is_finished(execution: Execution, name: str) -> bool:
    """Whether a stage lies behind the current one, with results that stay."""
    stage = execution["Workflow"]["Stages"].get(name, {})
    return execution["CurrentStage"] != name and stage.get("Status") == statuses.COMPLETE


def machine_input(execution: Execution, name: str) -> Json:
    """What the states of a stage get.

    The machine of a retry begins at the first stage like every other, and goes through the
    finished stages without running an operator: all are disabled there.
    """
    state = {
        **run_state(execution["Workflow"]["Stages"][name]),
        "Attempt": attempt(execution),
    }
    if not is_finished(execution, name):
        return state
    disabled = {
        operation: {**values, "Enabled": False}
        for operation, values in state["Configuration"].items()
    }
    return {**state, "Configuration": disabled}


def machine_execution_name(execution: Execution) -> str:
    """The name that makes StartExecution idempotent; every attempt has one of its own.

    "<workflow><id>", and for a retry "<workflow><id>-<attempt>" with as much of the workflow's
    name as there is room for. An id ends in twelve hexadecimal digits, so none of these names
    can be that of another attempt.
    """
    number = attempt(execution)
    mark = "" if number == 1 else f"-{number}"
    workflow = execution["Workflow"]["Name"]
    return f"{workflow[: names.WORKFLOW_LIMIT - len(mark)]}{execution['Id']}{mark}"


def execution_id(machine_execution_name: str) -> str | None:
    """The id of ours that the name of a machine's execution contains."""
    found = _EXECUTION_NAME.fullmatch(machine_execution_name)
    return found[1] if found else None


def machine_arn(execution: Execution) -> str:
    """The version of the machine that fits the record; of an old workflow, the machine itself."""
    workflow = execution["Workflow"]
    return str(workflow.get("StateMachineVersionArn", workflow["StateMachineArn"]))


def began_with(execution: Execution, workflow: Workflow | None) -> bool:
    """Whether the workflow is the one that the execution began with, in whatever version.

    A resource of a template has the same Id whenever it is made.
    """
    present: Mapping[str, Any] = workflow or {}
    begun: Mapping[str, Any] = execution["Workflow"]
    return all(present.get(key) == begun[key] for key in ("Id", "Created"))


def check_workflow(execution: Execution, workflow: Workflow | None) -> None:
    """Raises Conflict when the machine that the execution began with is gone.

    workflow: the present one of that name. It may have changed: what is started is the version
    that the execution began with. One that was made anew has a machine whose versions are counted
    anew.
    """
    if not began_with(execution, workflow):
        raise Conflict(
            f"the workflow '{execution['Workflow']['Name']}' with which the execution "
            f"'{execution['Id']}' began was deleted; start a new execution"
        )


def machine_execution_arn(execution: Execution) -> str:
    """The ARN that StartExecution will return for this execution."""
    machine = execution["Workflow"]["StateMachineArn"]
    prefix = machine.replace(":stateMachine:", ":execution:", 1)
    return f"{prefix}:{machine_execution_name(execution)}"


def is_cancelled(execution: Mapping[str, Any]) -> bool:
    """Whether the execution ended because somebody asked for it."""
    return execution["Status"] == statuses.ERROR and "Cancelled" in execution


def summary(execution: Mapping[str, Any]) -> Json:
    """What lists by status and by asset show of an execution."""
    kept = {key: execution[key] for key in SUMMARY if key in execution}
    return {**kept, "Workflow": {"Name": execution["Workflow"]["Name"]}}

"""The record of one run of a workflow, and what its state machine is told."""

from collections.abc import Mapping
from typing import Any

from mie.core import configuration, statuses
from mie.core.definitions import API_VERSION, FIRST_VERSION, Stamp
from mie.core.documents import Execution, Globals, Json, Workflow

# CurrentStage of an execution that has finished its last stage, or failed.
END = "End"

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
            **stage,
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
    return {
        "Id": stamp.id,
        "Trigger": "api",
        "AssetId": asset_id,
        "Configuration": dict(overrides),
        "Globals": given,
        "Workflow": {**workflow, "Stages": {**stages, first: begin_stage(stages[first], given)}},
        "CurrentStage": first,
        "Status": statuses.QUEUED,
        "Version": FIRST_VERSION,
        "Created": stamp.created,
        "ResourceType": "WORKFLOW_EXECUTION",
        "ApiVersion": API_VERSION,
    }


def begin_stage(stage: Json, given: Globals) -> Json:
    """A stage that becomes the current one."""
    return {**stage, "Status": statuses.STARTED, "Input": given}


def run_state(stage: Mapping[str, Any]) -> Json:
    """The input of a stage's Parallel state."""
    return {key: stage[key] for key in _RUN_STATE if key in stage}


def machine_execution_name(execution: Execution) -> str:
    """The name that makes StartExecution idempotent."""
    return f"{execution['Workflow']['Name']}{execution['Id']}"


def machine_execution_arn(execution: Execution) -> str:
    """The ARN that StartExecution will return for this execution."""
    machine = execution["Workflow"]["StateMachineArn"]
    prefix = machine.replace(":stateMachine:", ":execution:", 1)
    return f"{prefix}:{machine_execution_name(execution)}"


def summary(execution: Execution) -> Json:
    """What lists by status and by asset show of an execution."""
    shown = ("Id", "AssetId", "CurrentStage", "StateMachineExecutionArn", "Status", "Created")
    kept = {key: execution[key] for key in shown if key in execution}  # type: ignore[literal-required]
    return {**kept, "Workflow": {"Name": execution["Workflow"]["Name"]}}

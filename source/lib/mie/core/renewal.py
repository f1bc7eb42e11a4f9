"""A failed execution that goes on where it failed."""

from collections.abc import Mapping
from typing import Any

from mie.core import configuration, lifecycle, statuses
from mie.core.documents import Execution, Globals, Json, Workflow
from mie.core.errors import BadRequest, Conflict
from mie.core.executions import attempt, begin_stage

# What running a stage leaves in it.
_OF_A_RUN = ("Outputs", "Input", "Message")


def renewed(
    execution: Execution, overrides: Mapping[str, Any], declared: Workflow | None = None
) -> Execution:
    """The execution, queued for its next attempt from the stage that failed.

    overrides: as at creation, but only of stages that have not finished; they are laid over the
    configuration that the failed attempt had. declared: the workflow that the execution began
    with, which knows what its operators take; None when it is gone. Raises Conflict when the
    execution has not failed, BadRequest that names a wrong override.
    """
    if not lifecycle.may_become(execution["Status"], statuses.QUEUED):
        raise Conflict(
            f"the execution '{execution['Id']}' is {execution['Status']}; only one that ended in "
            f"{statuses.ERROR} can be retried"
        )
    order = stage_order(execution["Workflow"])
    stages = execution["Workflow"]["Stages"]
    left = [name for name in order if stages[name]["Status"] != statuses.COMPLETE]
    if not left:
        raise Conflict(f"all stages of the execution '{execution['Id']}' have finished")
    for name in overrides:
        if name in order and name not in left:
            raise BadRequest(
                f"Configuration.{name}: this stage has finished and keeps its results; "
                f"only {', '.join(left)} can be configured"
            )
    unfinished = {name: stages[name] for name in left}
    known = {} if declared is None else declared["Stages"]
    merged = configuration.for_execution(
        {
            name: {**stage, "Settings": known.get(name, {}).get("Settings", {})}
            for name, stage in unfinished.items()
        },
        overrides,
    )
    reset = {
        name: {
            **{key: value for key, value in stage.items() if key not in _OF_A_RUN},
            "Configuration": merged[name],
            "Status": statuses.NOT_STARTED,
        }
        for name, stage in unfinished.items()
    }
    failed = left[0]
    given: Globals = stages[failed].get("Input", execution["Globals"])
    kept: Json = {
        key: value for key, value in execution.items() if key not in lifecycle.OF_AN_ATTEMPT
    }
    renewed: Json = {
        **kept,
        "Configuration": configuration.combined(execution["Configuration"], overrides, stages),
        "Globals": given,
        "Workflow": {
            **execution["Workflow"],
            "Stages": {**stages, **reset, failed: begin_stage(reset[failed], given)},
        },
        "CurrentStage": failed,
        "Status": statuses.QUEUED,
        "Attempt": attempt(execution) + 1,
    }
    return renewed  # type: ignore[return-value]


def stage_order(workflow: Mapping[str, Any]) -> list[str]:
    """The names of the stages in the order in which they run."""
    order: list[str] = []
    name: str | None = workflow["StartAt"]
    while name is not None:
        order.append(name)
        name = workflow["Stages"][name].get("Next")
    return order

"""Workflows: stages one after another, compiled into one state machine."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mie.core import asl
from mie.core.definitions import Stamp, build_workflow, check_workflow, revise_workflow
from mie.core.definitions import workflow_machine as compile_machine
from mie.core.documents import Json, Operation, Stage, Workflow, WorkflowConfiguration
from mie.core.errors import AlreadyExists, BadRequest, Conflict, NotFound
from mie.engine.ports import DefinitionPlane
from mie.engine.undo import undone_by

# What Step Functions takes as a definition, in bytes.
_LARGEST_MACHINE = 1024 * 1024


@dataclass(frozen=True)
class _Parts:
    """The stored definitions that a workflow is made of, by name."""

    stages: Mapping[str, Stage]
    operations: Mapping[str, Operation]


def create(plane: DefinitionPlane, request: Mapping[str, Any], trigger: str) -> Workflow:
    """Makes a workflow and its machine. Raises BadRequest, AlreadyExists."""
    check_workflow(request)
    name = request["Name"]
    if plane.workflows.get(name) is not None:
        raise AlreadyExists("workflow", name)
    if plane.stages.get(name) is not None:
        raise Conflict(f"Name: a stage is called '{name}', and its state machine has that name")
    parts = _parts(plane, request["Stages"])
    stamp = Stamp(plane.new_id(), str(plane.clock()))
    workflow: Workflow = {
        **build_workflow(request, parts.stages, stamp, trigger),
        "StateMachineArn": plane.machines.arn(name),
    }
    machine = _compile(plane, workflow, parts)
    # The item first: of two requests at a time only one gets it and touches the machine.
    plane.workflows.create(workflow)
    with undone_by(lambda: plane.workflows.delete(workflow)):
        plane.machines.put(name, machine, plane.execution_role)
    return workflow


def update(plane: DefinitionPlane, request: Mapping[str, Any]) -> Workflow:
    """Builds a workflow anew from the present definitions of its stages.

    request: Name, and StartAt and Stages where they change. Raises BadRequest, NotFound, and
    Conflict when somebody else changed it meanwhile.
    """
    stored = get(plane, request["Name"])
    links = {name: _link(stage) for name, stage in stored["Stages"].items()}
    wanted = {
        "Name": stored["Name"],
        "StartAt": request.get("StartAt", stored["StartAt"]),
        "Stages": request.get("Stages", links),
    }
    check_workflow(wanted)
    parts = _parts(plane, wanted["Stages"])
    revised = revise_workflow(stored, wanted, parts.stages)
    machine = _compile(plane, revised, parts)
    plane.workflows.replace(revised, stored)
    with undone_by(lambda: plane.workflows.replace(stored, revised)):
        plane.machines.put(revised["Name"], machine, plane.execution_role)
    return revised


def get(plane: DefinitionPlane, name: str) -> Workflow:
    workflow = plane.workflows.get(name)
    if workflow is None:
        raise NotFound.named("workflow", name)
    return workflow


def configuration(plane: DefinitionPlane, name: str) -> WorkflowConfiguration:
    """Stage -> operator -> the configuration that an execution gets by default."""
    stages = get(plane, name)["Stages"]
    return {stage: values["Configuration"] for stage, values in stages.items()}


def delete(plane: DefinitionPlane, name: str) -> Workflow:
    """Deletes a workflow and its machine; running executions finish on their own."""
    workflow = get(plane, name)
    plane.machines.delete(workflow["StateMachineArn"])
    # The item last: a deletion that broke off can be asked for again.
    plane.workflows.delete(workflow)
    return workflow


def _parts(plane: DefinitionPlane, names: Iterable[str]) -> _Parts:
    stages: dict[str, Stage] = {}
    operations: dict[str, Operation] = {}
    for name in names:
        stage = plane.stages.get(name)
        if stage is None:
            raise BadRequest(f"Stages: Exception: stage '{name}' not found")
        stages[name] = stage
        for one in stage["Operations"]:
            operation = operations.get(one) or plane.operations.get(one)
            if operation is None:
                raise BadRequest(f"Stages: Exception: operation '{one}' of '{name}' not found")
            operations[one] = operation
    return _Parts(stages, operations)


def _compile(plane: DefinitionPlane, workflow: Workflow, parts: _Parts) -> str:
    machine = asl.to_json(compile_machine(workflow, parts.operations, plane.lambdas))
    if len(machine.encode()) > _LARGEST_MACHINE:
        raise BadRequest(
            f"Stages: the state machine of {workflow['Name']} has {len(machine):,} characters; "
            f"Step Functions takes {_LARGEST_MACHINE:,}"
        )
    return machine


def _link(stage: Mapping[str, Any]) -> Json:
    return {key: stage[key] for key in ("Next", "End") if key in stage}

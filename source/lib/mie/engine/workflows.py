"""Workflows: stages one after another, compiled into one state machine."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mie.core import asl
from mie.core.definitions import (
    Stamp,
    build_workflow,
    check_parts,
    check_unchanged,
    check_workflow,
    request_of_workflow,
    revise_workflow,
)
from mie.core.definitions import workflow_machine as compile_machine
from mie.core.documents import Operation, Stage, Workflow, WorkflowConfiguration
from mie.core.errors import AlreadyExists, BadRequest, Conflict
from mie.core.operator_functions import functions_of
from mie.engine import versions
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
    machine = plane.machines.workflow_arn(name)
    _check_machine_is_free(plane, name, machine)
    parts = _parts(plane, request["Stages"])
    stamp = Stamp(plane.new_id(), str(plane.clock()))
    workflow: Workflow = {
        **build_workflow(request, parts.stages, stamp, trigger),
        "StateMachineArn": machine,
        **_facts(plane, parts),
    }
    made = _store(plane, workflow, parts, plane.workflows.create)
    _mark_changed(plane, name, parts)
    return made


def update(plane: DefinitionPlane, request: Mapping[str, Any]) -> Workflow:
    """Builds a workflow anew from the present definitions of its stages.

    request: Name, StartAt and Stages where they change, and the Version that it changes when no
    other is meant. Executions go on with the version that they were queued with. Raises
    BadRequest, NotFound, and Conflict when somebody else changed it meanwhile.
    """
    stored = get(plane, request["Name"])
    check_unchanged(request, stored)
    changes = {key: request[key] for key in ("StartAt", "Stages") if key in request}
    wanted = {**request_of_workflow(stored), **changes}
    check_workflow(wanted)
    parts = _parts(plane, wanted["Stages"])
    revised: Workflow = {**revise_workflow(stored, wanted, parts.stages), **_facts(plane, parts)}
    made = _store(plane, revised, parts, lambda item: plane.workflows.replace(item, stored))
    _mark_changed(plane, made["Name"], parts)
    return made


def rebuild(plane: DefinitionPlane, name: str) -> Workflow:
    """As update, with the stages that it has."""
    return update(plane, {"Name": name})


def get(plane: DefinitionPlane, name: str, version: str | None = None) -> Workflow:
    """Raises NotFound, and BadRequest for what is no version."""
    return versions.get(plane.workflows, "workflow", name, version)


def shown(workflow: Workflow) -> Workflow:
    """The workflow as readers get it: a stale one with the request that builds it anew."""
    if not workflow["StaleOperations"] and not workflow["StaleStages"]:
        return workflow
    return {**workflow, "Rebuild": f"PUT /workflow {json.dumps({'Name': workflow['Name']})}"}


def with_operation(plane: DefinitionPlane, operation: str) -> list[Workflow]:
    """The workflows that were built from an operation; none for an unknown one."""
    return [one for one in plane.workflows.list() if operation in one["Operations"]]


def with_stage(plane: DefinitionPlane, stage: str) -> list[Workflow]:
    """The workflows that have a stage; none for an unknown one."""
    return [one for one in plane.workflows.list() if stage in one["Stages"]]


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


def _check_machine_is_free(plane: DefinitionPlane, name: str, machine: str) -> None:
    """Raises Conflict while a stage of an earlier release has the machine of that name."""
    stage = plane.stages.get(name)
    if stage is not None and stage["StateMachineArn"] == machine:
        raise Conflict(
            f"Name: the stage '{name}' was made by an earlier release, and its state machine has "
            "the workflow's name; PUT /workflow/stage of the stage gives it another one"
        )


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
    check_parts(stages, operations)
    return _Parts(stages, operations)


def _store(
    plane: DefinitionPlane, workflow: Workflow, parts: _Parts, write: Callable[[Workflow], None]
) -> Workflow:
    """Makes the machine, then writes the item, which names the machine's version: whatever breaks
    in between changes nothing that anybody uses, and can be asked for again."""
    machine = _compile(plane, workflow, parts)
    version = plane.machines.put(workflow["StateMachineArn"], machine, plane.execution_role)
    complete: Workflow = {**workflow, "StateMachineVersionArn": version}
    with undone_by(lambda: _drop_orphan(plane, workflow)):
        write(complete)
    return complete


def _facts(plane: DefinitionPlane, parts: _Parts) -> Any:
    """What a workflow says of its functions, and one of a template of its stack."""
    functions = {
        name: [arn for _, arn in functions_of(operation)]
        for name, operation in parts.operations.items()
    }
    owner = {"StackId": plane.stack} if plane.stack is not None else {}
    return {"Functions": functions, **owner}


def _drop_orphan(plane: DefinitionPlane, workflow: Workflow) -> None:
    if plane.workflows.get(workflow["Name"]) is None:
        plane.machines.delete(workflow["StateMachineArn"])


def _mark_changed(plane: DefinitionPlane, name: str, parts: _Parts) -> None:
    """Marks what changed while the workflow was built: whoever changed it could not know of it."""
    for stage in parts.stages.values():
        if _changed(plane.stages.get(stage["Name"]), stage):
            plane.workflows.mark_stale(name, operation=None, stage=stage["Name"])
    for operation in parts.operations.values():
        if _changed(plane.operations.get(operation["Name"]), operation):
            plane.workflows.mark_stale(name, operation=operation["Name"], stage=None)


def _changed(present: Operation | Stage | None, used: Operation | Stage) -> bool:
    if present is None:
        return True
    return (present["Id"], present["Version"]) != (used["Id"], used["Version"])


def _compile(plane: DefinitionPlane, workflow: Workflow, parts: _Parts) -> str:
    machine = asl.to_json(compile_machine(workflow, parts.operations, plane.lambdas))
    if len(machine.encode()) > _LARGEST_MACHINE:
        raise BadRequest(
            f"Stages: the state machine of {workflow['Name']} has {len(machine):,} characters; "
            f"Step Functions takes {_LARGEST_MACHINE:,}"
        )
    return machine

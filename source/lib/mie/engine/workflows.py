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
from mie.engine import active_executions, versions
from mie.engine.patience import when_free
from mie.engine.ports import DefinitionPorts
from mie.engine.undo import undone_by

# What Step Functions takes as a definition, in bytes.
_LARGEST_MACHINE = 1024 * 1024
# How many executions a refusal names.
_NAMED = 5


@dataclass(frozen=True)
class _Parts:
    """The stored definitions that a workflow is made of, by name."""

    stages: Mapping[str, Stage]
    operations: Mapping[str, Operation]


def create(ports: DefinitionPorts, request: Mapping[str, Any], trigger: str) -> Workflow:
    """Makes a workflow and its machine. Raises BadRequest, AlreadyExists."""
    check_workflow(request)
    name = request["Name"]
    if ports.workflows.get(name) is not None:
        raise AlreadyExists("workflow", name)
    machine = ports.machines.workflow_arn(name)
    _check_machine_is_free(ports, name, machine)
    parts = _parts(ports, request["Stages"])
    stamp = Stamp(ports.new_id(), str(ports.clock()))
    workflow: Workflow = {
        **build_workflow(request, parts.stages, stamp, trigger),
        "StateMachineArn": machine,
        **_facts(ports, parts),
    }
    made = _store(ports, workflow, parts, ports.workflows.create)
    _mark_changed(ports, name, parts)
    return made


def update(ports: DefinitionPorts, request: Mapping[str, Any]) -> Workflow:
    """Builds a workflow anew from the present definitions of its stages.

    request: Name, StartAt and Stages where they change, and the Version that it changes when no
    other is meant. Executions go on with the version that they were queued with. Raises
    BadRequest, NotFound, and Conflict when somebody else changed it meanwhile.
    """
    stored = get(ports, request["Name"])
    check_unchanged(request, stored)
    changes = {key: request[key] for key in ("StartAt", "Stages") if key in request}
    wanted = {**request_of_workflow(stored), **changes}
    check_workflow(wanted)
    parts = _parts(ports, wanted["Stages"])
    revised: Workflow = {**revise_workflow(stored, wanted, parts.stages), **_facts(ports, parts)}
    made = _store(ports, revised, parts, lambda item: ports.workflows.replace(item, stored))
    _mark_changed(ports, made["Name"], parts)
    return made


def rebuild(ports: DefinitionPorts, name: str) -> Workflow:
    """As update, with the stages that it has."""
    return update(ports, {"Name": name})


def get(ports: DefinitionPorts, name: str, version: str | None = None) -> Workflow:
    """Raises NotFound, and BadRequest for what is no version."""
    return versions.get(ports.workflows, "workflow", name, version)


def shown(workflow: Workflow) -> Workflow:
    """The workflow as readers get it: a stale one with the request that builds it anew."""
    if not workflow["StaleOperations"] and not workflow["StaleStages"]:
        return workflow
    return {**workflow, "Rebuild": f"PUT /workflow {json.dumps({'Name': workflow['Name']})}"}


def configuration(ports: DefinitionPorts, name: str) -> WorkflowConfiguration:
    """Stage -> operator -> the configuration that an execution gets by default."""
    stages = get(ports, name)["Stages"]
    return {stage: values["Configuration"] for stage, values in stages.items()}


def delete(ports: DefinitionPorts, name: str, *, force: bool) -> Workflow:
    """Deletes a workflow that has no active executions, and its machine; with ``force`` it cancels
    those that there are.

    One that is queued meanwhile ends in Error, which says that the machine is gone. Raises
    NotFound, Conflict.
    """
    workflow = get(ports, name)
    if force:
        active_executions.cancel(ports, name)
    else:
        _check_nothing_is_active(ports, name)
    ports.machines.delete(workflow["StateMachineArn"])
    # The item last: a deletion that broke off can be asked for again.
    ports.workflows.delete(workflow)
    return workflow


def _check_nothing_is_active(ports: DefinitionPorts, name: str) -> None:
    active = [f"{one['Id']} ({one['Status']})" for one in active_executions.find(ports, name)]
    if active:
        more = f" and {len(active) - _NAMED} more" if len(active) > _NAMED else ""
        raise Conflict(
            f"the workflow '{name}' has active executions: {', '.join(active[:_NAMED])}{more}. "
            "Either wait until they have ended, or set the query parameter force=true to cancel "
            "them and delete the workflow"
        )


def _check_machine_is_free(ports: DefinitionPorts, name: str, machine: str) -> None:
    """Raises Conflict while a stage of an earlier release has the machine of that name."""
    stage = ports.stages.get(name)
    if stage is not None and stage["StateMachineArn"] == machine:
        raise Conflict(
            f"Name: the stage '{name}' was made by an earlier release, and its state machine has "
            "the workflow's name; PUT /workflow/stage of the stage gives it another one"
        )


def _parts(ports: DefinitionPorts, names: Iterable[str]) -> _Parts:
    stages: dict[str, Stage] = {}
    operations: dict[str, Operation] = {}
    for name in names:
        stage = ports.stages.get(name)
        if stage is None:
            raise BadRequest(f"Stages: Exception: stage '{name}' not found")
        stages[name] = stage
        for one in stage["Operations"]:
            operation = operations.get(one) or ports.operations.get(one)
            if operation is None:
                raise BadRequest(f"Stages: Exception: operation '{one}' of '{name}' not found")
            operations[one] = operation
    check_parts(stages, operations)
    return _Parts(stages, operations)


def _store(
    ports: DefinitionPorts, workflow: Workflow, parts: _Parts, write: Callable[[Workflow], None]
) -> Workflow:
    """Makes the machine, then writes the item, which names the machine's version: whatever breaks
    in between changes nothing that anybody uses, and can be asked for again."""
    machine = _compile(ports, workflow, parts)
    arn, role = workflow["StateMachineArn"], ports.execution_role
    machine_version = when_free(ports, lambda: ports.machines.put_version(arn, machine, role))
    complete: Workflow = {**workflow, "StateMachineVersionArn": machine_version}
    with undone_by(lambda: _drop_orphan(ports, workflow)):
        write(complete)
    return complete


def _facts(ports: DefinitionPorts, parts: _Parts) -> Any:
    """What a workflow says of its functions, and one of a template of its stack."""
    functions = {
        name: [arn for _, arn in functions_of(operation)]
        for name, operation in parts.operations.items()
    }
    owner = {"StackId": ports.stack} if ports.stack is not None else {}
    return {"Functions": functions, **owner}


def _drop_orphan(ports: DefinitionPorts, workflow: Workflow) -> None:
    if ports.workflows.get(workflow["Name"]) is None:
        ports.machines.delete(workflow["StateMachineArn"])


def _mark_changed(ports: DefinitionPorts, name: str, parts: _Parts) -> None:
    """Marks what changed while the workflow was built: whoever changed it could not know of it."""
    for stage in parts.stages.values():
        if _changed(ports.stages.get(stage["Name"]), stage):
            ports.workflows.mark_stale(name, operation=None, stage=stage["Name"])
    for operation in parts.operations.values():
        if _changed(ports.operations.get(operation["Name"]), operation):
            ports.workflows.mark_stale(name, operation=operation["Name"], stage=None)


def _changed(present: Operation | Stage | None, used: Operation | Stage) -> bool:
    if present is None:
        return True
    return (present["Id"], present["Version"]) != (used["Id"], used["Version"])


def _compile(ports: DefinitionPorts, workflow: Workflow, parts: _Parts) -> str:
    machine = asl.to_json(compile_machine(workflow, parts.operations, ports.lambdas))
    if len(machine.encode()) > _LARGEST_MACHINE:
        raise BadRequest(
            f"Stages: the state machine of {workflow['Name']} has {len(machine):,} characters; "
            f"Step Functions takes {_LARGEST_MACHINE:,}"
        )
    return machine

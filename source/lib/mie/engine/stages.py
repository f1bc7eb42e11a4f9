"""Stages: operators that run side by side, each stage with a state machine of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from mie.core.definitions import Stamp, build_stage, check_stage, next_version
from mie.core.documents import Operation, Stage
from mie.core.errors import AlreadyExists, BadRequest, Conflict, NotFound
from mie.engine.ports import DefinitionPlane
from mie.engine.undo import undone_by


def create(plane: DefinitionPlane, request: Mapping[str, Any]) -> Stage:
    """Makes a stage and its machine. Raises BadRequest, AlreadyExists."""
    check_stage(request)
    name = request["Name"]
    if plane.stages.get(name) is not None:
        raise AlreadyExists("stage", name)
    if plane.workflows.get(name) is not None:
        raise Conflict(f"Name: a workflow is called '{name}', and its state machine has that name")
    stage = _build(plane, request, Stamp(plane.new_id(), str(plane.clock())))
    # The item first: of two requests at a time only one gets it and touches the machine.
    plane.stages.create(stage)
    with undone_by(lambda: plane.stages.delete(stage)):
        plane.machines.put(name, stage["Definition"], plane.execution_role)
    return stage


def update(plane: DefinitionPlane, request: Mapping[str, Any]) -> Stage:
    """Builds a stage anew, from the request and the present operations. Raises NotFound."""
    check_stage(request)
    stored = get(plane, request["Name"])
    built = _build(plane, request, Stamp(stored["Id"], stored["Created"]))
    revised: Stage = {**built, "Version": next_version(stored["Version"])}
    plane.stages.replace(revised, stored)
    with undone_by(lambda: plane.stages.replace(stored, revised)):
        plane.machines.put(revised["Name"], revised["Definition"], plane.execution_role)
    return revised


def get(plane: DefinitionPlane, name: str) -> Stage:
    stage = plane.stages.get(name)
    if stage is None:
        raise NotFound.named("stage", name)
    return stage


def delete(plane: DefinitionPlane, name: str, *, force: bool) -> Stage:
    """Deletes a stage that no workflow uses; with ``force`` any, which marks those workflows.

    Workflows stay runnable: their machines keep the states of the stage.
    """
    stage = get(plane, name)
    dependents = [one["Name"] for one in plane.workflows.list() if name in one["Stages"]]
    if dependents and not force:
        raise BadRequest(
            f"Dependent workflows were found for stage {name}. Either delete the dependent "
            "workflows or set the query parameter force=true to delete the stage anyhow. Undeleted "
            "dependent workflows will be kept but will contain the deleted definition of the "
            "stage. To find the workflows that depend on a stage use the following endpoint: GET "
            f"/workflow/list/stage/. They are: {', '.join(sorted(dependents))}"
        )
    for workflow in dependents:
        plane.workflows.mark_stale(workflow, operation=None, stage=name)
    plane.machines.delete(stage["StateMachineArn"])
    # The item last: a deletion that broke off can be asked for again.
    plane.stages.delete(stage)
    return stage


def _build(plane: DefinitionPlane, request: Mapping[str, Any], stamp: Stamp) -> Stage:
    operations = _operations(plane, request["Operations"])
    return build_stage(
        request, operations, stamp, plane.lambdas, plane.machines.arn(request["Name"])
    )


def _operations(plane: DefinitionPlane, names: Sequence[str]) -> list[Operation]:
    found = []
    for name in names:
        operation = plane.operations.get(name)
        if operation is None:
            raise BadRequest(f"Operations: Exception: operation '{name}' not found")
        found.append(operation)
    return found

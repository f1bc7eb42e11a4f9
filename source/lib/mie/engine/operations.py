"""Operations: registered operators, each with a stage that runs it alone."""

from collections.abc import Mapping
from typing import Any

from mie.core.definitions import Stamp, build_operation, next_version
from mie.core.documents import Json, Operation
from mie.core.errors import AlreadyExists, BadRequest, NotFound
from mie.engine import stages
from mie.engine.ports import DefinitionPlane
from mie.engine.undo import undone_by


def create(plane: DefinitionPlane, request: Mapping[str, Any]) -> Operation:
    """Registers an operator and makes its singleton stage. Raises BadRequest, AlreadyExists."""
    operation = _build(plane, request, Stamp(plane.new_id(), str(plane.clock())))
    name = operation["Name"]
    if plane.operations.get(name) is not None:
        raise AlreadyExists("operation", name)
    plane.operations.create(operation)
    with undone_by(lambda: plane.operations.delete(operation)):
        stages.create(plane, _singleton(operation))
    return operation


def update(plane: DefinitionPlane, request: Mapping[str, Any]) -> Operation:
    """Registers an operator anew, with its singleton stage.

    Workflows that use it run on as they are, marked as stale until they are updated. Raises
    NotFound.
    """
    stored = get(plane, request["Name"])
    built = _build(plane, request, Stamp(stored["Id"], stored["Created"]))
    revised: Operation = {**built, "Version": next_version(stored["Version"])}
    plane.operations.replace(revised, stored)
    with undone_by(lambda: plane.operations.replace(stored, revised)):
        if plane.stages.get(revised["StageName"]) is None:
            stages.create(plane, _singleton(revised))
        else:
            stages.update(plane, _singleton(revised))
    _mark_dependents(plane, revised["Name"])
    return revised


def get(plane: DefinitionPlane, name: str) -> Operation:
    operation = plane.operations.get(name)
    if operation is None:
        raise NotFound.named("operation", name)
    return operation


def delete(plane: DefinitionPlane, name: str, *, force: bool) -> Operation | None:
    """Deletes an operator that nothing uses; with ``force`` any, which marks its workflows.

    None when there is no such operator.
    """
    operation = plane.operations.get(name)
    if operation is None:
        return None
    singleton = operation["StageName"]
    if not force:
        _check_unused(plane, name, singleton)
    if plane.stages.get(singleton) is not None:
        stages.delete(plane, singleton, force=True)
    _mark_dependents(plane, name)
    # The item last: a deletion that broke off can be asked for again.
    plane.operations.delete(operation)
    return operation


def _check_unused(plane: DefinitionPlane, name: str, singleton: str) -> None:
    workflows = _dependent_workflows(plane, name)
    if workflows:
        raise BadRequest(
            f"Dependent workflows were found for operation {name}. Either delete the dependent "
            "workflows or set the query parameter force=true to delete the operation anyhow. "
            "Undeleted dependent workflows will be kept but will contain the deleted definition "
            "of the operation. To find the workflows that depend on an operation use the "
            "following endpoint: GET /workflow/list/operation/. They are: "
            f"{', '.join(sorted(workflows))}"
        )
    users = [
        one["Name"]
        for one in plane.stages.list()
        if name in one["Operations"] and one["Name"] != singleton
    ]
    if users:
        raise BadRequest(
            f"Dependent stages were found for operation {name}: {', '.join(sorted(users))}. "
            "Either delete them or set the query parameter force=true to delete the operation "
            "anyhow."
        )


def _mark_dependents(plane: DefinitionPlane, name: str) -> None:
    for workflow in _dependent_workflows(plane, name):
        plane.workflows.mark_stale(workflow, operation=name, stage=None)


def _dependent_workflows(plane: DefinitionPlane, name: str) -> list[str]:
    return [one["Name"] for one in plane.workflows.list() if name in one["Operations"]]


def _build(plane: DefinitionPlane, request: Mapping[str, Any], stamp: Stamp) -> Operation:
    return build_operation(request, stamp, plane.lambdas, plane.execution_role)


def _singleton(operation: Operation) -> Json:
    return {"Name": operation["StageName"], "Operations": [operation["Name"]]}

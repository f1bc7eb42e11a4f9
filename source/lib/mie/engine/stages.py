"""Stages: operators that run side by side, each stage with a state machine of its own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mie.core.definitions import (
    Stamp,
    build_stage,
    check_stage,
    check_unchanged,
    is_built_from,
    next_version,
    request_of_stage,
)
from mie.core.documents import Operation, Stage
from mie.core.errors import AlreadyExists, BadRequest
from mie.core.names import singleton_stage_name
from mie.engine import versions
from mie.engine.dependents import Change, Choice, finish, follow, using
from mie.engine.patience import when_free
from mie.engine.ports import DefinitionPorts
from mie.engine.undo import undone_by


def create(ports: DefinitionPorts, request: Mapping[str, Any]) -> Stage:
    """Makes a stage and its machine. Raises BadRequest, AlreadyExists."""
    check_stage(request)
    name = request["Name"]
    if ports.stages.get(name) is not None:
        raise AlreadyExists("stage", name)
    stage = _build(ports, request, Stamp(ports.new_id(), str(ports.clock())))
    return _store(ports, stage, ports.stages.create)


def update(ports: DefinitionPorts, request: Mapping[str, Any], dependents: Choice) -> Stage:
    """Builds a stage anew, from the request and the present operations.

    Workflows that use it are marked as stale, or built anew, as ``dependents`` says. An update
    that broke off is completed by the same request. Raises BadRequest, NotFound, and Conflict
    when somebody else changed it meanwhile or a workflow could not follow.
    """
    check_stage(request)
    stored = get(ports, request["Name"])
    check_unchanged(request, stored)
    _check_singleton(ports, request)
    revised = _replace(ports, request, stored)
    follow(ports, _change(revised["Name"]), dependents)
    return revised


def finish_update(ports: DefinitionPorts, name: str, dependents: Choice) -> Stage:
    """What an update left when its time was over (Unfinished). Raises as update does."""
    finish(ports, _change(name), dependents)
    return get(ports, name)


def rebuild(ports: DefinitionPorts, name: str) -> Stage:
    """Builds a stage anew from the present operations, with the values that it gave them.

    Raises NotFound, BadRequest when an operation is gone, and Conflict when somebody else changed
    it meanwhile.
    """
    stored = get(ports, name)
    return _replace(ports, request_of_stage(stored), stored)


def renew(ports: DefinitionPorts, name: str, operation: str) -> Stage:
    """As rebuild, unless the stage has been built from the present version of the operation.

    Many operators of a stage may be updated at once, and each update wants the stage anew.
    """
    stored, present = get(ports, name), ports.operations.get(operation)
    if present is not None and is_built_from(stored, present):
        return stored
    return _replace(ports, request_of_stage(stored), stored)


def get(ports: DefinitionPorts, name: str, version: str | None = None) -> Stage:
    """Raises NotFound, and BadRequest for what is no version."""
    return versions.get(ports.stages, "stage", name, version)


def delete(ports: DefinitionPorts, name: str, *, force: bool) -> Stage:
    """Deletes a stage that no workflow uses; with ``force`` any, which marks those workflows.

    Workflows stay runnable: their machines keep the states of the stage.
    """
    stage = get(ports, name)
    dependents = [one["Name"] for one in using(ports, None, [name])]
    if dependents and not force:
        raise BadRequest(
            f"Dependent workflows were found for stage {name}. Either delete the dependent "
            "workflows or set the query parameter force=true to delete the stage anyhow. Undeleted "
            "dependent workflows will be kept but will contain the deleted definition of the "
            "stage. To find the workflows that depend on a stage use the following endpoint: GET "
            f"/workflow/list/stage/. They are: {', '.join(sorted(dependents))}"
        )
    for workflow in dependents:
        ports.workflows.mark_stale(workflow, operation=None, stage=name)
    ports.machines.delete(stage["StateMachineArn"])
    # The item last: a deletion that broke off can be asked for again.
    ports.stages.delete(stage)
    return stage


def _change(name: str) -> Change:
    return Change(f"stage '{name}'", None, [name])


def _replace(ports: DefinitionPorts, request: Mapping[str, Any], stored: Stage) -> Stage:
    built = _build(ports, request, Stamp(stored["Id"], stored["Created"]))
    revised: Stage = {**built, "Version": next_version(stored["Version"])}
    made = _store(ports, revised, lambda item: ports.stages.replace(item, stored))
    if stored["StateMachineArn"] != made["StateMachineArn"]:
        # one of an earlier release, in whose place a workflow's machine may come
        ports.machines.delete(stored["StateMachineArn"])
    return made


def _store(ports: DefinitionPorts, stage: Stage, write: Callable[[Stage], None]) -> Stage:
    """Makes the machine, then writes the item: whatever breaks in between can be asked for again,
    and no execution of ours runs the machine."""
    arn, role = stage["StateMachineArn"], ports.execution_role
    when_free(ports, lambda: ports.machines.put(arn, stage["Definition"], role))
    with undone_by(lambda: _drop_orphan(ports, stage)):
        write(stage)
    return stage


def _drop_orphan(ports: DefinitionPorts, stage: Stage) -> None:
    if ports.stages.get(stage["Name"]) is None:
        ports.machines.delete(stage["StateMachineArn"])


def _check_singleton(ports: DefinitionPorts, request: Mapping[str, Any]) -> None:
    name = request["Name"]
    operation = name.removeprefix("_")
    if name != singleton_stage_name(operation) or request["Operations"] == [operation]:
        return
    if ports.operations.get(operation) is not None:
        raise BadRequest(
            f"Operations: '{name}' runs the operation '{operation}' and nothing else; make "
            "another stage for more"
        )


def _build(ports: DefinitionPorts, request: Mapping[str, Any], stamp: Stamp) -> Stage:
    operations = _operations(ports, request["Operations"])
    return build_stage(
        request, operations, stamp, ports.lambdas, ports.machines.stage_arn(request["Name"])
    )


def _operations(ports: DefinitionPorts, names: Sequence[str]) -> list[Operation]:
    found = []
    for name in names:
        operation = ports.operations.get(name)
        if operation is None:
            raise BadRequest(f"Operations: Exception: operation '{name}' not found")
        found.append(operation)
    return found

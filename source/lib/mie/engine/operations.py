"""Operations: registered operators, each with a stage that runs it alone."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from mie.core.definitions import (
    Stamp,
    as_meant,
    build_operation,
    check_unchanged,
    misfit,
    next_version,
)
from mie.core.documents import Json, Operation
from mie.core.errors import AlreadyExists, BadRequest
from mie.engine import stages, versions
from mie.engine.dependents import Change, Choice, attempt, finish, follow, using
from mie.engine.operator_functions import make_callable
from mie.engine.ports import DefinitionPorts
from mie.engine.undo import undone_by


def create(ports: DefinitionPorts, request: Mapping[str, Any]) -> Operation:
    """Registers an operator whose functions exist, and makes its singleton stage.

    Raises BadRequest, AlreadyExists.
    """
    operation = _build(ports, request, Stamp(ports.new_id(), str(ports.clock())))
    name = operation["Name"]
    if ports.operations.get(name) is not None:
        raise AlreadyExists("operation", name)
    make_callable(ports, operation)
    ports.operations.create(operation)
    with undone_by(lambda: ports.operations.delete(operation)):
        stages.create(ports, _singleton(operation))
    return operation


def update(ports: DefinitionPorts, request: Mapping[str, Any], dependents: Choice) -> Operation:
    """Registers an operator anew, and builds all stages that list it anew.

    Workflows that use it are marked as stale, or built anew, as ``dependents`` says. Stages whose
    own values it would no longer take refuse the update when all is to be built anew; otherwise
    they stay as they are, and their workflows are marked. An update that broke off is completed by
    the same request. Raises BadRequest, NotFound, and Conflict when somebody else changed it
    meanwhile or a stage or workflow could not follow.
    """
    stored = get(ports, request["Name"])
    check_unchanged(request, stored)
    built = _build(ports, as_meant(request, stored), Stamp(stored["Id"], stored["Created"]))
    revised: Operation = {**built, "Version": next_version(stored["Version"])}
    misfits = _misfits(ports, revised)
    if misfits and dependents is Choice.REBUILD:
        raise BadRequest(
            "nothing is changed, because stages configure the operator in a way that it would no "
            f"longer take: {'; '.join(misfits.values())}. Change these stages first, or ask with "
            "dependents=stale"
        )
    make_callable(ports, revised)
    ports.operations.replace(revised, stored)
    follow(ports, _renew_stages(ports, revised, misfits), dependents)
    return revised


def finish_update(ports: DefinitionPorts, name: str, dependents: Choice) -> Operation:
    """What an update left when its time was over (Unfinished). Raises as update does."""
    operation = get(ports, name)
    finish(ports, _renew_stages(ports, operation, _misfits(ports, operation)), dependents)
    return operation


def get(ports: DefinitionPorts, name: str, version: str | None = None) -> Operation:
    """Raises NotFound, and BadRequest for what is no version."""
    return versions.get(ports.operations, "operation", name, version)


def delete(ports: DefinitionPorts, name: str, *, force: bool) -> Operation | None:
    """Deletes an operator that nothing uses; with ``force`` any, which marks its workflows.

    None when there is no such operator.
    """
    operation = ports.operations.get(name)
    if operation is None:
        return None
    singleton = operation["StageName"]
    if not force:
        _check_unused(ports, name, singleton)
    if ports.stages.get(singleton) is not None:
        stages.delete(ports, singleton, force=True)
    for workflow in using(ports, name, ()):
        ports.workflows.mark_stale(workflow["Name"], operation=name, stage=None)
    # The item last: a deletion that broke off can be asked for again.
    ports.operations.delete(operation)
    return operation


def _check_unused(ports: DefinitionPorts, name: str, singleton: str) -> None:
    workflows = [one["Name"] for one in using(ports, name, ())]
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
        for one in ports.stages.list()
        if name in one["Operations"] and one["Name"] != singleton
    ]
    if users:
        raise BadRequest(
            f"Dependent stages were found for operation {name}: {', '.join(sorted(users))}. "
            "Either delete them or set the query parameter force=true to delete the operation "
            "anyhow."
        )


def _misfits(ports: DefinitionPorts, operation: Operation) -> dict[str, str]:
    """The stages that could not be built with it: name -> why."""
    reasons = {
        one["Name"]: misfit(one, operation)
        for one in ports.stages.list()
        if operation["Name"] in one["Operations"]
    }
    return {name: reason for name, reason in reasons.items() if reason is not None}


def _renew_stages(
    ports: DefinitionPorts, operation: Operation, left_alone: Collection[str]
) -> Change:
    """Builds the stages that list an operator anew, its own first; makes that if it is gone."""
    name, singleton = operation["Name"], operation["StageName"]
    if ports.stages.get(singleton) is None:
        stages.create(ports, _singleton(operation))
    listing = [one["Name"] for one in ports.stages.list() if name in one["Operations"]]
    refusals = [
        refusal
        for one in sorted(listing, key=lambda stage: stage != singleton)
        if one not in left_alone
        and (refusal := attempt(ports, partial(stages.renew, ports, one, name), one))
    ]
    return Change(f"operation '{name}'", name, listing, refusals, left_alone)


def _build(ports: DefinitionPorts, request: Mapping[str, Any], stamp: Stamp) -> Operation:
    return build_operation(request, stamp, ports.lambdas, ports.execution_role)


def _singleton(operation: Operation) -> Json:
    return {"Name": operation["StageName"], "Operations": [operation["Name"]]}

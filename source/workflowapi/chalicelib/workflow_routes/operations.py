"""Routes of operations."""

from typing import Any

from chalice import Blueprint
from chalicelib.workflow_routes import requests, wiring
from chalicelib.workflow_routes.signed import SIGNED

from mie.core.documents import Operation
from mie.engine import definition_lists, operations

routes = Blueprint(__name__)


@routes.route("/workflow/operation", methods=["POST"], **SIGNED)
def create_operation() -> Operation:
    given = requests.body(routes.current_request, "operation")
    return operations.create(wiring.definition_ports(), given)


@routes.route("/workflow/operation", methods=["PUT"], **SIGNED)
def update_operation() -> Operation:
    given = requests.body(routes.current_request, "operation", requests.DEPENDENTS)
    dependents = requests.dependents(routes.current_request)
    return operations.update(wiring.definition_ports(), given, dependents)


@routes.route("/workflow/operation", methods=["GET"], **SIGNED)
def list_operations() -> Any:
    page = requests.page(routes.current_request)
    return wiring.listed(definition_lists.operations(wiring.definition_ports()), page)


@routes.route("/workflow/operation/{Name}", methods=["GET"], **SIGNED)
def get_operation(Name: str) -> Operation:
    version = requests.version(routes.current_request)
    return operations.get(wiring.definition_ports(), Name, version)


@routes.route("/workflow/operation/{Name}", methods=["DELETE"], **SIGNED)
def delete_operation(Name: str) -> Any:
    force = requests.is_forced(routes.current_request)
    deleted = operations.delete(wiring.definition_ports(), Name, force=force)
    # clients that clean up rely on this answer instead of a 404
    return deleted or {"Message": f"Warning: operation '{Name}' not found"}

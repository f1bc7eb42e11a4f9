"""Routes of stages."""

from typing import Any

from chalice import Blueprint
from chalicelib.workflow_routes import requests, wiring
from chalicelib.workflow_routes.signed import SIGNED

from mie.core.documents import Stage
from mie.engine import definition_lists, stages

routes = Blueprint(__name__)


@routes.route("/workflow/stage", methods=["POST"], **SIGNED)
def create_stage() -> Stage:
    given = requests.body(routes.current_request, "stage")
    return stages.create(wiring.definition_ports(), given)


@routes.route("/workflow/stage", methods=["PUT"], **SIGNED)
def update_stage() -> Stage:
    given = requests.body(routes.current_request, "stage", requests.DEPENDENTS)
    dependents = requests.dependents(routes.current_request)
    return stages.update(wiring.definition_ports(), given, dependents)


@routes.route("/workflow/stage", methods=["GET"], **SIGNED)
def list_stages() -> Any:
    page = requests.page(routes.current_request)
    return wiring.listed(definition_lists.stages(wiring.definition_ports()), page)


@routes.route("/workflow/stage/{Name}", methods=["GET"], **SIGNED)
def get_stage(Name: str) -> Stage:
    version = requests.version(routes.current_request)
    return stages.get(wiring.definition_ports(), Name, version)


@routes.route("/workflow/stage/{Name}", methods=["DELETE"], **SIGNED)
def delete_stage(Name: str) -> Stage:
    force = requests.is_forced(routes.current_request)
    return stages.delete(wiring.definition_ports(), Name, force=force)

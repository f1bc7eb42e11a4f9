"""Routes of stages."""

from chalice import Blueprint
from chalicelib.workflow_routes import requests, wiring
from chalicelib.workflow_routes.signed import SIGNED

from mie.core.documents import Stage
from mie.engine import stages

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
def list_stages() -> list[Stage]:
    requests.no_query(routes.current_request)
    return list(wiring.definition_ports().stages.list())


@routes.route("/workflow/stage/{Name}", methods=["GET"], **SIGNED)
def get_stage(Name: str) -> Stage:
    version = requests.version(routes.current_request)
    return stages.get(wiring.definition_ports(), requests.name(Name), version)


@routes.route("/workflow/stage/{Name}", methods=["DELETE"], **SIGNED)
def delete_stage(Name: str) -> Stage:
    force = requests.is_forced(routes.current_request)
    return stages.delete(wiring.definition_ports(), requests.name(Name), force=force)

"""Routes of workflows."""

from chalice import Blueprint
from chalicelib.workflow_routes import requests, wiring
from chalicelib.workflow_routes.signed import SIGNED

from mie.core.documents import Workflow, WorkflowConfiguration
from mie.engine import workflows

routes = Blueprint(__name__)


@routes.route("/workflow", methods=["POST"], **SIGNED)
def create_workflow() -> Workflow:
    given = requests.body(routes.current_request, "workflow")
    return workflows.create(wiring.definition_ports(), given, "api")


@routes.route("/workflow", methods=["PUT"], **SIGNED)
def update_workflow() -> Workflow:
    given = requests.body(routes.current_request, "workflow_update")
    return workflows.update(wiring.definition_ports(), given)


@routes.route("/workflow", methods=["GET"], **SIGNED)
def list_workflows() -> list[Workflow]:
    requests.no_query(routes.current_request)
    return [workflows.shown(one) for one in wiring.definition_ports().workflows.list()]


@routes.route("/workflow/{Name}", methods=["GET"], **SIGNED)
def get_workflow(Name: str) -> Workflow:
    version = requests.version(routes.current_request)
    found = workflows.get(wiring.definition_ports(), requests.name(Name), version)
    return workflows.shown(found) if version is None else found


@routes.route("/workflow/{Name}", methods=["DELETE"], **SIGNED)
def delete_workflow(Name: str) -> Workflow:
    force = requests.is_forced(routes.current_request)
    return workflows.delete(wiring.definition_ports(), requests.name(Name), force=force)


@routes.route("/workflow/configuration/{Name}", methods=["GET"], **SIGNED)
def get_configuration(Name: str) -> WorkflowConfiguration:
    requests.no_query(routes.current_request)
    return workflows.configuration(wiring.definition_ports(), requests.name(Name))


@routes.route("/workflow/list/operation/{OperatorName}", methods=["GET"], **SIGNED)
def list_with_operation(OperatorName: str) -> list[Workflow]:
    requests.no_query(routes.current_request)
    found = workflows.with_operation(wiring.definition_ports(), requests.name(OperatorName))
    return [workflows.shown(one) for one in found]


@routes.route("/workflow/list/stage/{StageName}", methods=["GET"], **SIGNED)
def list_with_stage(StageName: str) -> list[Workflow]:
    requests.no_query(routes.current_request)
    found = workflows.with_stage(wiring.definition_ports(), requests.name(StageName))
    return [workflows.shown(one) for one in found]

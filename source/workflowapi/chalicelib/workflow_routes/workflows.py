"""Routes of workflows."""

from chalice import Blueprint
from chalicelib.workflow_routes import planes, requests
from chalicelib.workflow_routes.signed import SIGNED

from mie.core.documents import Workflow, WorkflowConfiguration
from mie.engine import workflows

routes = Blueprint(__name__)


@routes.route("/workflow", methods=["POST"], **SIGNED)
def create_workflow() -> Workflow:
    given = requests.body(routes.current_request, "workflow")
    return workflows.create(planes.definition_plane(), given, "api")


@routes.route("/workflow", methods=["GET"], **SIGNED)
def list_workflows() -> list[Workflow]:
    return list(planes.definition_plane().workflows.list())


@routes.route("/workflow/{Name}", methods=["GET"], **SIGNED)
def get_workflow(Name: str) -> Workflow:
    return workflows.get(planes.definition_plane(), requests.name(Name))


@routes.route("/workflow/{Name}", methods=["DELETE"], **SIGNED)
def delete_workflow(Name: str) -> Workflow:
    return workflows.delete(planes.definition_plane(), requests.name(Name))


@routes.route("/workflow/configuration/{Name}", methods=["GET"], **SIGNED)
def get_configuration(Name: str) -> WorkflowConfiguration:
    return workflows.configuration(planes.definition_plane(), requests.name(Name))

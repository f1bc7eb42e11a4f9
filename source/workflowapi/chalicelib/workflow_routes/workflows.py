"""Routes of workflows."""

from typing import Any

from chalice import Blueprint
from chalicelib.workflow_routes import requests, wiring
from chalicelib.workflow_routes.signed import SIGNED

from mie.core.documents import Workflow, WorkflowConfiguration
from mie.engine import definition_lists, workflows

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
def list_workflows() -> Any:
    page = requests.page(routes.current_request)
    return wiring.listed(definition_lists.workflows(wiring.definition_ports()), page)


@routes.route("/workflow/{Name}", methods=["GET"], **SIGNED)
def get_workflow(Name: str) -> Workflow:
    version = requests.version(routes.current_request)
    found = workflows.get(wiring.definition_ports(), Name, version)
    return workflows.shown(found) if version is None else found


@routes.route("/workflow/{Name}", methods=["DELETE"], **SIGNED)
def delete_workflow(Name: str) -> Workflow:
    force = requests.is_forced(routes.current_request)
    return workflows.delete(wiring.definition_ports(), Name, force=force)


@routes.route("/workflow/configuration/{Name}", methods=["GET"], **SIGNED)
def get_configuration(Name: str) -> WorkflowConfiguration:
    requests.no_query(routes.current_request)
    return workflows.configuration(wiring.definition_ports(), Name)


@routes.route("/workflow/list/operation/{OperatorName}", methods=["GET"], **SIGNED)
def list_with_operation(OperatorName: str) -> Any:
    page = requests.page(routes.current_request)
    return wiring.listed(
        definition_lists.with_operation(wiring.definition_ports(), OperatorName), page
    )


@routes.route("/workflow/list/stage/{StageName}", methods=["GET"], **SIGNED)
def list_with_stage(StageName: str) -> Any:
    page = requests.page(routes.current_request)
    found = definition_lists.with_stage(wiring.definition_ports(), StageName)
    return wiring.listed(found, page)

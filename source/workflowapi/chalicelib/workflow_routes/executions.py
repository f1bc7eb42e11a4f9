"""Routes of executions."""

from typing import Any

from chalice import Blueprint
from chalicelib.workflow_routes import planes, requests
from chalicelib.workflow_routes.signed import SIGNED

from mie.core.documents import Execution
from mie.engine import executions

routes = Blueprint(__name__)


@routes.route("/workflow/execution", methods=["POST"], **SIGNED)
def create_execution() -> Execution:
    given = requests.body(routes.current_request, "execution")
    return executions.create(planes.execution_plane(), given)


@routes.route("/workflow/execution", methods=["GET"], **SIGNED)
def list_executions() -> list[Execution]:
    return list(planes.execution_plane().executions.list())


@routes.route("/workflow/execution/{Id}", methods=["GET"], **SIGNED)
def get_execution(Id: str) -> Execution:
    return executions.get(planes.execution_plane(), requests.name(Id))


@routes.route("/workflow/execution/{Id}", methods=["PUT"], **SIGNED)
def resume_execution(Id: str) -> dict[str, Any]:
    stage = requests.body(routes.current_request, "resumption")["WaitingStageName"]
    return executions.resume(planes.execution_plane(), requests.name(Id), stage)


@routes.route("/workflow/execution/{Id}", methods=["DELETE"], **SIGNED)
def delete_execution(Id: str) -> Execution:
    return executions.delete(planes.execution_plane(), requests.name(Id))


@routes.route("/workflow/execution/status/{Status}", methods=["GET"], **SIGNED)
def list_with_status(Status: str) -> list[dict[str, Any]]:
    return executions.with_status(planes.execution_plane(), requests.name(Status))


@routes.route("/workflow/execution/asset/{AssetId}", methods=["GET"], **SIGNED)
def list_of_asset(AssetId: str) -> list[dict[str, Any]]:
    return executions.of_asset(planes.execution_plane(), requests.name(AssetId))

"""Routes of executions."""

from typing import Any

from chalice import Blueprint
from chalicelib.workflow_routes import planes, requests
from chalicelib.workflow_routes.signed import SIGNED

from mie.core.documents import Execution
from mie.engine import cancellation, execution_lists, executions, results, retries

routes = Blueprint(__name__)


@routes.route("/workflow/execution", methods=["POST"], **SIGNED)
def create_execution() -> Execution:
    given = requests.body(routes.current_request, "execution")
    return executions.create(planes.execution_plane(), given)


@routes.route("/workflow/execution", methods=["GET"], **SIGNED)
def list_executions() -> list[dict[str, Any]] | dict[str, Any]:
    page = requests.page(routes.current_request)
    if page is None:
        return execution_lists.everything(planes.execution_plane())
    return execution_lists.page(planes.execution_plane(), page)


@routes.route("/workflow/execution/{Id}", methods=["GET"], **SIGNED)
def get_execution(Id: str) -> Execution:
    requests.no_query(routes.current_request)
    plane = planes.execution_plane()
    return results.shown(plane.objects, executions.get(plane, requests.name(Id)))


@routes.route("/workflow/execution/{Id}", methods=["PUT"], **SIGNED)
def resume_execution(Id: str) -> dict[str, Any]:
    stage = requests.body(routes.current_request, "resumption")["WaitingStageName"]
    return executions.resume(planes.execution_plane(), requests.name(Id), stage)


@routes.route("/workflow/execution/{Id}", methods=["DELETE"], **SIGNED)
def delete_execution(Id: str) -> Execution:
    requests.no_query(routes.current_request)
    return executions.delete(planes.execution_plane(), requests.name(Id))


@routes.route("/workflow/execution/{Id}/cancel", methods=["POST"], **SIGNED)
def cancel_execution(Id: str) -> Execution:
    requests.no_query(routes.current_request)
    plane = planes.execution_plane()
    return results.shown(plane.objects, cancellation.cancel(plane, requests.name(Id)))


@routes.route("/workflow/execution/{Id}/retry", methods=["POST"], **SIGNED)
def retry_execution(Id: str) -> Execution:
    given = requests.optional_body(routes.current_request, "retry")
    plane = planes.execution_plane()
    return results.shown(plane.objects, retries.retry(plane, requests.name(Id), given))


@routes.route("/workflow/execution/status/{Status}", methods=["GET"], **SIGNED)
def list_with_status(Status: str) -> list[dict[str, Any]] | dict[str, Any]:
    status, page = requests.name(Status), requests.page(routes.current_request)
    if page is None:
        return execution_lists.with_status(planes.execution_plane(), status)
    return execution_lists.page_with_status(planes.execution_plane(), status, page)


@routes.route("/workflow/execution/asset/{AssetId}", methods=["GET"], **SIGNED)
def list_of_asset(AssetId: str) -> list[dict[str, Any]] | dict[str, Any]:
    asset_id, page = requests.name(AssetId), requests.page(routes.current_request)
    if page is None:
        return execution_lists.of_asset(planes.execution_plane(), asset_id)
    return execution_lists.page_of_asset(planes.execution_plane(), asset_id, page)

"""Routes of executions."""

from typing import Any

from chalice import Blueprint
from chalicelib.workflow_routes import requests, wiring
from chalicelib.workflow_routes.signed import SIGNED

from mie.core.documents import Execution
from mie.engine import (
    cancellation,
    execution_lists,
    execution_retries,
    executions,
    large_results,
    records,
)

routes = Blueprint(__name__)


@routes.route("/workflow/execution", methods=["POST"], **SIGNED)
def create_execution() -> Execution:
    given = requests.body(routes.current_request, "execution")
    named = requests.named(routes.current_request, "execution", given)
    return executions.create(wiring.execution_ports(), given, named)


@routes.route("/workflow/execution", methods=["GET"], **SIGNED)
def list_executions() -> Any:
    page = requests.page(routes.current_request)
    return wiring.listed(execution_lists.everything(wiring.execution_ports()), page)


@routes.route("/workflow/execution/{Id}", methods=["GET"], **SIGNED)
def get_execution(Id: str) -> Execution:
    requests.no_query(routes.current_request)
    ports = wiring.execution_ports()
    return large_results.shown(ports.objects, records.existing(ports.executions, Id))


@routes.route("/workflow/execution/{Id}", methods=["PUT"], **SIGNED)
def resume_execution(Id: str) -> dict[str, Any]:
    stage = requests.body(routes.current_request, "resumption")["WaitingStageName"]
    return executions.resume(wiring.execution_ports(), Id, stage)


@routes.route("/workflow/execution/{Id}", methods=["DELETE"], **SIGNED)
def delete_execution(Id: str) -> Execution:
    requests.no_query(routes.current_request)
    return executions.delete(wiring.execution_ports(), Id)


@routes.route("/workflow/execution/{Id}/cancel", methods=["POST"], **SIGNED)
def cancel_execution(Id: str) -> Execution:
    requests.no_query(routes.current_request)
    ports = wiring.execution_ports()
    return large_results.shown(ports.objects, cancellation.cancel(ports, Id))


@routes.route("/workflow/execution/{Id}/retry", methods=["POST"], **SIGNED)
def retry_execution(Id: str) -> Execution:
    given = requests.optional_body(routes.current_request, "retry")
    ports = wiring.execution_ports()
    return large_results.shown(ports.objects, execution_retries.retry(ports, Id, given))


@routes.route("/workflow/execution/status/{Status}", methods=["GET"], **SIGNED)
def list_with_status(Status: str) -> Any:
    page = requests.page(routes.current_request)
    return wiring.listed(execution_lists.with_status(wiring.execution_ports(), Status), page)


@routes.route("/workflow/execution/asset/{AssetId}", methods=["GET"], **SIGNED)
def list_of_asset(AssetId: str) -> Any:
    page = requests.page(routes.current_request)
    return wiring.listed(execution_lists.of_asset(wiring.execution_ports(), AssetId), page)

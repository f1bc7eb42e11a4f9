"""Routes of the system configuration."""

from typing import Any

from chalice import Blueprint
from chalicelib.workflow_routes import requests, wiring
from chalicelib.workflow_routes.signed import SIGNED

from mie.engine import system

routes = Blueprint(__name__)


@routes.route("/system/configuration", methods=["POST"], **SIGNED)
def set_parameter() -> dict[str, Any]:
    given = requests.body(routes.current_request, "parameter")
    system.configure(wiring.system_configuration(), given)
    return {}


@routes.route("/system/configuration", methods=["GET"], **SIGNED)
def list_parameters() -> list[dict[str, Any]]:
    requests.no_query(routes.current_request)
    return system.parameters(wiring.system_configuration())

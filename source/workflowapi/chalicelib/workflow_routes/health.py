"""Is it there, and which version is it?"""

from chalice import Blueprint
from chalicelib.workflow_routes import requests
from chalicelib.workflow_routes.signed import SIGNED

from mie import settings
from mie.core.definitions import API_VERSION

routes = Blueprint(__name__)


@routes.route("/", methods=["GET"])
def greet() -> dict[str, str]:
    return {"hello": "world"}


@routes.route("/version", methods=["GET"], **SIGNED)
def show_versions() -> dict[str, str]:
    requests.no_query(routes.current_request)
    framework = settings.api_settings().framework_version
    return {"ApiVersion": API_VERSION, "FrameworkVersion": framework}

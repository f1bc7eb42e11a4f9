"""Liveness and version."""

from chalice import Blueprint, IAMAuthorizer

from mie.core.documents import Json
from mie.http import query_of
from mie.settings import dataplane_settings

_API_VERSION = "1.0.0"

routes = Blueprint(__name__)


@routes.route("/", methods=["GET"])
def index() -> Json:
    """Says that the API is there, to everybody."""
    return {"hello": "world"}


@routes.route("/version", methods=["GET"], cors=True, authorizer=IAMAuthorizer())
def version() -> Json:
    """{"ApiVersion", "FrameworkVersion"}."""
    query_of(routes.current_request, ())
    return {
        "ApiVersion": _API_VERSION,
        "FrameworkVersion": dataplane_settings().framework_version,
    }

"""The route of searches."""

from chalice import Blueprint, IAMAuthorizer, Response
from chalicelib.dataplane_routes.requests import json_answer
from chalicelib.dataplane_routes.wiring import ports

from mie.core.search import PARAMETERS, read_page, read_query
from mie.engine.search import find
from mie.http import query_of

routes = Blueprint(__name__)


@routes.route("/search", methods=["GET"], cors=True, authorizer=IAMAuthorizer())
def search() -> Response:
    """{"hits", "total", "total_is_exact", "facets"?, "cursor"?} of what operators have found."""
    query = query_of(routes.current_request, PARAMETERS)
    return json_answer(find(ports(), read_query(query), read_page(query)))

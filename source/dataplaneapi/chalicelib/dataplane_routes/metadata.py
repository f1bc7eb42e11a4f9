"""Routes of what operators find out about an asset."""

import json
from collections.abc import Mapping
from typing import Any

from chalice import Blueprint, IAMAuthorizer, Response
from chalicelib.dataplane_routes.plane import plane
from chalicelib.dataplane_routes.requests import (
    body_of,
    json_answer,
    query_of,
)

from mie.core import assets, pages
from mie.core.documents import Json
from mie.core.errors import BadRequest
from mie.engine import metadata
from mie.engine.metadata import Page, Result

_STORING = "storing metadata"

routes = Blueprint(__name__)


@routes.route("/metadata/{asset_id}", methods=["POST"], cors=True, authorizer=IAMAuthorizer())
def store(asset_id: str) -> Response:
    """{"OperatorName", "WorkflowId", "Results"} -> {"Status"}, and Bucket and Key at the end.

    Query: paginated=true for a page, page=<its number>, end=true with the last one.
    """
    page = _page(query_of(routes.current_request, ("paginated", "end", "page")))
    result = _result(body_of(routes.current_request, "result", _STORING), asset_id, page)
    if page is None:
        return json_answer(metadata.store(plane(), asset_id, result))
    return json_answer(metadata.store_page(plane(), asset_id, result, page))


@routes.route("/metadata/{asset_id}", methods=["GET"], cors=True, authorizer=IAMAuthorizer())
def read_all(asset_id: str) -> Response:
    """The asset, then with each cursor a page: {"asset_id", "operator", "results", "cursor"?}."""
    query = query_of(routes.current_request, ("cursor",))
    return json_answer(metadata.read_all(plane(), asset_id, query.get("cursor")))


@routes.route(
    "/metadata/{asset_id}/{operator_name}", methods=["GET"], cors=True, authorizer=IAMAuthorizer()
)
def read_one(asset_id: str, operator_name: str) -> Response:
    """A page of one operator: {"asset_id", "operator", "results", "cursor"?}."""
    query = query_of(routes.current_request, ("cursor",))
    return json_answer(metadata.read_one(plane(), asset_id, operator_name, query.get("cursor")))


@routes.route(
    "/metadata/{asset_id}/{operator_name}",
    methods=["DELETE"],
    cors=True,
    authorizer=IAMAuthorizer(),
)
def delete(asset_id: str, operator_name: str) -> Response:
    """Deletes all results of an operator: {"Deleted": [{"Key"}]}."""
    query_of(routes.current_request, ())
    return json_answer(metadata.delete(plane(), asset_id, operator_name))


def _page(query: Mapping[str, str]) -> Page | None:
    """The page that the query describes; None when the result comes as a whole."""
    last = "end" in query
    if last and query["end"].lower() != "true":
        raise BadRequest("Query param end only supports a value of: true")
    paginated = query.get("paginated", "true" if last else "false").lower()
    if paginated not in ("true", "false"):
        raise BadRequest("paginated: must be true or false")
    if paginated == "true":
        number = pages.check_page_number(query["page"]) if "page" in query else None
        return Page(number, last)
    for name in ("end", "page"):
        if name in query:
            raise BadRequest(f"{name}: Must pass required query parameter: paginated=true")
    return None


def _result(body: Json, asset_id: str, page: Page | None) -> Result:
    operator = assets.check_operator_name(body["OperatorName"])
    if "WorkflowId" in body:
        workflow_id = assets.check_id(body["WorkflowId"], "WorkflowId")
    elif page is None:
        # metadata that no workflow made
        workflow_id = plane().new_id()
    else:
        # pages could not find one another without a name
        raise BadRequest(f"Missing required inputs for {_STORING}: 'WorkflowId'")
    return Result(operator, workflow_id, _results(body, asset_id))


def _results(body: Json, asset_id: str) -> Json:
    """Results as a JSON object, also when it was sent as the text of one."""
    results: Any = body["Results"]
    if isinstance(results, str):
        try:
            results = json.loads(results)
        except (ValueError, RecursionError) as error:
            raise BadRequest("Results: the text is not a JSON object") from error
    if not isinstance(results, dict):
        raise BadRequest(
            f"Exception occurred while storing metadata for {asset_id}: Results: results are not "
            "the required data type, dict"
        )
    return results

"""Routes of what operators find out about an asset."""

import json
from collections.abc import Mapping
from typing import Any

from chalice import Blueprint, IAMAuthorizer, Response
from chalicelib.dataplane_routes.requests import (
    body_of,
    json_answer,
    too_large,
)
from chalicelib.dataplane_routes.wiring import ports

from mie.core import assets, result_pages
from mie.core.documents import Json
from mie.core.errors import BadRequest
from mie.engine import metadata_reading, metadata_writing, uploads
from mie.engine.metadata_reading import Position
from mie.engine.metadata_writing import Page, Result
from mie.http import query_of

_STORING = "storing metadata"

routes = Blueprint(__name__)


@routes.route("/metadata/{asset_id}", methods=["POST"], cors=True, authorizer=IAMAuthorizer())
def store(asset_id: str) -> Response:
    """{"OperatorName", "WorkflowId", "Results"} -> {"Status"}, and Bucket and Key at the end.

    Query: paginated=true for a page, which is appended, end=true with the last one; page=<its
    number> for one with a place of its own, token=<the call's own> for one that may be sent again.
    Results too large for a request come without Results: upload=true answers with a form for them,
    and uploaded=<the form's Upload> stores what was uploaded.
    """
    query = query_of(
        routes.current_request, ("paginated", "end", "page", "token", "upload", "uploaded")
    )
    page = _page(query)
    body = body_of(routes.current_request, "result", _STORING)
    if "upload" in query:
        return json_answer(_form(asset_id, query, body))
    if "uploaded" in query:
        bare = Result(assets.check_operator_name(body["OperatorName"]), _workflow_id(body), {})
        if "Results" in body:
            raise BadRequest("Results: these have been uploaded, and cannot also be sent")
        return json_answer(uploads.register(ports(), asset_id, query["uploaded"], bare, page))
    result = _result(body, asset_id, page)
    if page is None:
        return json_answer(metadata_writing.store(ports(), asset_id, result))
    return json_answer(metadata_writing.store_page(ports(), asset_id, result, page))


@routes.route("/metadata/{asset_id}", methods=["GET"], cors=True, authorizer=IAMAuthorizer())
def read_all(asset_id: str) -> Response:
    """The asset, then with each cursor a page: {"asset_id", "operator", "results", "cursor"?}.

    Query: workflow_id=<an execution> for its results, or * for those of all, the newest first.
    """
    position = _position()
    return _answer(metadata_reading.read_all(ports(), asset_id, position))


@routes.route(
    "/metadata/{asset_id}/{operator_name}", methods=["GET"], cors=True, authorizer=IAMAuthorizer()
)
def read_one(asset_id: str, operator_name: str) -> Response:
    """A page of one operator: {"asset_id", "operator", "results", "cursor"?}. Query: as above."""
    position = _position()
    return _answer(metadata_reading.read_one(ports(), asset_id, operator_name, position))


@routes.route(
    "/metadata/{asset_id}/{operator_name}",
    methods=["DELETE"],
    cors=True,
    authorizer=IAMAuthorizer(),
)
def delete(asset_id: str, operator_name: str) -> Response:
    """Deletes all results of an operator: {"Deleted": [{"Key"}], "Objects", "Workflows"}."""
    query_of(routes.current_request, ())
    return json_answer(metadata_writing.delete(ports(), asset_id, operator_name))


def _position() -> Position:
    query = query_of(routes.current_request, ("cursor", "workflow_id"))
    return Position(query.get("cursor"), query.get("workflow_id"))


def _answer(read: Json) -> Response:
    if "url" not in read:
        return json_answer(read)
    said = (
        f"the results of {read['operator']} do not fit into an answer, which can have 6 MB; read "
        "them from Url, and what follows with cursor"
    )
    return too_large(said, {**{key: read[key] for key in read if key != "url"}, "Url": read["url"]})


def _form(asset_id: str, query: Mapping[str, str], body: Json) -> Json:
    if query["upload"].lower() != "true" or len(query) > 1:
        raise BadRequest("upload: must be true, and no other parameter goes with it")
    if "Results" in body:
        raise BadRequest("Results: these are to be uploaded, and cannot be sent here")
    operator = assets.check_operator_name(body["OperatorName"])
    return uploads.form(ports(), asset_id, operator, _workflow_id(body))


def _workflow_id(body: Json) -> str:
    if "WorkflowId" not in body:
        raise BadRequest(f"Missing required inputs for {_STORING}: 'WorkflowId'")
    return assets.check_id(body["WorkflowId"], "WorkflowId")


def _page(query: Mapping[str, str]) -> Page | None:
    """The page that the query describes; None when the result comes as a whole."""
    last = "end" in query
    if last and query["end"].lower() != "true":
        raise BadRequest("Query param end only supports a value of: true")
    paginated = query.get("paginated", "true" if last else "false").lower()
    if paginated not in ("true", "false"):
        raise BadRequest("paginated: must be true or false")
    if paginated == "true":
        number = result_pages.check_page_number(query["page"]) if "page" in query else None
        token = assets.check_id(query["token"], "token") if "token" in query else None
        return Page(number, last, token)
    for name in ("end", "page", "token"):
        if name in query:
            raise BadRequest(f"{name}: Must pass required query parameter: paginated=true")
    return None


def _result(body: Json, asset_id: str, page: Page | None) -> Result:
    operator = assets.check_operator_name(body["OperatorName"])
    if "WorkflowId" in body:
        workflow_id = assets.check_id(body["WorkflowId"], "WorkflowId")
    elif page is None:
        # metadata that no workflow made
        workflow_id = ports().new_id()
    else:
        # pages could not find one another without a name
        workflow_id = _workflow_id(body)
    return Result(operator, workflow_id, _results(body, asset_id))


def _results(body: Json, asset_id: str) -> Json:
    """Results as a JSON object, also when it was sent as the text of one."""
    if "Results" not in body:
        raise BadRequest(f"Missing required inputs for {_STORING}: 'Results'")
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

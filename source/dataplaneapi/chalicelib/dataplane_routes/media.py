"""Routes of media: signed URLs, and the place of derived files."""

from chalice import Blueprint, IAMAuthorizer, Response
from chalicelib.dataplane_routes.requests import (
    body_of,
    json_answer,
    text_answer,
)
from chalicelib.dataplane_routes.wiring import ports

from mie.engine import transfers
from mie.http import query_of

routes = Blueprint(__name__)


@routes.route("/upload", methods=["POST"], cors=True, authorizer=IAMAuthorizer())
def upload() -> Response:
    """{"S3Bucket", "S3Key", "ContentType"?} -> {"url", "fields"} of a form for the object."""
    query_of(routes.current_request, ())
    body = body_of(routes.current_request, "upload", "the upload of media")
    form = transfers.upload(ports(), body["S3Bucket"], body["S3Key"], body.get("ContentType"))
    return json_answer(form)


@routes.route("/download", methods=["POST"], cors=True, authorizer=IAMAuthorizer())
def download() -> Response:
    """{"S3Bucket", "S3Key"} -> the bare URL from which the object can be read."""
    query_of(routes.current_request, ())
    body = body_of(routes.current_request, "location", "the download of media")
    return text_answer(transfers.download(ports(), body["S3Bucket"], body["S3Key"]))


@routes.route(
    "/mediapath/{asset_id}/{workflow_id}", methods=["GET"], cors=True, authorizer=IAMAuthorizer()
)
def path(asset_id: str, workflow_id: str) -> Response:
    """{"S3Bucket", "S3Key"}: the prefix for what operators of one execution derive."""
    query_of(routes.current_request, ())
    return json_answer(transfers.path(ports(), asset_id, workflow_id))

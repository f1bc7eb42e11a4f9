"""Routes of media: signed URLs, and the place of derived files."""

from chalice import Blueprint, IAMAuthorizer, Response
from chalicelib.dataplane_routes.plane import plane
from chalicelib.dataplane_routes.requests import (
    body_of,
    json_answer,
    query_of,
    text_answer,
)

from mie.engine import media

routes = Blueprint(__name__)


@routes.route("/upload", methods=["POST"], cors=True, authorizer=IAMAuthorizer())
def upload() -> Response:
    """{"S3Bucket", "S3Key"} -> {"url", "fields"} of a form that uploads the object."""
    bucket, key = _location("the upload of media")
    return json_answer(media.upload(plane(), bucket, key))


@routes.route("/download", methods=["POST"], cors=True, authorizer=IAMAuthorizer())
def download() -> Response:
    """{"S3Bucket", "S3Key"} -> the bare URL from which the object can be read."""
    bucket, key = _location("the download of media")
    return text_answer(media.download(plane(), bucket, key))


@routes.route(
    "/mediapath/{asset_id}/{workflow_id}", methods=["GET"], cors=True, authorizer=IAMAuthorizer()
)
def path(asset_id: str, workflow_id: str) -> Response:
    """{"S3Bucket", "S3Key"}: the prefix for what operators of one execution derive."""
    query_of(routes.current_request, ())
    return json_answer(media.path(plane(), asset_id, workflow_id))


def _location(purpose: str) -> tuple[str, str]:
    query_of(routes.current_request, ())
    body = body_of(routes.current_request, "location", purpose)
    return body["S3Bucket"], body["S3Key"]

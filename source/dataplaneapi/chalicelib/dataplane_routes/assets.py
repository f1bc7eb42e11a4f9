"""Routes of assets."""

from chalice import Blueprint, IAMAuthorizer, Response
from chalicelib.dataplane_routes.plane import plane
from chalicelib.dataplane_routes.requests import (
    body_of,
    json_answer,
    query_of,
    required_object,
    required_text,
    text_answer,
)

from mie.engine import assets

_CREATION = "asset creation"

routes = Blueprint(__name__)


@routes.route("/create", methods=["POST"], cors=True, authorizer=IAMAuthorizer())
def create() -> Response:
    """{"Input": {"S3Bucket", "S3Key", "MediaType"?}} -> {"AssetId", "S3Bucket", "S3Key"}."""
    query_of(routes.current_request, ())
    source = required_object(body_of(routes.current_request), "Input", _CREATION)
    key = required_text(source, "Input.S3Key", _CREATION)
    bucket = required_text(source, "Input.S3Bucket", _CREATION)
    media_type = None
    if "MediaType" in source:
        media_type = required_text(source, "Input.MediaType", _CREATION)
    return json_answer(assets.create(plane(), bucket, key, media_type))


@routes.route("/metadata", methods=["GET"], cors=True, authorizer=IAMAuthorizer())
def listing() -> Response:
    """{"assets": ids}."""
    query_of(routes.current_request, ())
    return json_answer(assets.listing(plane()))


@routes.route("/metadata/{asset_id}", methods=["DELETE"], cors=True, authorizer=IAMAuthorizer())
def delete(asset_id: str) -> Response:
    """Deletes the asset and all that belongs to it; answers with a sentence."""
    query_of(routes.current_request, ())
    return text_answer(assets.delete(plane(), asset_id))

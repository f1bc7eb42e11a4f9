"""Routes of assets."""

from chalice import Blueprint, IAMAuthorizer, Response
from chalicelib.dataplane_routes.plane import plane
from chalicelib.dataplane_routes.requests import (
    body_of,
    json_answer,
    query_of,
    text_answer,
)

from mie.engine import assets

routes = Blueprint(__name__)


@routes.route("/create", methods=["POST"], cors=True, authorizer=IAMAuthorizer())
def create() -> Response:
    """{"Input": {"S3Bucket", "S3Key", "MediaType"?}} -> {"AssetId", "S3Bucket", "S3Key"}."""
    query_of(routes.current_request, ())
    source = body_of(routes.current_request, "asset", "asset creation")["Input"]
    created = assets.create(plane(), source["S3Bucket"], source["S3Key"], source.get("MediaType"))
    return json_answer(created)


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

"""Routes of assets and their locks."""

from chalice import Blueprint, CORSConfig, IAMAuthorizer, Response
from chalicelib.dataplane_routes.requests import (
    body_of,
    json_answer,
    text_answer,
)
from chalicelib.dataplane_routes.wiring import ports

from mie.core.request_tokens import HEADER, named
from mie.engine import assets, locks
from mie.http import page_of, query_of

_MOST_PER_PAGE = 1_000

routes = Blueprint(__name__)

# The time limit of the API's function, and a little more.
_LONGEST_SECONDS = 32


@routes.route(
    "/create",
    methods=["POST"],
    # browsers send no other headers than those that are allowed
    cors=CORSConfig(allow_headers=[HEADER]),
    authorizer=IAMAuthorizer(),
)
def create() -> Response:
    """{"Input": {"S3Bucket", "S3Key", "MediaType"?, "InPlace"?}} -> {"AssetId", "S3Bucket", …}.

    ClientRequestToken beside Input, or the header Idempotency-Key, names the request for a day.
    With status 202 and {"State", "Message"} when the source is copied behind the request.
    """
    request = routes.current_request
    query_of(request, ())
    body = body_of(request, "asset", "asset creation")
    source = body["Input"]
    created = assets.create(
        ports(),
        assets.Source(
            source["S3Bucket"],
            source["S3Key"],
            source.get("MediaType"),
            in_place=source.get("InPlace", False),
        ),
        named("asset", body, request.headers.get(HEADER), _LONGEST_SECONDS),
    )
    return json_answer(created, 202 if "State" in created else 200)


@routes.route("/metadata", methods=["GET"], cors=True, authorizer=IAMAuthorizer())
def listing() -> Response:
    """{"assets": ids}, and with ?limit= or ?cursor= a page of them: {"assets", "cursor"?}."""
    page = page_of(routes.current_request, _MOST_PER_PAGE)
    return json_answer(assets.listing(ports(), page))


@routes.route("/metadata/{asset_id}", methods=["DELETE"], cors=True, authorizer=IAMAuthorizer())
def delete(asset_id: str) -> Response:
    """Deletes the asset and all that belongs to it: {"Message", "AssetId", "Deleted"}."""
    query_of(routes.current_request, ())
    return json_answer(assets.delete(ports(), asset_id))


@routes.route("/checkout/{asset_id}", methods=["POST"], cors=True, authorizer=IAMAuthorizer())
def checkout(asset_id: str) -> Response:
    """{"LockedBy": user} -> {"AssetId", "LockedBy", "LockedAt"}."""
    query_of(routes.current_request, ())
    body = body_of(routes.current_request, "checkout", "checking out an asset")
    return json_answer(locks.checkout(ports(), asset_id, body["LockedBy"]))


@routes.route("/checkin/{asset_id}", methods=["POST"], cors=True, authorizer=IAMAuthorizer())
def checkin(asset_id: str) -> Response:
    """Takes the lock away; answers with a sentence. A body is not needed, nor looked at."""
    query_of(routes.current_request, ())
    return text_answer(locks.checkin(ports(), asset_id))


@routes.route("/checkouts", methods=["GET"], cors=True, authorizer=IAMAuthorizer())
def checkouts() -> Response:
    """{"locks": [{"AssetId", "LockedBy", "LockedAt"}]}, and a page of them as of assets."""
    page = page_of(routes.current_request, _MOST_PER_PAGE)
    return json_answer(locks.listing(ports(), page))

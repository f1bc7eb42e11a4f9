"""Assets: registered with their source, listed, deleted with all that belongs to them."""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial

from mie.core import assets
from mie.core.copies import COPY, Copy, shown
from mie.core.documents import Json
from mie.core.errors import BadRequest, Forbidden, NotFound
from mie.core.lists import PageRequest
from mie.core.request_tokens import Begun, Named
from mie.engine import copies
from mie.engine.lists import Listing, answer
from mie.engine.once import once
from mie.engine.ports import DataPorts

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True)
class Source:
    """The object that is to become an asset.

    in_place: the asset is the object itself and not a copy, so that it is gone when somebody
    else deletes it. The data plane never does.
    """

    bucket: str
    key: str
    media_type: str | None = None
    in_place: bool = False


def create(ports: DataPorts, source: Source, named: Named | None = None) -> Json:
    """Registers a source, or a copy of it in the data plane; the source stays as it is.

    named: how the caller named the request. Returns {"AssetId", "S3Bucket", "S3Key"}, MediaType
    when there is one, and {"State", "Message"} while the source is too large to be copied at once.
    Raises BadRequest, NotFound, Forbidden, Conflict, TooLarge; what was copied is then deleted.
    """
    plan = {"AssetId": ports.new_id()}
    return once(ports.tokens, named, plan, partial(_create, ports, source))


def _create(ports: DataPorts, source: Source, begun: Begun) -> Json:
    asset_id = begun.plan["AssetId"]
    if begun.again and (made := ports.assets.get(asset_id)) is not None:
        return {"AssetId": asset_id, **assets.location_of(made), **shown(made)}
    _check_bucket(ports, source.bucket)
    media_type = {}
    if source.media_type is not None:
        media_type = {"MediaType": assets.check_text(source.media_type, "Input.MediaType")}
    if source.in_place:
        _check_in_place(ports, source)
        located = {"AssetId": asset_id, "S3Bucket": source.bucket, "S3Key": source.key}
        _register(ports, {**located, **media_type})
        return {**located, **media_type}
    target = assets.input_key(asset_id, source.key)
    copied = {"AssetId": asset_id, "S3Bucket": ports.objects.bucket, "S3Key": target, **media_type}
    found = ports.objects.source(source.bucket, source.key)
    if found.size > ports.most_at_once:
        copy = {COPY: Copy.of_source(found).to_item()}
        copies.ask_for(ports.copies, asset_id, ports.clock())
        _register(ports, {**copied, **copy})
        return {**copied, **shown(copy)}
    ports.objects.copy_from(found, target)
    try:
        _register(ports, copied)
    except Exception:
        ports.objects.delete([target])
        raise
    return copied


def listing(ports: DataPorts, request: PageRequest | None) -> Json:
    """{"assets": ids, "cursor"?}: all of them, or a page. Raises BadRequest, TooLarge."""
    ids = Listing("assets", ("assets", "cursor"), ports.assets.ids, ports.assets.page)
    found: Json = answer(ids, request, partial(ports.assets.cursor_secret, ports.new_secret))
    return found


def existing(ports: DataPorts, asset_id: str) -> Json:
    """The item of an asset. Raises BadRequest, NotFound."""
    item = ports.assets.get(assets.check_id(asset_id, "asset_id"))
    if item is None:
        raise not_found(asset_id)
    return item


def whole_asset(ports: DataPorts, asset_id: str) -> Json:
    """The item of an asset whose object is there. Raises BadRequest, NotFound, Conflict."""
    return copies.check_whole(existing(ports, asset_id))


def not_found(asset_id: str) -> NotFound:
    # the wording that clients match on
    return NotFound(f"Exception occurred while verifying asset exists: {asset_id} does not exist")


def delete(ports: DataPorts, asset_id: str) -> Json:
    """Deletes the objects of an asset and then its item; a deletion that broke can be repeated.

    Returns {"Message", "AssetId", "Deleted": {"Objects", "Operators"}}: how many objects this call
    has deleted, and whose results. A source that was registered in place is not below the asset's
    prefix. Raises BadRequest, NotFound, and Conflict for an asset that is checked out.
    """
    assets.check_id(asset_id, "asset_id")
    item = ports.assets.begin_delete(asset_id)
    if item is None:
        raise not_found(asset_id)
    copies.stop(ports, item)
    number = ports.objects.delete(ports.objects.keys(assets.prefix(asset_id)))
    ports.assets.delete(asset_id)
    return {
        # the wording that clients match on
        "Message": f"Deleted asset: {asset_id} from the dataplane",
        "AssetId": asset_id,
        "Deleted": {"Objects": number, "Operators": assets.operators_of(item)},
    }


def _register(ports: DataPorts, described: Json) -> None:
    created = str(ports.clock())
    secret = {assets.CURSOR_SECRET: ports.new_secret()}
    ports.assets.create({**described, "Created": created, **secret})


def _check_in_place(ports: DataPorts, source: Source) -> None:
    if source.bucket == ports.objects.bucket:
        raise BadRequest(
            "Input.InPlace: only for sources in the buckets of ExternalBucketArns; those in the "
            "data plane's own bucket are copied"
        )
    assets.check_key(source.key, "Input.S3Key")
    ports.objects.source(source.bucket, source.key)


def _check_bucket(ports: DataPorts, bucket: str) -> None:
    if bucket == ports.objects.bucket:
        return
    allowed = any(fnmatchcase(bucket, pattern) for pattern in ports.external_buckets)
    # a pattern also matches what is no name of a bucket
    if not allowed or not _BUCKET.fullmatch(bucket):
        raise Forbidden(
            f"Input.S3Bucket: '{bucket}' is neither the data plane's bucket nor one of those that "
            "the stack's parameter ExternalBucketArns allows"
        )

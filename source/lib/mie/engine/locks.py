"""Who works on an asset: a lock that says so to others.

It is advisory (specification, section 14): operators store and readers read as ever, and whoever
asks takes the lock away. Only the deletion of a locked asset is refused (defect D-06).
"""

from functools import partial

from mie.core import assets
from mie.core.documents import Json
from mie.core.errors import Conflict
from mie.core.lists import PageRequest
from mie.engine.assets import existing
from mie.engine.lists import Listing, answer
from mie.engine.ports import DataPorts


def checkout(ports: DataPorts, asset_id: str, user: str) -> Json:
    """{"AssetId", "LockedBy", "LockedAt"}: locked, since that second of Unix time.

    Raises BadRequest, NotFound, and Conflict when somebody holds the lock.
    """
    assets.check_id(asset_id, "asset_id")
    assets.check_text(user, "LockedBy")
    at = int(ports.clock())
    if ports.assets.lock(asset_id, user, at):
        return {"AssetId": asset_id, "LockedBy": user, "LockedAt": at}
    present = existing(ports, asset_id)
    raise Conflict(
        f"Unable to lock asset: {asset_id} is checked out by {present.get('LockedBy')} since "
        f"{present.get('LockedAt')}"
    )


def checkin(ports: DataPorts, asset_id: str) -> str:
    """A sentence. Raises BadRequest, NotFound, and Conflict when nobody holds the lock."""
    assets.check_id(asset_id, "asset_id")
    if ports.assets.unlock(asset_id):
        return f"Unlocked asset {asset_id}"
    existing(ports, asset_id)
    raise Conflict(f"Unable to unlock asset: {asset_id} is not checked out")


def listing(ports: DataPorts, request: PageRequest | None) -> Json:
    """{"locks": [{"AssetId", "LockedBy", "LockedAt"}], "cursor"?}, the oldest first.

    Raises BadRequest, TooLarge.
    """
    locks = Listing("locks", ("locks", "cursor"), ports.assets.all_locks, ports.assets.locks)
    found: Json = answer(locks, request, partial(ports.assets.cursor_secret, ports.new_secret))
    return found

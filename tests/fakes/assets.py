"""The items of assets in a dictionary; the contract suite runs against it and the adapter."""

from tests.fakes.lagging_index import LaggingIndex

from mie.core.assets import CURSOR_SECRET, DELETING, LOCK
from mie.core.copies import COPY, Copy
from mie.core.documents import ListPage
from mie.core.errors import Conflict, NotFound


class AssetsInMemory:
    """index: what the index of locks shows."""

    def __init__(self, index=None):
        self.items = {}
        self.index = LaggingIndex() if index is None else index
        self.secret = None

    def get(self, asset_id):
        item = self.items.get(asset_id)
        return None if item is None or DELETING in item else dict(item)

    def ids(self):
        return (key for key, item in self.items.items() if DELETING not in item)

    def create(self, item):
        present = self.items.setdefault(item["AssetId"], dict(item))
        if any(present.get(one) != item.get(one) for one in ("Created", CURSOR_SECRET)):
            raise Conflict(f"there is an asset {item['AssetId']} already")

    def set_pointers(self, asset_id, operator, pointers, previous):
        item = self.get(asset_id)
        if item is None:
            raise NotFound(f"the asset {asset_id} was deleted meanwhile")
        if item.get(operator, []) != list(previous):
            return item.get(operator, []) == list(pointers)
        kept = {key: value for key, value in item.items() if key != operator}
        self.items[asset_id] = {**kept, operator: list(pointers)} if pointers else kept
        return True

    def page(self, most, after):
        return _page(sorted(self.ids()), most, after, lambda one: one)

    def lock(self, asset_id, user, at):
        item = self.get(asset_id)
        if item is None or "LockedBy" in item:
            return False
        self.index.changes(asset_id, self.items[asset_id])
        self.items[asset_id] = {**item, "Locked": "true", "LockedBy": user, "LockedAt": at}
        return True

    def unlock(self, asset_id):
        item = self.get(asset_id)
        if item is None or "LockedBy" not in item:
            return False
        self.index.changes(asset_id, self.items[asset_id])
        self.items[asset_id] = {key: value for key, value in item.items() if key not in LOCK}
        return True

    def all_locks(self):
        locked = [
            {key: item[key] for key in ("AssetId", "LockedBy", "LockedAt")}
            for item in self.index.shows(self.items)
            if "LockedBy" in item
        ]
        return iter(sorted(locked, key=_age))

    def locks(self, most, after):
        return _page(list(self.all_locks()), most, after, _age)

    def cursor_secret(self, new_secret):
        self.secret = self.secret or new_secret()
        return self.secret

    def set_copy(self, asset_id, copy, previous):
        item = self.get(asset_id)
        if item is None or Copy.of_item(item) not in (previous, copy):
            return False
        self.items[asset_id] = {**item, COPY: copy.to_item()}
        return True

    def begin_delete(self, asset_id):
        if asset_id not in self.items:
            return None
        before = self.items[asset_id]
        if "LockedBy" in before and DELETING not in before:
            raise Conflict(f"{asset_id} is checked out by {before['LockedBy']}")
        self.items[asset_id] = {**before, DELETING: True}
        return before

    def delete(self, asset_id):
        self.items.pop(asset_id, None)


def _age(lock):
    return f"{lock['LockedAt']:012d} {lock['AssetId']}"


def _page(entries, most, after, position):
    rest = [one for one in entries if after is None or position(one) > after]
    return ListPage(rest[:most], position(rest[most - 1]) if len(rest) > most else None)

"""The items of assets in a dictionary; the contract suite runs against it and the adapter."""

from mie.core.assets import DELETING
from mie.core.errors import Conflict, NotFound


class AssetsInMemory:
    def __init__(self):
        self.items = {}

    def get(self, asset_id):
        item = self.items.get(asset_id)
        return None if item is None or DELETING in item else dict(item)

    def ids(self):
        return (key for key, item in self.items.items() if DELETING not in item)

    def create(self, item):
        if item["AssetId"] in self.items:
            raise Conflict(f"there is an asset {item['AssetId']} already")
        self.items[item["AssetId"]] = dict(item)

    def set_pointers(self, asset_id, operator, pointers, previous):
        item = self.get(asset_id)
        if item is None:
            raise NotFound(f"the asset {asset_id} was deleted meanwhile")
        if item.get(operator, []) != list(previous):
            return False
        kept = {key: value for key, value in item.items() if key != operator}
        self.items[asset_id] = {**kept, operator: list(pointers)} if pointers else kept
        return True

    def begin_delete(self, asset_id):
        if asset_id not in self.items:
            return False
        self.items[asset_id] = {**self.items[asset_id], DELETING: True}
        return True

    def delete(self, asset_id):
        self.items.pop(asset_id, None)

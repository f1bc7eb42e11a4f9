"""What a global secondary index shows of a table: each change some readings late, in order."""

from random import Random


class LaggingIndex:
    """seed: of how late each change arrives; None for an index that is never behind.

    It is always right again after ``catch_up``, as DynamoDB's are within seconds.
    """

    # readings of the index that a change takes at most
    LATEST = 12

    def __init__(self, seed=None):
        self._random = None if seed is None else Random(seed)  # noqa: S311 - no secret
        self._readings = 0
        # key -> (the reading that sees the change, what the index shows until then), in order
        self._behind = {}

    def changes(self, key, before):
        """Called before an item is changed; before: the item, None when there is none."""
        if self._random is not None:
            changes = self._behind.setdefault(key, [])
            earliest = max([self._readings, *(seen for seen, _ in changes)])
            changes.append((earliest + self._random.randint(0, self.LATEST), before))

    def shows(self, items):
        """The items as the index has them; items: key -> the present one."""
        self._readings += 1
        shown = dict(items)
        for key, changes in self._behind.items():
            late = [before for seen, before in changes if seen >= self._readings]
            if late:
                shown[key] = late[0]
        return [item for item in shown.values() if item is not None]

    def catch_up(self):
        self._behind.clear()

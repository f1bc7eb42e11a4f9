"""The stream of data plane changes in Kinesis."""

import json
import random
import time
from collections.abc import Sequence
from itertools import takewhile

from mie import aws
from mie.core.documents import Json
from mie.core.errors import TooManyRequests

# of a request
_MOST_ENTRIES = 500
_ATTEMPTS = 6
# Doubled at each attempt: the last one comes some three seconds after the first.
_FIRST_WAIT_SECONDS = 0.1


class ChangeStream:
    def __init__(self, name: str) -> None:
        self._name = name

    def publish(self, asset_id: str, changes: Sequence[Json]) -> None:
        """Appends changes of one asset, which are read in this order.

        Kinesis takes some entries of a request and refuses others; from the first refused one on
        they are sent again, so that the last word about an asset is the last one in the stream.
        Raises TooManyRequests when the stream does not take them.
        """
        entries = [
            {"Data": json.dumps(change).encode(), "PartitionKey": asset_id} for change in changes
        ]
        for first in range(0, len(entries), _MOST_ENTRIES):
            if not self._append(entries[first : first + _MOST_ENTRIES]):
                refused = f"the stream {self._name} refuses changes of asset {asset_id}"
                raise TooManyRequests(refused)

    def _append(self, entries: Sequence[Json]) -> bool:
        """Whether all were accepted in the end."""
        for attempt in range(_ATTEMPTS):
            if attempt:
                time.sleep(_wait_seconds(attempt))
            answer = aws.client("kinesis").put_records(StreamName=self._name, Records=entries)
            entries = entries[_accepted(answer["Records"]) :]
            if not entries:
                return True
        return False


def _accepted(answers: Sequence[Json]) -> int:
    """How many entries were accepted before the first that was refused."""
    return sum(1 for _ in takewhile(lambda one: "ErrorCode" not in one, answers))


def _wait_seconds(attempt: int) -> float:
    """Jittered, so that functions that were refused together do not come back together."""
    longest = _FIRST_WAIT_SECONDS * 2 ** (attempt - 1)
    return random.uniform(longest / 2, longest)  # noqa: S311 - nothing is guarded by it

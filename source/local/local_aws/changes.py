"""Whether anything has changed since the last save, and how soon that should be saved."""

import threading
import time
from collections.abc import Mapping
from urllib.parse import parse_qs

# what does not change anything, as actions begin with
_READING = ("BatchGet", "Describe", "Get", "List", "Query", "Receive", "Scan", "Lookup", "Search")
_READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# what has ended is written down by several requests, one after another
_SETTLE_SECONDS = 0.3


class Changes:
    """Counts them; any thread may."""

    def __init__(self) -> None:
        self.number = 0
        self._lock = threading.Lock()
        self._some, self._soon = threading.Event(), threading.Event()

    def note(self, soon: bool = False) -> None:
        """soon: somebody knows of it, and would miss it."""
        with self._lock:
            self.number += 1
        self._some.set()
        if soon:
            self._soon.set()

    def wait(self, seconds: float) -> None:
        """Until there are some, and then so long that others may come, or until it is urgent."""
        self._some.wait()
        if self._soon.wait(seconds):
            time.sleep(_SETTLE_SECONDS)
            self._soon.clear()

    def saved(self, number: int) -> None:
        """number: as it was when what is saved was cut."""
        with self._lock:
            if self.number == number:
                self._some.clear()


def is_reading(method: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a request changes nothing that a save would have to know."""
    if method in _READING_METHODS:
        return True
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    if not action and headers.get("content-type", "").startswith("application/x-www-form"):
        action = parse_qs(body[:1000].decode(errors="replace")).get("Action", [""])[0]
    return action.startswith(_READING)

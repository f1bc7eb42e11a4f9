"""Answers CloudFormation, exactly once and in time."""

from threading import Lock, Timer
from typing import Any

from chalicelib.workflow_routes import planes, requests

from mie.adapters.cloudformation import put_response
from mie.engine import custom_resource

# Time to send the answer before Lambda ends the function.
_RESERVE_SECONDS = 10.0


class _Reply:
    """Sends the first of the answers that it is given."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = Lock()
        self._sent = False

    def send(self, document: dict[str, Any]) -> None:
        with self._lock:
            if not self._sent:
                put_response(self._url, document)
                self._sent = True


def answer(event: dict[str, Any], context: Any) -> None:
    """Handles a request of CloudFormation and writes the response to its ResponseURL."""
    reply = _Reply(event["ResponseURL"])
    seconds = max(context.get_remaining_time_in_millis() / 1000 - _RESERVE_SECONDS, 0.0)
    late = custom_resource.failure(event, f"not done after {seconds:.0f} seconds")
    guard = Timer(seconds, reply.send, [late])
    guard.start()
    try:
        reply.send(custom_resource.handle(planes.definition_plane, event, requests.check))
    finally:
        guard.cancel()

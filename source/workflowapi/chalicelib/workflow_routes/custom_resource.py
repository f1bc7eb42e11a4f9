"""Answers CloudFormation, exactly once and in time."""

import time
from functools import partial
from threading import Lock, Timer
from typing import Any

from chalicelib.workflow_routes import requests, wiring

from mie.adapters.cloudformation import put_response
from mie.adapters.lambda_api import invoke_later
from mie.engine import custom_resource
from mie.engine.dependents import Unfinished

# Time to send the answer before Lambda ends the function.
_RESERVE_SECONDS = 10.0
# Time for what has begun.
_LAST_BEGINNING_SECONDS = 60.0
# CloudFormation waits an hour, the function has fifteen minutes.
_MOST_INVOCATIONS = 4


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
    """Handles a request of CloudFormation and writes the response to its ResponseURL.

    What takes longer than one invocation has is finished by the next one, which then answers.
    """
    reply = _Reply(event["ResponseURL"])
    left = context.get_remaining_time_in_millis() / 1000
    seconds = max(left - _RESERVE_SECONDS, 0.0)
    late = custom_resource.failure(event, f"not done after {seconds:.0f} seconds")
    guard = Timer(seconds, reply.send, [late])
    guard.start()
    ports = partial(wiring.definition_ports, time.time() + left - _LAST_BEGINNING_SECONDS)
    try:
        reply.send(custom_resource.handle(ports, event, requests.check))
    except Unfinished:
        _go_on(event, context, reply)
    finally:
        guard.cancel()


def _go_on(event: dict[str, Any], context: Any, reply: _Reply) -> None:
    invocations = event.get(custom_resource.FINISH, 1)
    if invocations >= _MOST_INVOCATIONS:
        reply.send(
            custom_resource.failure(
                event,
                "so many workflows use it that they could not all be built anew in time; those "
                "that are not are marked as stale",
            )
        )
        return
    invoke_later(context.invoked_function_arn, {**event, custom_resource.FINISH: invocations + 1})

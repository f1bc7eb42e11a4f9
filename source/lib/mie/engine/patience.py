"""How long a request goes on before it answers."""

from collections.abc import Callable
from typing import TypeVar

from mie.core.errors import Busy
from mie.engine.ports import DefinitionPorts

Made = TypeVar("Made")

# API Gateway waits 29 seconds for an answer.
_REQUEST_SECONDS = 20.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 1.0, 8.0


def deadline(ports: DefinitionPorts) -> float:
    """Unix time in seconds until which a request that begins now may go on."""
    return ports.clock() + _REQUEST_SECONDS if ports.deadline is None else ports.deadline


def when_free(ports: DefinitionPorts, make: Callable[[], Made]) -> Made:
    """Makes something once what is in its way is gone. Raises Busy when that takes too long."""
    last, pause = deadline(ports), _FIRST_PAUSE_SECONDS
    while True:
        try:
            return make()
        except Busy:
            left = last - ports.clock()
            if left < 0:
                raise
        ports.pause(min(pause, left))
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

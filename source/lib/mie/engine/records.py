"""The record of an execution, which others change while a use case looks at it."""

from collections.abc import Callable
from typing import TypeVar

from mie.core.documents import Execution
from mie.core.errors import Changed, NotFound, TooManyRequests
from mie.engine.ports import Executions

Answer = TypeVar("Answer")

# How often a use case looks again at a record that changes under its hands.
_LOOKS = 5


def existing(executions: Executions, execution_id: str) -> Execution:
    """Raises NotFound."""
    execution = executions.get(execution_id)
    if execution is None:
        raise NotFound.named("workflow execution", execution_id)
    return execution


def with_present(
    executions: Executions, execution_id: str, act: Callable[[Execution], Answer]
) -> Answer:
    """What ``act`` answers to the record, which is read anew when it has changed meanwhile.

    Raises NotFound, TooManyRequests when it changes all the time, and what ``act`` does.
    """
    for _ in range(_LOOKS):
        try:
            return act(existing(executions, execution_id))
        except Changed:
            continue
    raise TooManyRequests(f"the execution '{execution_id}' changes all the time; try again")

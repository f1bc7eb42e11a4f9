"""What runs on a stack at this moment."""

import time
from collections.abc import Callable
from typing import Any

from laptop.execution_ids import short
from laptop.runs import Engine

# those of an execution that goes on without anybody's doing; one that waits for a person does not
_ACTIVE = ("Queued", "Started", "Resumed")
_LOOK_SECONDS = 1


def active(engine: Engine) -> list[Any]:
    """The executions that go on by themselves."""
    return [one for one in engine.executions() if one["Status"] in _ACTIVE]


def told(executions: list[Any]) -> str:
    """How many run, and which, as the beginning of a text."""
    names = ", ".join(f"{one['Workflow']['Name']} ({short(one['Id'])})" for one in executions)
    count = len(executions)
    return f"{count} execution{' is' if count == 1 else 's are'} running: {names}."


def wait(engine: Engine, say: Callable[[str], None]) -> None:
    """Until no execution is active."""
    before = 0
    while executions := active(engine):
        if len(executions) != before:
            say(f"{told(executions)} Waiting for {'it' if len(executions) == 1 else 'them'} …")
        before = len(executions)
        time.sleep(_LOOK_SECONDS)

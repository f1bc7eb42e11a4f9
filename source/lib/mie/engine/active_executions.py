"""The executions of a workflow that have not ended."""

from collections.abc import Iterator
from contextlib import suppress

from mie.core.documents import Execution
from mie.core.errors import Busy, Conflict, NotFound
from mie.core.lifecycle import ACTIVE, has_ended
from mie.engine import cancellation, patience
from mie.engine.ports import DefinitionPorts


def find(ports: DefinitionPorts, workflow: str) -> Iterator[Execution]:
    """As their records say; which to read says an index, which may not know the newest yet."""
    # in the order of their lives, so that one that goes on meanwhile is seen behind
    for status in ACTIVE:
        for listed in ports.executions.with_status(status):
            if listed["Workflow"]["Name"] != workflow:
                continue
            execution = ports.executions.get(listed["Id"])
            if execution is not None and not has_ended(execution):
                yield execution


def cancel(ports: DefinitionPorts, workflow: str) -> None:
    """Cancels all of them. Raises Busy when there are too many for one request."""
    last = patience.deadline(ports)
    while active := list(find(ports, workflow)):
        for number, execution in enumerate(active):
            if ports.clock() > last:
                raise Busy(
                    f"the workflow '{workflow}' has more active executions than can be cancelled "
                    f"at once; {len(active) - number} are left, and the same request goes on"
                )
            # whoever deleted or ended it did what was wanted; one that changes is found again
            with suppress(NotFound, Conflict):
                cancellation.cancel(ports, execution["Id"])

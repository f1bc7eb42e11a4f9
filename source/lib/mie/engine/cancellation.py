"""Ending an execution by request, whatever it does at the moment.

The mark comes first, then the machine ends, and only then the status and the slot change: a slot
is free only when nothing runs in it any more. Whoever finds a mark on an execution that has not
ended (another request, the event of the stopped machine, the sweep) does the rest.
"""

from typing import Protocol

from mie.core import statuses
from mie.core.documents import Execution
from mie.core.errors import Conflict
from mie.core.executions import CANCELLED_MESSAGE, is_cancelled
from mie.core.lifecycle import has_ended
from mie.engine import awaited_copies
from mie.engine.ports import Clock, Dataplane, Executions, Machines, Scheduler
from mie.engine.records import existing, with_present


class CancellingPorts(Protocol):
    """What the API and the workers have in common."""

    @property
    def executions(self) -> Executions: ...
    @property
    def dataplane(self) -> Dataplane: ...
    @property
    def machines(self) -> Machines: ...
    @property
    def scheduler(self) -> Scheduler: ...
    @property
    def clock(self) -> Clock: ...


def cancel(ports: CancellingPorts, execution_id: str) -> Execution:
    """The cancelled execution, also when it was cancelled before.

    Raises NotFound, and Conflict when it has ended in another way.
    """

    def end(execution: Execution) -> Execution:
        if is_cancelled(execution):
            return execution
        if has_ended(execution):
            raise Conflict(
                f"the execution '{execution_id}' has ended already, with the status "
                f"{execution['Status']}; only one that is queued, running or waiting can be "
                "cancelled"
            )
        if "Cancelled" not in execution:
            ports.executions.mark_cancelled(execution, str(ports.clock()))
        finish(ports, execution)
        ports.scheduler.wake()
        return existing(ports.executions, execution_id)

    return with_present(ports.executions, execution_id, end)


def finish(ports: CancellingPorts, execution: Execution) -> None:
    """Ends a marked execution. Raises Changed."""
    awaited_copies.stop(ports, execution)
    if "StateMachineExecutionArn" in execution:
        ports.machines.stop(execution["StateMachineExecutionArn"], CANCELLED_MESSAGE)
    ports.executions.move(execution, statuses.ERROR, message=CANCELLED_MESSAGE)

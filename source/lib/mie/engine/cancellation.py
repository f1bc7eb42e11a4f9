"""Ending an execution by request, whatever it does at the moment.

The mark comes first, then the machine ends, and only then the status and the slot change: a slot
is free only when nothing runs in it any more. Whoever finds a mark on an execution that has not
ended (another request, the event of the stopped machine, the sweep) does the rest.
"""

from typing import Protocol

from mie.core import statuses
from mie.core.documents import Execution
from mie.core.errors import Conflict, NotFound
from mie.core.executions import CANCELLED_MESSAGE, is_cancelled
from mie.engine import awaited_copies
from mie.engine.ports import Clock, Dataplane, Executions, Machines, Scheduler

# How often a cancellation looks again when the status changes under its hands.
_ATTEMPTS = 5


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
    for _ in range(_ATTEMPTS):
        execution = ports.executions.get(execution_id)
        if execution is None:
            raise NotFound.named("workflow execution", execution_id)
        if is_cancelled(execution):
            return execution
        if execution["Status"] in statuses.FINAL:
            raise Conflict(
                f"the execution '{execution_id}' has ended already, with the status "
                f"{execution['Status']}; only one that is queued, running or waiting can be "
                "cancelled"
            )
        try:
            if "Cancelled" not in execution:
                ports.executions.mark_cancelled(execution, str(ports.clock()))
            finish(ports, execution)
        except Conflict:
            # it began, waited or ended meanwhile: look at it again
            continue
        ports.scheduler.wake()
    raise Conflict(f"the execution '{execution_id}' changes all the time; try again")


def finish(ports: CancellingPorts, execution: Execution) -> None:
    """Ends a marked execution. Raises Conflict when its status has changed."""
    awaited_copies.stop(ports, execution)
    if "StateMachineExecutionArn" in execution:
        ports.machines.stop(execution["StateMachineExecutionArn"], CANCELLED_MESSAGE)
    ports.executions.move(execution, statuses.ERROR, message=CANCELLED_MESSAGE)

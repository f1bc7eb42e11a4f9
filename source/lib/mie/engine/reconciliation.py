"""Brings records and slots back in line with the machines that really run.

Everything that changes an execution tells its record, but whoever should may die, and an event
may get lost. The sweep looks at some of what runs once a minute, and repairs what nobody else
will. When nothing is wrong it only reads.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain, islice

from mie.core import statuses
from mie.core.documents import Execution, Json, MachineRun
from mie.core.errors import Conflict, TooManyRequests
from mie.core.executions import attempt
from mie.core.lifecycle import HOLDS_A_SLOT
from mie.engine import cancellation, turns
from mie.engine.machine_failures import failure_message
from mie.engine.ports import WorkerPorts
from mie.engine.scheduling import start_machine
from mie.logs import logger

# What a sweep looks at, of each status and in all, so that it stays well inside the function's
# time; the next one goes on.
_MOST_LISTED, _MOST_DESCRIBED = 500, 50
# Until then the event of a machine's end is on its way to the error handler.
_GRACE_SECONDS = 120.0
# The index, which counts who holds a slot, is never this far behind.
_SETTLED_SECONDS = 30.0

_RUNS = "RUNNING"


def sweep(ports: WorkerPorts) -> list[str]:
    """Repairs what it finds; the ids of the executions that it changed or started.

    Slots become free by it: the caller fills them.
    """
    now = ports.clock()
    try:
        _correct_slots(ports, now)
    except TooManyRequests:
        # slots are taken and freed all the time: the next sweep counts again, this one goes on
        logger("reconciliation").warning("the count of slots could not be corrected yet")
    begun = _listed(ports, statuses.STARTED, statuses.RESUMED, statuses.WAITING)
    for execution in _some([*begun, *_listed(ports, statuses.QUEUED)], now):
        _safely(execution["Id"], partial(_claim_asset, ports, execution))
    return [
        execution["Id"]
        for execution in _some(begun, now)
        if _safely(execution["Id"], partial(_reconcile, ports, execution, now))
    ]


def _listed(ports: WorkerPorts, *some: str) -> list[Json]:
    found = (islice(ports.executions.with_status(one), _MOST_LISTED) for one in some)
    return list(chain.from_iterable(found))


def _some(executions: Sequence[Json], now: float) -> Iterable[Json]:
    ordered = sorted(executions, key=lambda one: str(one["Id"]))
    return turns.some(ordered, _MOST_DESCRIBED, now)


def _safely(execution_id: str, reconcile: Callable[[], bool]) -> bool:
    try:
        return reconcile()
    except Conflict:
        # it changed meanwhile, so somebody looks after it
        return False
    # one execution must not strand the others; the next sweep sees it again
    except Exception:  # noqa: BLE001
        logger("reconciliation").exception(
            "an execution could not be reconciled", extra={"WorkflowExecutionId": execution_id}
        )
        return False


def _claim_asset(ports: WorkerPorts, listed: Json) -> bool:
    """For an execution that began in a release without claims."""
    claimed = ports.executions.claim(listed)
    if claimed:
        logger("reconciliation").info(
            "an asset was claimed", extra={"WorkflowExecutionId": listed["Id"]}
        )
    return claimed


def _reconcile(ports: WorkerPorts, listed: Json, now: float) -> bool:
    """listed: as the index shows it, which may be out of date."""
    arn = listed.get("StateMachineExecutionArn")
    run = ports.machines.state(arn) if arn else None
    if "Cancelled" not in listed and run is not None and _needs_nothing(run, now):
        return False
    execution = ports.executions.get(listed["Id"])
    if execution is None or not _is_same(execution, listed):
        return False
    if "Cancelled" in execution:
        cancellation.finish(ports, execution)
    elif run is None and execution["Status"] == statuses.STARTED:
        start_machine(ports, execution)
    else:
        _close(ports, execution, run)
    logger("reconciliation").warning(
        "an execution did not agree with its machine",
        extra={
            "WorkflowExecutionId": execution["Id"],
            "Status": execution["Status"],
            "Machine": run.status if run else "absent",
        },
    )
    return True


def _needs_nothing(run: MachineRun, now: float) -> bool:
    return run.status == _RUNS or run.ended is None or now - run.ended < _GRACE_SECONDS


def _is_same(execution: Execution, listed: Json) -> bool:
    keys = ("Status", "StateMachineExecutionArn")
    return all(execution.get(key) == listed.get(key) for key in keys)


def _close(ports: WorkerPorts, execution: Execution, run: MachineRun | None) -> None:
    arn = execution.get("StateMachineExecutionArn", "")
    if run is None:
        message = f"the state machine's execution {arn} of attempt {attempt(execution)} is gone"
    else:
        message = failure_message(arn, run.status, ports.machines.causes(arn))
    ports.executions.move(execution, statuses.ERROR, message=message)


def _correct_slots(ports: WorkerPorts, now: float) -> None:
    """Sets the counter to the number of slot holders when two sweeps saw it wrong.

    Whatever takes or frees a slot ends the doubt of the first, so that between the two nothing
    did, and the index that counts the holders has caught up.
    """
    seen = ports.executions.slots()
    holders = sum(ports.executions.number_with_status(one) for one in HOLDS_A_SLOT)
    if seen.taken == holders:
        return
    if seen.doubted is None:
        ports.executions.doubt_slots(seen, now)
    elif now - seen.doubted >= _SETTLED_SECONDS and ports.executions.correct_slots(seen, holders):
        logger("reconciliation").error(
            "the count of slots was wrong", extra={"Counted": seen.taken, "Holders": holders}
        )

"""The life cycle of an execution: which status follows which, who makes it, and what goes with it.

Every write of a status asks :func:`step`, so that what has no row here cannot be written.
docs/architecture.md draws the same rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mie.core.documents import Execution, Json
from mie.core.errors import Conflict
from mie.core.statuses import COMPLETE, ERROR, QUEUED, RESUMED, STARTED, WAITING

# The execution's message says all of it.
_LONGEST_REASON = 1_000


@dataclass(frozen=True)
class Transition:
    """One arrow of the life cycle.

    before, after: statuses, None where there is no record. by: who makes it. sets and removes:
    attributes of the record, beside Status.
    """

    before: str | None
    after: str | None
    event: str
    by: str
    sets: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()


# They belong to a machine of their own.
_RUNS = (STARTED, WAITING, RESUMED)
# An execution in one of these has its asset for itself. In the order of their lives.
ACTIVE = (QUEUED, *_RUNS)
# Only these count against MaxConcurrentWorkflows.
HOLDS_A_SLOT = frozenset({STARTED})
# What a failed attempt leaves in a record and the next one must not find.
OF_AN_ATTEMPT = ("Message", "Cancelled", "StateMachineExecutionArn")

_MACHINE, _REASON = ("StateMachineExecutionArn",), ("Message", "Workflow")
_RESULTS = ("Workflow", "Globals", "CurrentStage")
_ANEW = ("Attempt", "Configuration", *_RESULTS)

TRANSITIONS = (
    Transition(None, QUEUED, "create", "API"),
    Transition(QUEUED, STARTED, "admit", "scheduler", sets=_MACHINE),
    Transition(STARTED, WAITING, "wait", "Wait operator"),
    Transition(WAITING, RESUMED, "resume", "API"),
    # its message could not be sent
    Transition(RESUMED, WAITING, "take back", "API"),
    Transition(RESUMED, STARTED, "admit", "scheduler", sets=_MACHINE),
    Transition(STARTED, COMPLETE, "complete", "stage completion", sets=_RESULTS),
    # a stage may fail while one of its operators waits
    *(
        Transition(one, ERROR, "fail", "stage completion", sets=("Message", *_RESULTS))
        for one in _RUNS
    ),
    # the machine has ended, or is gone, and told nobody
    *(Transition(one, ERROR, "break", "error handler, sweep", sets=_REASON) for one in _RUNS),
    # its message could not be sent, or its machine cannot be started
    Transition(QUEUED, ERROR, "give up", "API", sets=_REASON),
    Transition(STARTED, ERROR, "give up", "scheduler, sweep", sets=_REASON),
    # the mark, Cancelled, comes first; whoever finds it may do the rest
    *(Transition(one, ERROR, "cancel", "API", sets=_REASON) for one in (QUEUED, *_RUNS)),
    Transition(ERROR, QUEUED, "retry", "API", sets=_ANEW, removes=OF_AN_ATTEMPT),
    *(Transition(one, None, "delete", "API") for one in (QUEUED, *_RUNS, COMPLETE, ERROR)),
)
_ALLOWED = frozenset((one.before, one.after) for one in TRANSITIONS)


@dataclass(frozen=True)
class Step:
    """How many slots and assets an execution holds more by it: 1, 0 or -1 (given back)."""

    slots: int
    assets: int


def may_become(before: str | None, after: str | None) -> bool:
    return (before, after) in _ALLOWED


def has_ended(execution: Mapping[str, Any]) -> bool:
    """Only a retry makes one go on that has."""
    return execution["Status"] not in ACTIVE


def step(before: str | None, after: str | None) -> Step:
    """What goes with a change of status; an active execution may be written without one.

    Raises Conflict when no row of the table leads from one to the other.
    """
    stays = before == after and before in ACTIVE
    if not stays and not may_become(before, after):
        raise Conflict(f"an execution that is {before} cannot become {after}")
    return Step(
        slots=(after in HOLDS_A_SLOT) - (before in HOLDS_A_SLOT),
        assets=(after in ACTIVE) - (before in ACTIVE),
    )


def changes(execution: Execution, status: str, message: str | None = None) -> Json:
    """What a new status changes in a record: path -> value, the parts joined by dots.

    What ends, ends whole: a stage that had begun ends with its execution.
    """
    told = {} if message is None else {"Message": message}
    changed = {"Status": status, **told}
    if status != ERROR:
        return changed
    reason = {key: text[:_LONGEST_REASON] for key, text in told.items()}
    return {
        **changed,
        **{
            f"Workflow.Stages.{name}.{key}": value
            for name, stage in execution["Workflow"]["Stages"].items()
            if stage.get("Status") == STARTED
            for key, value in {"Status": ERROR, **reason}.items()
        },
    }

"""The words for where an execution, a stage and an operator stand."""

QUEUED = "Queued"
STARTED = "Started"
WAITING = "Waiting"
RESUMED = "Resumed"
ERROR = "Error"
COMPLETE = "Complete"

NOT_STARTED = "Not Started"
EXECUTING = "Executing"
SKIPPED = "Skipped"

EXECUTION_STATUSES = frozenset({QUEUED, STARTED, WAITING, RESUMED, ERROR, COMPLETE})
# An execution in one of these has ended; only a retry makes a failed one go on.
FINAL = frozenset({ERROR, COMPLETE})

# Which status an execution may have before it gets another one.
PREDECESSORS = {
    QUEUED: frozenset({ERROR}),
    STARTED: frozenset({QUEUED, RESUMED}),
    WAITING: frozenset({STARTED}),
    RESUMED: frozenset({WAITING}),
    COMPLETE: frozenset({STARTED}),
    ERROR: EXECUTION_STATUSES - FINAL,
}

# Only these count against MaxConcurrentWorkflows.
HOLDS_A_SLOT = frozenset({STARTED})

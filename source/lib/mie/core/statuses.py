"""The words for where an execution, a stage and an operator stand; lifecycle has their order."""

QUEUED = "Queued"
STARTED = "Started"
WAITING = "Waiting"
RESUMED = "Resumed"
ERROR = "Error"
COMPLETE = "Complete"

NOT_STARTED = "Not Started"
EXECUTING = "Executing"
SKIPPED = "Skipped"

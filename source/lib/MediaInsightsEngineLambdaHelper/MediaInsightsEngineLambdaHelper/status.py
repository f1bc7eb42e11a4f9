"""The words for where a workflow execution, a stage and an operator stand."""

from mie.core import statuses


class Status:
    """Constants only; the engine compares with these very texts."""

    WORKFLOW_STATUS_QUEUED = statuses.QUEUED
    WORKFLOW_STATUS_STARTED = statuses.STARTED
    WORKFLOW_STATUS_WAITING = statuses.WAITING
    WORKFLOW_STATUS_RESUMED = statuses.RESUMED
    WORKFLOW_STATUS_ERROR = statuses.ERROR
    WORKFLOW_STATUS_COMPLETE = statuses.COMPLETE

    STAGE_STATUS_NOT_STARTED = statuses.NOT_STARTED
    STAGE_STATUS_STARTED = statuses.STARTED
    STAGE_STATUS_EXECUTING = statuses.EXECUTING
    STAGE_STATUS_ERROR = statuses.ERROR
    STAGE_STATUS_COMPLETE = statuses.COMPLETE

    OPERATION_STATUS_NOT_STARTED = statuses.NOT_STARTED
    OPERATION_STATUS_STARTED = statuses.STARTED
    OPERATION_STATUS_EXECUTING = statuses.EXECUTING
    OPERATION_STATUS_ERROR = statuses.ERROR
    OPERATION_STATUS_COMPLETE = statuses.COMPLETE
    OPERATION_STATUS_SKIPPED = statuses.SKIPPED

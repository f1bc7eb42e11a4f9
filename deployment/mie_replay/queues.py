"""The queues of a stack that hold lost work, and who gets it again.

Resources are named as in the templates, those of a nested stack behind its name and a dot.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Resources = Mapping[str, str]

PUBLISHER = "Analytics.DynamoDBStreamingFunction"
DATAPLANE_TABLE = "DataplaneTable"


@dataclass(frozen=True)
class Queue:
    """functions: a function -> the member by which its messages are known.

    back_to: the queue whose messages these were, for those that a queue has set aside.
    otherwise: where that is found which the streams do not keep any more.
    """

    name: str
    functions: Mapping[str, str] = field(default_factory=dict)
    back_to: str = ""
    otherwise: str = ""


QUEUES = (
    Queue(
        "Analytics.UnreadChangesQueue",
        {PUBLISHER: "DDBStreamBatchInfo", "Analytics.ElasticsearchConsumer": "KinesisBatchInfo"},
        otherwise="--all-results tells of every result that is in the data plane",
    ),
    Queue(
        "UntoldChangesQueue",
        {"WorkflowExecutionStreamingFunction": "DDBStreamBatchInfo"},
        otherwise="GET /workflow/execution tells what became of the executions",
    ),
    Queue(
        "WorkflowExecutionLambdaDeadLetterQueue",
        {"WorkflowScheduler": "requestPayload", "WorkflowErrorHandlerLambda": "requestPayload"},
    ),
    Queue("UnfinishedCopiesQueue", back_to="CopyQueue"),
)


def resources_of(cloudformation: Any, stack: str) -> Resources:
    """Logical id -> physical id of a root stack, and of the nested stacks that have queues."""
    root = _resources(cloudformation, stack)
    nested = {one.name.partition(".")[0] for one in QUEUES if "." in one.name} & root.keys()
    return root | {
        f"{name}.{logical_id}": physical_id
        for name in nested
        for logical_id, physical_id in _resources(cloudformation, root[name]).items()
    }


def _resources(cloudformation: Any, stack: str) -> dict[str, str]:
    return {
        one["LogicalResourceId"]: one["PhysicalResourceId"]
        for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        for one in page["StackResourceSummaries"]
        if "PhysicalResourceId" in one
    }

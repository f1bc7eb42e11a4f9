"""Where a stack's stream of data plane changes is, and what reads it."""

from dataclasses import dataclass
from typing import Any


class NoPipeline(RuntimeError):
    """The stack has no stream of data plane changes."""


@dataclass(frozen=True)
class Pipeline:
    """consumer: the function that feeds search; None when none is deployed."""

    queue_url: str
    stream: str
    table: str
    publisher: str
    consumer: str | None


def pipeline_of(cloudformation: Any, stack: str) -> Pipeline:
    """The pipeline of a root stack. Raises NoPipeline."""
    resources = {
        one["LogicalResourceId"]: one["PhysicalResourceId"]
        for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        for one in page["StackResourceSummaries"]
        if "PhysicalResourceId" in one
    }
    if "Analytics" not in resources:
        raise NoPipeline(f"the stack {stack} has no stream of changes: DeployAnalyticsPipeline=No")
    (nested,) = cloudformation.describe_stacks(StackName=resources["Analytics"])["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in nested.get("Outputs", [])}
    return Pipeline(
        queue_url=outputs["UnreadChangesQueueUrl"],
        stream=outputs["analyticsStreamArn"].rsplit("/", 1)[-1],
        table=resources["DataplaneTable"],
        publisher=outputs["StreamingFunctionName"],
        consumer=outputs.get("ElasticsearchConsumerName"),
    )

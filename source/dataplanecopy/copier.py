"""Copies the sources of assets that are too large to be copied within a request."""

import time
from functools import cache
from typing import Any

from mie import aws
from mie.adapters.assets import AssetTable
from mie.adapters.copy_queue import CopyQueue, request_of
from mie.adapters.object_parts import ObjectParts
from mie.adapters.objects import BucketObjects
from mie.adapters.scheduler import WaitingExecutions
from mie.engine import copies
from mie.engine.ports import CopyPorts
from mie.logs import logger
from mie.settings import copy_settings

# How often a copy is tried that fails in a way that may pass; a quarter of an hour lies between.
ATTEMPTS = 5
# What is begun until then ends in time: the largest part of all has 5 GiB.
SECONDS_TO_END = 180

aws.trace()


def lambda_handler(event: dict[str, Any], context: Any) -> None:
    """event: one message of the queue. What is raised brings the message back."""
    (record,) = event["Records"]
    request = request_of(record["body"])
    left = context.get_remaining_time_in_millis() / 1_000
    try:
        copies.go_on(_ports(), request, time.time() + left - SECONDS_TO_END)
    # whatever it is: a copy that nobody ends would hold up its execution for ever
    except Exception as error:
        if int(record["attributes"]["ApproximateReceiveCount"]) < ATTEMPTS:
            raise
        logger("copies").exception("given up", extra={"AssetId": request.asset_id})
        copies.give_up(
            _ports(), request, f"the copy failed {ATTEMPTS} times, at last with: {error}"
        )


@cache
def _ports() -> CopyPorts:
    settings = copy_settings()
    return CopyPorts(
        assets=AssetTable(settings.table),
        objects=BucketObjects(settings.bucket),
        parts=ObjectParts(settings.bucket),
        copies=CopyQueue(settings.queue_url),
        waiting=WaitingExecutions(settings.scheduler_lambda),
        clock=time.time,
    )

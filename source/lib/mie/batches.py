"""Batches of stream records that are followed in order, and what of them is kept aside."""

import json
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.typing import LambdaContext

from mie import aws
from mie.core.changes import place_in_stream
from mie.core.errors import BadRequest, Malformed
from mie.logs import logger


def follow(
    event: dict[str, Any],
    context: LambdaContext,
    event_type: EventType,
    follow_one: Callable[[Any], None],
    failure_queue_url: str,
    service: str,
) -> PartialItemFailureResponse:
    """Follows the records of a stream until one fails for now, and reports that one.

    A record is at fault itself when following it raises Malformed or BadRequest: it would fail for
    ever, so that its place goes to the failure queue with the reason, and those behind it go on.
    Anything else is an outage, a fault of ours included: it holds up the shard, and Lambda sends
    the record again for as long as the stream keeps it.

    service: under what name it is logged.
    """
    # Powertools' processor asks for a logger of the standard library, for which its own stands in
    log: Any = logger(service)

    def follow_or_keep_aside(record: Any) -> None:
        try:
            follow_one(record)
        except (Malformed, BadRequest) as error:
            place = place_in_stream(record.raw_event)
            message = json.dumps({**place, "Reason": str(error)})
            aws.client("sqs").send_message(QueueUrl=failure_queue_url, MessageBody=message)
            log.exception("a record was kept aside", extra=place)

    return process_partial_response(
        event=event,
        record_handler=follow_or_keep_aside,
        processor=_InOrder(event_type=event_type, raise_on_entire_batch_failure=False, logger=log),
        context=context,
    )


class _InOrder(BatchProcessor):
    """Stops at the first record that fails.

    Lambda sends that record and all behind it again, so that whatever was done behind it would be
    done twice, and before it.
    """

    def process(self) -> list[tuple[Any, ...]]:
        results: list[tuple[Any, ...]] = []
        for record in self.records:
            results.append(self._process_record(record))
            if self.fail_messages:
                break
        return results

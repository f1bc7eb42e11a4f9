"""The topic that tells of executions, and the queue of changes that could not be told."""

import json
from collections.abc import Mapping

from botocore.exceptions import ClientError

from mie import aws
from mie.adapters import service_errors
from mie.core.documents import Json
from mie.core.errors import Malformed

# What SNS says of a message that it will never take.
_NEVER_TAKEN = frozenset({"InvalidParameter", "InvalidParameterValue", "ParameterValueInvalid"})


class ExecutionTopic:
    def __init__(self, topic_arn: str) -> None:
        self._topic_arn = topic_arn

    def publish(self, text: str, attributes: Mapping[str, str]) -> None:
        """Sends a message, of which the text says what each kind of subscriber gets.

        attributes: what subscribers may filter by. Raises Malformed when SNS will never take it.
        """
        try:
            aws.client("sns").publish(
                TopicArn=self._topic_arn,
                Message=text,
                MessageStructure="json",
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value}
                    for name, value in attributes.items()
                },
            )
        except ClientError as error:
            if service_errors.code(error) in _NEVER_TAKEN:
                raise Malformed(f"SNS refuses a message: {service_errors.text(error)}") from error
            raise


class UntoldChanges:
    """Changes that would fail for ever, kept for somebody to look at."""

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    def keep(self, place: Json, reason: str) -> None:
        """place: where the change stands in the table's stream."""
        aws.client("sqs").send_message(
            QueueUrl=self._queue_url, MessageBody=json.dumps({**place, "Reason": reason})
        )

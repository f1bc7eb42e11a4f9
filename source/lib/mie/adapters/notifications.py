"""The topic that tells of executions."""

from collections.abc import Mapping

from botocore.exceptions import ClientError

from mie import aws
from mie.adapters import service_errors
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

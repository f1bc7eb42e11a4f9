"""The queue of executions that wait for a slot, on SQS."""

import json
from collections.abc import Sequence

from mie import aws
from mie.core.documents import Message

# Long polling asks all of the queue's servers, a short one only some.
_WAIT_SECONDS = 1


class ExecutionQueue:
    """Bodies are {"Id": execution id}."""

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, execution_id: str) -> None:
        aws.client("sqs").send_message(
            QueueUrl=self._url, MessageBody=json.dumps({"Id": execution_id})
        )

    def receive(self, most: int) -> Sequence[Message]:
        answer = aws.client("sqs").receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=most, WaitTimeSeconds=_WAIT_SECONDS
        )
        return [
            Message(_execution_id(one["Body"]), one["ReceiptHandle"])
            for one in answer.get("Messages", [])
        ]

    def delete(self, message: Message) -> None:
        aws.client("sqs").delete_message(QueueUrl=self._url, ReceiptHandle=message.receipt)

    def put_back(self, message: Message) -> None:
        aws.client("sqs").change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=message.receipt, VisibilityTimeout=0
        )


def _execution_id(body: str) -> str:
    """Nobody's id, which makes the scheduler drop it, for a message that is not ours."""
    try:
        document = json.loads(body)
    except ValueError:
        return "unknown"
    found = document.get("Id") if isinstance(document, dict) else None
    return found if isinstance(found, str) and found else "unknown"

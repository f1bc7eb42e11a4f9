"""The queue of copies that are to be gone on with, on SQS."""

import json

from mie import aws
from mie.core.copies import CopyRequest


class CopyQueue:
    """Bodies are {"AssetId", "AskedAt"}."""

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, request: CopyRequest, delay: int = 0) -> None:
        body = {"AssetId": request.asset_id, "AskedAt": request.asked_at}
        aws.client("sqs").send_message(
            QueueUrl=self._url, MessageBody=json.dumps(body), DelaySeconds=delay
        )


def request_of(body: str) -> CopyRequest:
    """What a message asks for. Raises ValueError, KeyError for what is not of this queue."""
    document = json.loads(body)
    return CopyRequest(str(document["AssetId"]), float(document["AskedAt"]))

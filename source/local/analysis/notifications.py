"""Messages to SNS topics of the local stack, as the services send them when a job has ended."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from analysis import local_stack

LOG = logging.getLogger(__name__)


class Notifications:
    """Publishes to topics of one SNS endpoint."""

    def __init__(self, endpoint: str) -> None:
        self._client = local_stack.client("sns", endpoint)

    def publish(self, topic: str, message: Mapping[str, Any]) -> bool:
        """Send a JSON message to a topic, by its ARN; False when that cannot be done.

        A message that is lost does not make a job fail, at the services neither: the log tells.
        """
        try:
            self._client.publish(TopicArn=topic, Message=json.dumps(message))
        except (ClientError, BotoCoreError) as error:
            LOG.warning("no message to %s: %s", topic, error)
            return False
        return True

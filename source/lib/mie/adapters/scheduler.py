"""The scheduler's function, called without waiting for it."""

from botocore.exceptions import BotoCoreError, ClientError

from mie.adapters.lambda_api import invoke_later
from mie.logs import logger


class WaitingExecutions:
    """Those that the copies of their sources hold up. function: the scheduler's name or ARN."""

    def __init__(self, function: str) -> None:
        self._function = function

    def tell(self, asset_id: str) -> None:
        invoke_later(self._function, {"AssetId": asset_id})


class SchedulerFunction:
    """function: its name or ARN."""

    def __init__(self, function: str) -> None:
        self._function = function

    def wake(self) -> None:
        try:
            invoke_later(self._function, {})
        except (ClientError, BotoCoreError):
            # the minute schedule makes up for it; what the caller did stays done
            logger("scheduler").warning("the scheduler could not be woken", exc_info=True)

"""What every run leaves behind is kept for the last of them only.

MiniStack 1.5.33 keeps in memory all that functions ever wrote to their logs, every number that was
measured, and every state that an execution passed, which for a video are megabytes. AWS keeps them
for as long as one pays or for 90 days; here the last ones are enough.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import cloudwatch, cloudwatch_logs, lambda_svc, stepfunctions

Json = dict[str, Any]

# an invocation writes a stream of its own
_STREAMS_OF_A_GROUP = 200
_POINTS_OF_A_METRIC = 1_000
_ENDED_EXECUTIONS = 500


def enforce() -> None:
    lambda_svc._emit_lambda_logs = _keeping_the_last_streams(lambda_svc._emit_lambda_logs)
    cloudwatch._metric_bucket = _keeping_the_last_points(cloudwatch._metric_bucket)
    stepfunctions._run_execution = _keeping_the_last_executions(stepfunctions._run_execution)


def _keeping_the_last_streams(emit: Callable[..., None]) -> Callable[..., None]:
    def emitted(function: Json, *arguments: Any, **options: Any) -> None:
        emit(function, *arguments, **options)
        settings = function.get("config") or function
        name = (settings.get("LoggingConfig") or {}).get("LogGroup")
        group = cloudwatch_logs._log_groups.get(name or f"/aws/lambda/{settings['FunctionName']}")
        if group is not None:
            _forget(group["streams"], list(group["streams"])[:-_STREAMS_OF_A_GROUP])

    return emitted


def _keeping_the_last_points(bucket: Callable[[Any], list[Json]]) -> Callable[[Any], list[Json]]:
    def found(key: Any) -> list[Json]:
        points = bucket(key)
        # seldom and many, because each time the rest of the list is moved
        if len(points) >= 2 * _POINTS_OF_A_METRIC:
            del points[:-_POINTS_OF_A_METRIC]
        return points

    return found


def _keeping_the_last_executions(run: Callable[[str], None]) -> Callable[[str], None]:
    def ran(execution_arn: str) -> None:
        run(execution_arn)
        executions = stepfunctions._executions
        ended = [arn for arn, one in executions.items() if one["status"] != "RUNNING"]
        _forget(executions, ended[:-_ENDED_EXECUTIONS])

    return ran


def _forget(kept: Any, names: list[str]) -> None:
    for name in names:
        # another thread may have been quicker
        kept.pop(name, None)

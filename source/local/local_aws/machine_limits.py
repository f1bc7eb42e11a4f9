"""State machines end where Step Functions ends them: at 256 KB of data and 25,000 events.

MiniStack 1.5.33 knows neither limit. Errors that end an execution are caught by no States.ALL.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from ministack.services import stepfunctions

Json = dict[str, Any]
Execute = Callable[..., tuple[Any, str | None]]

# in UTF-8
_LARGEST = 262_144
_EVENTS = 25_000
_TOO_LARGE, _RUNTIME = "States.DataLimitExceeded", "States.Runtime"
# the last event of a history
_ENDS = frozenset({"ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted"})
_STATES = ("pass", "task", "choice", "wait", "parallel", "map")


def enforce() -> None:
    for kind in _STATES:
        name = f"_execute_{kind}"
        setattr(stepfunctions, name, _limiting_states(getattr(stepfunctions, name)))
    stepfunctions._invoke_resource = _limiting_results(stepfunctions._invoke_resource)
    stepfunctions._add_event = _limiting_history(stepfunctions._add_event)
    stepfunctions._error_matches = _ending_at_once(stepfunctions._error_matches)


def _limiting_states(execute: Execute) -> Execute:
    """Of the state's input and output; the context is the last of the arguments."""

    def executed(state: Json, given: Any, *more: Any) -> tuple[Any, str | None]:
        name = more[-1]["State"]["Name"]
        output, following = execute(state, given, *more)
        _check(name, output)
        return output, following

    return executed


def _limiting_results(invoke: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    """Of what a task calls, which Step Functions names in its message."""

    def invoked(resource: str, given: Any) -> Any:
        called = resource if ":function:" in resource else resource.rsplit(":", 2)[-2]
        _check(called, given)
        result = invoke(resource, given)
        _check(called, result)
        return result

    return invoked


def _limiting_history(add: Callable[..., Json]) -> Callable[..., Json]:
    def added(execution: Json, kind: str, details: Json | None = None) -> Json:
        if kind not in _ENDS and len(execution["events"]) >= _EVENTS - 1:
            raise stepfunctions._ExecutionError(
                _RUNTIME, f"The execution reached the maximum number of history events ({_EVENTS})."
            )
        return add(execution, kind, details)

    return added


def _ending_at_once(
    matches: Callable[[Sequence[str], str], bool],
) -> Callable[[Sequence[str], str], bool]:
    def matched(names: Sequence[str], error: str) -> bool:
        if error == _RUNTIME:
            return False
        return error in names if error == _TOO_LARGE else matches(names, error)

    return matched


def _check(name: str, data: Any) -> None:
    if len(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()) > _LARGEST:
        raise stepfunctions._ExecutionError(
            _TOO_LARGE,
            f"The state/task '{name}' returned a result with a size exceeding the maximum number "
            "of bytes service limit.",
        )

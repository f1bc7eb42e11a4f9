"""Executions, and the events of them, say which version of a machine they run.

An execution belongs to its machine, whose ARN has no version; the version that it was started by
stands beside it. MiniStack 1.5.33 forgets the version, and it leaves out what is too large by
another measure than Step Functions does.
"""

import json
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.core.responses import json_response
from ministack.services import eventbridge, stepfunctions

Json = dict[str, Any]

# of both together as JSON texts within the event
_LARGEST_PAYLOAD = 248 * 1024
_REDRIVABLE = frozenset({"FAILED", "ABORTED", "TIMED_OUT"})


def enforce(requested: ContextVar[str]) -> None:
    """requested: the ARN that the present request starts an execution with, or empty."""
    stepfunctions._emit_execution_status_event = _remembering(
        stepfunctions._emit_execution_status_event, requested
    )
    stepfunctions._describe_execution = _described(stepfunctions._describe_execution)
    stepfunctions._list_executions = _listed(stepfunctions._list_executions)
    eventbridge._put_events = _completing(eventbridge._put_events)


def _remembering(
    emit: Callable[[Json], None], requested: ContextVar[str]
) -> Callable[[Json], None]:
    """Keeps the version with the execution, of which the first event is emitted at its start."""

    def emitted(execution: Json) -> None:
        if requested.get() in stepfunctions._state_machine_versions:
            execution.setdefault("stateMachineVersionArn", requested.get())
        emit(execution)

    return emitted


def _described(describe: Callable[[Json], Any]) -> Callable[[Json], Any]:
    def described(request: Json) -> Any:
        status, headers, body = describe(request)
        if status != 200:
            return status, headers, body
        execution = stepfunctions._executions[request["executionArn"]]
        return json_response({**json.loads(body), **_version(execution), **_redrive(execution)})

    return described


def _listed(list_: Callable[[Json], Any]) -> Callable[[Json], Any]:
    def listed(request: Json) -> Any:
        status, headers, body = list_(request)
        if status != 200:
            return status, headers, body
        answer = json.loads(body)
        found = [
            {**one, **_version(stepfunctions._executions[one["executionArn"]])}
            for one in answer["executions"]
        ]
        return json_response({**answer, "executions": found})

    return listed


def _completing(put: Callable[..., Any]) -> Callable[..., Any]:
    def put_events(request: Json, allow_aws_source: bool = False) -> Any:
        entries = request.get("Entries", [])
        if allow_aws_source:
            entries = [_completed(one) if one["Source"] == "aws.states" else one for one in entries]
        return put({**request, "Entries": entries}, allow_aws_source=allow_aws_source)

    return put_events


def _completed(entry: Json) -> Json:
    detail = json.loads(entry["Detail"])
    execution = stepfunctions._executions.get(detail["executionArn"])
    if execution is None:
        # MiniStack forgets what still runs when a machine is deleted
        return entry
    return {
        **entry,
        "Detail": json.dumps(
            {
                **detail,
                "stateMachineVersionArn": None,
                "redriveStatusReason": None,
                **_version(execution),
                **_redrive(execution),
                **_payload(execution),
            }
        ),
    }


def _version(execution: Json) -> Json:
    key = "stateMachineVersionArn"
    return {key: execution[key]} if key in execution else {}


def _redrive(execution: Json) -> Json:
    if execution["status"] in _REDRIVABLE:
        return {"redriveCount": 0, "redriveStatus": "REDRIVABLE"}
    reason = f"Execution is {execution['status']} and cannot be redriven"
    return {
        "redriveCount": 0,
        "redriveStatus": "NOT_REDRIVABLE",
        "redriveStatusReason": reason,
    }


def _payload(execution: Json) -> Json:
    """What is left of input and output; the output goes last."""
    given = execution["input"]
    made = execution.get("output") if execution["status"] == "SUCCEEDED" else None
    if _size(given) + _size(made) > _LARGEST_PAYLOAD:
        given = None
    kept = None if _size(made) > _LARGEST_PAYLOAD else made
    return {
        "input": given,
        "inputDetails": {"included": given is not None},
        "output": kept,
        "outputDetails": None if made is None else {"included": kept is not None},
    }


def _size(text: str | None) -> int:
    return 0 if text is None else len(json.dumps(text, ensure_ascii=False).encode())

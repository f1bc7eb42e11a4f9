"""State machines call functions with the rights of their role, and tags lie on functions.

MiniStack 1.5.33 looks at the role of no state machine, so that an operator that AWS refuses to call
runs here, and it takes the tags of a version or an alias for those of the function, where Lambda
refuses them.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import lambda_svc, stepfunctions
from ministack.services.tagging import resource_tags

from local_aws import roles

Json = dict[str, Any]
Run = Callable[[str], None]
Call = Callable[[str, Any], Any]
Tag = Callable[[str, Json], Any]

_ACTION = "lambda:InvokeFunction"
# arn:aws:lambda:<region>:<account>:function:<name>, and perhaps :<version or alias>
_PARTS_OF_A_FUNCTION = 7


def as_its_role(run: Run, role: ContextVar[str]) -> Run:
    """Keeps the role of a machine for the threads that run one of its executions."""

    def ran(execution_arn: str) -> None:
        execution = stepfunctions._executions.get(execution_arn) or {}
        machine = stepfunctions._state_machines.get(execution.get("stateMachineArn")) or {}
        token = role.set(machine.get("roleArn", ""))
        try:
            run(execution_arn)
        finally:
            role.reset(token)

    return ran


def asking_the_role(call: Call, role: ContextVar[str]) -> Call:
    """Refuses what the role of the running machine does not allow, as Step Functions does."""

    def called(function: str, event: Any) -> Any:
        _, configuration, _ = lambda_svc._get_func_record_for_ref(function)
        if configuration and role.get():
            arn = function if function.startswith("arn:") else configuration["FunctionArn"]
            if not _allows(role.get(), arn):
                raise stepfunctions._ExecutionError(
                    "Lambda.AWSLambdaException",
                    f"User: {role.get()} is not authorized to perform: {_ACTION} on resource: "
                    f"{arn} because no identity-based policy allows the {_ACTION} action "
                    "(Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException)",
                )
        return call(function, event)

    return called


def refusing_versions(tag: Tag) -> Tag:
    """Refuses to tag what is not a function itself."""

    def tagged(arn: str, request: Json) -> Any:
        if ":function:" in arn and len(arn.split(":")) > _PARTS_OF_A_FUNCTION:
            return error_response_json(
                "InvalidParameterValueException",
                f"Tags on function aliases and versions are not supported. {arn}",
                400,
            )
        return tag(arn, request)

    return tagged


def _allows(role: str, function: str) -> bool:
    own = ":".join(function.split(":")[:_PARTS_OF_A_FUNCTION])
    return roles.allows(role, _ACTION, function, function.split(":")[3], resource_tags(own) or {})

"""State machines of Step Functions."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from botocore.exceptions import ClientError

from mie import aws
from mie.adapters.service_errors import code, is_throttled, text
from mie.core import names
from mie.core.documents import Json, MachineRun
from mie.core.errors import BadRequest, Busy, Forbidden, MieError, NotFound, TooManyRequests

_TAGS = ({"key": "environment", "value": "mie"},)
# A deleted machine keeps its name until its executions have ended, mostly for seconds; one that
# exists already, or is changed, has got another caller in the meantime.
_PASSING = ("StateMachineDeleting", "StateMachineAlreadyExists", "ConflictException")
# Step Functions keeps 1000 versions of a machine.
_KEPT_VERSIONS = 500
# The newest events of an execution say why it ended.
_EVENTS = 20

_REFUSALS: dict[str, type[MieError]] = {
    "StateMachineDoesNotExist": NotFound,
    "StateMachineDeleting": NotFound,
    "InvalidArn": BadRequest,
    "InvalidName": BadRequest,
    "InvalidExecutionInput": BadRequest,
    "ValidationException": BadRequest,
    "AccessDeniedException": Forbidden,
}
_FAILURES = ("Failed", "Aborted", "TimedOut")


class StateMachines:
    """The machines of one deployment.

    lambda_arn: of any function beside them; it tells partition, region and account.
    """

    def __init__(self, short_uuid: str, lambda_arn: str) -> None:
        self._short_uuid = short_uuid
        self._lambda_arn = lambda_arn

    def workflow_arn(self, workflow: str) -> str:
        return self._arn(names.workflow_machine_name(workflow, self._short_uuid))

    def stage_arn(self, stage: str) -> str:
        return self._arn(names.stage_machine_name(stage, self._short_uuid))

    def put(self, arn: str, definition: str, role_arn: str) -> None:
        _put(arn, definition, role_arn, publish=False)

    def put_version(self, arn: str, definition: str, role_arn: str) -> str:
        version = str(_put(arn, definition, role_arn, publish=True)["stateMachineVersionArn"])
        _forget_old_version(version)
        return version

    def delete(self, arn: str) -> None:
        try:
            aws.client("stepfunctions").delete_state_machine(stateMachineArn=arn)
        except ClientError as error:
            if code(error) not in ("StateMachineDoesNotExist", "StateMachineDeleting"):
                raise

    def start(self, machine_arn: str, name: str, state: Json) -> None:
        try:
            aws.client("stepfunctions").start_execution(
                stateMachineArn=machine_arn, name=name, input=json.dumps(state)
            )
        except ClientError as error:
            # the name is the execution's own: whoever started it did what we want
            if code(error) == "ExecutionAlreadyExists":
                return
            refusal = _REFUSALS.get(code(error))
            if refusal is None:
                raise
            raise refusal(f"{code(error)}: {text(error)}") from error

    def stop(self, execution_arn: str, cause: str) -> None:
        try:
            aws.client("stepfunctions").stop_execution(
                executionArn=execution_arn, error="Stopped", cause=cause
            )
        except ClientError as error:
            # an execution that has ended is left as it is, and nothing is raised
            if code(error) != "ExecutionDoesNotExist":
                raise

    def state(self, execution_arn: str) -> MachineRun | None:
        try:
            found = aws.client("stepfunctions").describe_execution(executionArn=execution_arn)
        except ClientError as error:
            if code(error) != "ExecutionDoesNotExist":
                raise
            return None
        ended = found.get("stopDate")
        return MachineRun(found["status"], ended.timestamp() if ended else None)

    def causes(self, execution_arn: str) -> Sequence[str]:
        try:
            history = aws.client("stepfunctions").get_execution_history(
                executionArn=execution_arn, maxResults=_EVENTS, reverseOrder=True
            )
        except ClientError as error:
            # it may have gone with its machine
            if code(error) != "ExecutionDoesNotExist":
                raise
            return []
        failures = [
            one for one in history["events"] if any(word in one["type"] for word in _FAILURES)
        ]
        return [
            details["cause"]
            for event in failures
            for details in event.values()
            if isinstance(details, dict) and details.get("cause")
        ]

    def _arn(self, machine: str) -> str:
        _, partition, _, region, account, *_ = self._lambda_arn.split(":")
        return f"arn:{partition}:states:{region}:{account}:stateMachine:{machine}"


def _put(arn: str, definition: str, role_arn: str, *, publish: bool) -> Mapping[str, Any]:
    """What Step Functions answers. Raises Busy, TooManyRequests."""
    client = aws.client("stepfunctions")
    wanted = {"definition": definition, "roleArn": role_arn, "publish": publish}
    try:
        # Update before create: a create with the definition that a machine already has succeeds,
        # and tells the version that was made with the machine.
        try:
            made = client.update_state_machine(stateMachineArn=arn, **wanted)
        except client.exceptions.StateMachineDoesNotExist:
            made = client.create_state_machine(name=_name(arn), tags=list(_TAGS), **wanted)
    except ClientError as error:
        if code(error) in _PASSING:
            raise Busy(
                f"the state machine '{_name(arn)}' is being deleted or changed at the moment; it "
                "keeps its name until its executions have ended. Try again in a minute"
            ) from error
        if is_throttled(error):
            # a machine or two a second is what Step Functions takes from an account
            raise TooManyRequests(
                "Step Functions asks for fewer changes of state machines; try again"
            ) from error
        raise
    return cast("Mapping[str, Any]", made)


def _forget_old_version(version: str) -> None:
    """Makes room among the versions; executions that run keep theirs."""
    arn, _, number = version.rpartition(":")
    old = int(number) - _KEPT_VERSIONS
    if old < 1:
        return
    # a version that is gone already is fine for Step Functions
    aws.client("stepfunctions").delete_state_machine_version(stateMachineVersionArn=f"{arn}:{old}")


def _name(arn: str) -> str:
    return arn.rpartition(":")[2]

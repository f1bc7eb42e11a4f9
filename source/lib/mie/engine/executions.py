"""Executions: starting, reading, resuming and deleting runs of workflows."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from mie.core import configuration, lifecycle, statuses
from mie.core.copies import COPYING
from mie.core.definitions import Stamp
from mie.core.documents import Execution, Json, Workflow, WorkflowConfiguration
from mie.core.errors import (
    BadRequest,
    Changed,
    Conflict,
    Forbidden,
    NotFound,
    TooLarge,
)
from mie.core.executions import awaiting_copy, awaits_copy, new_execution
from mie.core.request_tokens import KEY, Begun, Named
from mie.engine import awaited_copies, cancellation, large_results
from mie.engine.once import Unsettled, once
from mie.engine.ports import ExecutionPorts
from mie.engine.records import existing, with_present
from mie.engine.undo import undone_by

# Of the data plane, which has then made nothing; a conflict may be that it is still at it.
_REFUSALS = (BadRequest, Forbidden, NotFound, TooLarge)


@dataclass(frozen=True)
class _Source:
    """The asset of an execution and its medium: media type -> {"S3Bucket", "S3Key"}.

    copying: what is being copied; None when the asset is whole. own: made for the execution.
    """

    asset_id: str
    media: Mapping[str, Json]
    copying: str | None
    own: bool


def create(
    ports: ExecutionPorts, request: Mapping[str, Any], named: Named | None = None
) -> Execution:
    """Queues a run of a workflow on a new asset or on one that exists.

    request: Name, Input with Media or AssetId, Configuration to lay over the workflow's. All of
    it is checked before an asset is made. named: how its caller named it. Raises BadRequest,
    NotFound for an unknown asset, Conflict when the asset has an active execution, a function was
    deleted or the name stands for another request.
    """
    plan = {"Id": ports.new_id(), "Created": str(ports.clock())}
    return once(ports.tokens, named, plan, partial(_create, ports, request, named))


def _create(
    ports: ExecutionPorts, request: Mapping[str, Any], named: Named | None, begun: Begun
) -> Execution:
    if begun.again and (made := ports.executions.get(begun.plan["Id"])) is not None:
        # whoever made it may have died before it sent the message; one that goes on had it
        if made["Status"] == statuses.QUEUED:
            _queue_unless_copying(ports, made)
        return made
    workflow = ports.workflows.get(request["Name"])
    if workflow is None:
        raise BadRequest(f"Name: Exception: workflow name '{request['Name']}' not found")
    overrides = request.get("Configuration", {})
    merged = configuration.for_execution(workflow["Stages"], overrides)
    check_functions(ports, workflow, merged)
    given = request["Input"]
    stamp = Stamp(begun.plan["Id"], begun.plan["Created"])
    if "AssetId" in given:
        source = _existing_asset(ports, given)
        execution = _made(workflow, source, overrides, stamp)
        ports.executions.create(execution)
    else:
        # the id of the execution names the asset that is made for it
        source = _new_asset(ports, given, None if named is None else stamp.id)
        if begun.again:
            _check_is_there(ports, source)
        execution = _made(workflow, source, overrides, stamp)
        with undone_by(lambda: ports.dataplane.delete_asset(source.asset_id)):
            ports.executions.create(execution)
    _queue_unless_copying(ports, execution)
    return execution


def _queue_unless_copying(ports: ExecutionPorts, execution: Execution) -> None:
    if not awaits_copy(execution):
        queue(ports, execution)


def resume(ports: ExecutionPorts, execution_id: str, stage: str) -> Json:
    """Lets an execution that waits in ``stage`` go on when a slot is free.

    Raises NotFound, BadRequest for a stage that it does not have, and Conflict when it does not
    wait there.
    """
    execution = existing(ports.executions, execution_id)
    if stage not in execution["Workflow"]["Stages"]:
        raise BadRequest(f"WaitingStageName: the execution has no stage '{stage}'")
    waits = lifecycle.may_become(execution["Status"], statuses.RESUMED)
    if not waits or execution["CurrentStage"] != stage or "Cancelled" in execution:
        # the wording that clients match on
        raise Conflict(
            "Workflow status is not 'Waiting' or Current stage doesn't match the request: it is "
            f"{execution['Status']} and stands at {execution['CurrentStage']}"
        )
    ports.executions.move(execution, statuses.RESUMED)
    resumed: Execution = {**execution, "Status": statuses.RESUMED}
    with undone_by(lambda: ports.executions.move(resumed, statuses.WAITING)):
        ports.queue.send(execution_id)
    ports.scheduler.wake()
    return {"Id": execution_id, "Status": statuses.RESUMED}


def delete(ports: ExecutionPorts, execution_id: str) -> Execution:
    """Stops an execution if it runs, and deletes its record. Raises NotFound."""

    def stop_and_delete(execution: Execution) -> Execution:
        if awaits_copy(execution):
            # which stops the copy, and is found again when this breaks
            with suppress(Conflict):
                cancellation.cancel(ports, execution_id)
            execution = existing(ports.executions, execution_id)
        if "StateMachineExecutionArn" in execution and not lifecycle.has_ended(execution):
            ports.machines.stop(execution["StateMachineExecutionArn"], "deleted by request")
        ports.executions.delete(execution)
        return execution

    deleted = with_present(ports.executions, execution_id, stop_and_delete)
    ports.scheduler.wake()
    whole = large_results.shown(ports.objects, deleted)
    large_results.forget(ports.objects, deleted)
    return whole


def queue(ports: ExecutionPorts, execution: Execution) -> None:
    """Sends the message of a queued execution, which ends in Error when that fails."""
    try:
        ports.queue.send(execution["Id"])
    except Exception as error:
        # the message may have arrived, whatever its sending said, and the execution have begun
        with suppress(Changed):
            ports.executions.move(execution, statuses.ERROR, message=f"Exception {error}")
        raise
    ports.scheduler.wake()


def check_functions(
    ports: ExecutionPorts, workflow: Workflow, configurations: WorkflowConfiguration
) -> None:
    """Raises Conflict when the execution would call a function that was deleted.

    workflow: the version that runs. configurations: of the stages that will run.
    """
    # workflows of earlier releases do not say what they call
    known = workflow.get("Functions", {})
    called = [
        (stage, operator, arn)
        for stage, operators in configurations.items()
        for operator, values in operators.items()
        if values["Enabled"]
        for arn in known.get(operator, ())
    ]
    missing = ports.functions.missing(sorted({arn for _, _, arn in called}))
    for stage, operator, arn in called:
        if arn in missing:
            off = {stage: {operator: {"Enabled": False}}}
            raise Conflict(
                f"the workflow '{workflow['Name']}' would call the operator '{operator}', whose "
                f"function {arn} was deleted after the workflow was built; PUT /workflow "
                f"{json.dumps({'Name': workflow['Name']})} builds it anew, once its stages name "
                f"operators that are there, or Configuration {json.dumps(off)} leaves it out"
            )


def _new_asset(ports: ExecutionPorts, given: Mapping[str, Any], token: str | None) -> _Source:
    media_type, location = _first_medium(given)
    for key in ("S3Bucket", "S3Key"):
        if not isinstance(location, dict) or not isinstance(location.get(key), str):
            raise BadRequest(f"Input.Media.{media_type}: Key '{key}' is required, a string")
    bucket, key = location["S3Bucket"], location["S3Key"]
    try:
        asset = ports.dataplane.create_asset(media_type, bucket, key, token)
    except _REFUSALS:
        raise
    except Exception as error:
        raise Unsettled(error) from error
    media = {media_type: _location(asset)}
    return _Source(asset["AssetId"], media, _copying(asset), own=True)


def _check_is_there(ports: ExecutionPorts, source: _Source) -> None:
    """Raises Conflict when whoever died before had taken the asset back."""
    try:
        ports.dataplane.get_asset(source.asset_id)
    except NotFound as error:
        raise Conflict(
            f"{KEY}: the asset that was made for this request is gone; send the request again"
        ) from error


def _existing_asset(ports: ExecutionPorts, given: Mapping[str, Any]) -> _Source:
    asset_id = given["AssetId"]
    try:
        asset = ports.dataplane.get_asset(asset_id)
    except NotFound as error:
        raise NotFound(f"Unable to retrieve asset: {asset_id}") from error
    media_type = next(iter(given.get("Media") or {}), None) or asset.get("MediaType")
    if media_type is None:
        raise BadRequest(
            f"Input.Media: the asset {asset_id} has no media type of its own, so the first key "
            "of Media must name it"
        )
    awaited_copies.check_asset(asset, asset_id)
    return _Source(asset_id, {media_type: _location(asset)}, _copying(asset), own=False)


def _made(
    workflow: Workflow, source: _Source, overrides: Mapping[str, Any], stamp: Stamp
) -> Execution:
    execution = new_execution(workflow, source.asset_id, source.media, overrides, stamp)
    if source.copying is None:
        return execution
    return awaiting_copy(execution, source.copying, own=source.own)


def _copying(asset: Json) -> str | None:
    return str(asset["Message"]) if asset.get("State") == COPYING else None


def _first_medium(given: Mapping[str, Any]) -> tuple[str, Any]:
    media = given.get("Media")
    if not media:
        raise BadRequest('Input must contain either "AssetId" or "Media"')
    media_type, location = next(iter(media.items()))
    return media_type, location


def _location(asset: Json) -> Json:
    return {"S3Bucket": asset["S3Bucket"], "S3Key": asset["S3Key"]}

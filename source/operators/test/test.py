"""Operators for tests of the engine: they finish or fail without any work.

What they return depends on their event alone, so that a test can follow metadata and media from
stage to stage. Configuration: OutputMediaType names another type for the medium they return;
TestCustomConfig is copied into the metadata.
"""

from typing import Any

from MediaInsightsEngineLambdaHelper import (
    MasExecutionError,
    MediaInsightsOperationHelper,
    Status,
)

Event = dict[str, Any]


def video_sync_ok_lambda_handler(event: Event, _context: object) -> Event:
    return finish(event, "Video")


def video_sync_fail_lambda_handler(event: Event, _context: object) -> Event:
    return fail(event, "Video")


def video_async_ok_lambda_handler(event: Event, _context: object) -> Event:
    return begin(event)


def video_async_ok_monitor_lambda_handler(event: Event, _context: object) -> Event:
    return finish(event, "Video")


def video_async_fail_monitor_lambda_handler(event: Event, _context: object) -> Event:
    return fail(event, "Video")


def audio_sync_ok_lambda_handler(event: Event, _context: object) -> Event:
    return finish(event, "Audio")


def audio_async_ok_lambda_handler(event: Event, _context: object) -> Event:
    return begin(event)


def audio_async_ok_monitor_lambda_handler(event: Event, _context: object) -> Event:
    return finish(event, "Audio")


def image_sync_ok_lambda_handler(event: Event, _context: object) -> Event:
    return finish(event, "Image")


def image_async_ok_lambda_handler(event: Event, _context: object) -> Event:
    return begin(event)


def image_async_ok_monitor_lambda_handler(event: Event, _context: object) -> Event:
    return finish(event, "Image")


def text_sync_ok_lambda_handler(event: Event, _context: object) -> Event:
    return finish(event, "Text")


def text_async_ok_lambda_handler(event: Event, _context: object) -> Event:
    return begin(event)


def text_async_ok_monitor_lambda_handler(event: Event, _context: object) -> Event:
    return finish(event, "Text")


def begin(event: Event) -> Event:
    """An asynchronous operator that has started its job."""
    operator = MediaInsightsOperationHelper(event)
    operator.update_workflow_status(Status.OPERATION_STATUS_EXECUTING)
    return operator.return_output_object()


def finish(event: Event, media_type: str) -> Event:
    """An operator that has made a medium and metadata."""
    operator = with_results(event, media_type)
    operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)
    return operator.return_output_object()


def fail(event: Event, media_type: str) -> Event:
    """An operator that returns the status Error instead of raising."""
    operator = with_results(event, media_type)
    operator.update_workflow_status(Status.OPERATION_STATUS_ERROR)
    operator.add_workflow_metadata_json({f"{operator.name}Error": "This operator always fails"})
    return operator.return_output_object()


def with_results(event: Event, media_type: str) -> MediaInsightsOperationHelper:
    """The operator with its medium and metadata. Raises MasExecutionError."""
    operator = MediaInsightsOperationHelper(event)
    name, configuration = operator.name, operator.configuration
    output_type = configuration.get("OutputMediaType", media_type)
    if not isinstance(output_type, str):
        operator.update_workflow_status(Status.OPERATION_STATUS_ERROR)
        operator.add_workflow_metadata(Message=f"OutputMediaType must be text, got {output_type}")
        raise MasExecutionError(operator.return_output_object())
    meta = {"Meta": f"Workflow metadata for {name}"}
    if "TestCustomConfig" in configuration:
        meta = {**meta, "TestCustomConfig": configuration["TestCustomConfig"]}
    operator.add_workflow_metadata_json({name: meta})
    operator.add_media_object(
        output_type, f"S3BucketFrom{name}", f"S3/Key/From/{name}/{media_type.lower()}"
    )
    return operator

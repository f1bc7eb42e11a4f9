"""GenericDataLookup: takes metadata that exists already from a JSON file in S3.

This is the operator to copy when you write one of your own. A handler checks what it got, does
its work, stores the result in the data plane and returns its operator object; what goes wrong is
raised as MasExecutionError, with the reason in the metadata under "<operator>Error".
"""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from MediaInsightsEngineLambdaHelper import (
    DataPlane,
    DataPlaneError,
    MasExecutionError,
    MediaInsightsOperationHelper,
    Status,
    aws_client,
)

_MEDIA_TYPES = ("Video", "Audio", "Image", "Text")


class LookupRefused(Exception):
    """The lookup cannot be done; the text says why, to the user who configured it."""


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """event: the operator object; its Configuration names Bucket and Key of a JSON object."""
    operator = MediaInsightsOperationHelper(event)
    try:
        bucket, key = data_file(operator)
        store(operator, read_object(bucket, key))
    except LookupRefused as error:
        operator.update_workflow_status(Status.OPERATION_STATUS_ERROR)
        operator.add_workflow_metadata(GenericDataLookupError=str(error))
        raise MasExecutionError(operator.return_output_object()) from error
    operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)
    # metadata is handed on to later stages; values are text and never empty
    operator.add_workflow_metadata(
        AssetId=operator.asset_id, WorkflowExecutionId=operator.workflow_execution_id
    )
    return operator.return_output_object()


def data_file(operator: MediaInsightsOperationHelper) -> tuple[str, str]:
    """Bucket and key of the data file, from the operator's configuration."""
    media = operator.input.get("Media", {})
    if not any(media_type in media for media_type in _MEDIA_TYPES):
        raise LookupRefused("No valid inputs")
    if not operator.configuration.get("Key"):
        raise LookupRefused("Missing S3 key for data file.")
    if not operator.configuration.get("Bucket"):
        raise LookupRefused("Missing S3 bucket for data file.")
    return operator.configuration["Bucket"], operator.configuration["Key"]


def read_object(bucket: str, key: str) -> dict[str, Any]:
    """The JSON object that the file holds."""
    try:
        body = aws_client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        metadata = json.loads(body)
    except (ClientError, BotoCoreError, ValueError) as error:
        raise LookupRefused(f"Unable read datafile. {error}") from error
    if not isinstance(metadata, dict):
        raise LookupRefused(f"Metadata must be of type dict. Found {type(metadata).__name__}.")
    return metadata


def store(operator: MediaInsightsOperationHelper, metadata: dict[str, Any]) -> None:
    """Makes the metadata the operator's result for this asset."""
    refused = f"Unable to upload metadata for asset: {operator.asset_id}"
    try:
        answer = DataPlane().store_asset_metadata(
            operator.asset_id, operator.name, operator.workflow_execution_id, metadata
        )
    except DataPlaneError as error:
        raise LookupRefused(f"{refused}: {error}") from error
    if answer.get("Status") != "Success":
        raise LookupRefused(f"{refused}: {answer.get('Message')}")

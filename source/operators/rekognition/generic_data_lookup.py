"""GenericDataLookup: takes metadata that exists already from a JSON file in S3.

This is the operator to copy when you write one of your own. A handler checks what it got, does
its work, stores the result in the data plane and sets the operator's status. What goes wrong it
raises as OperatorError, or as OperatorInputError where another attempt cannot help; the reason
then stands in the metadata under the key that operator_handler is given.
"""

import json
from typing import Any

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    OperatorInputError,
    Status,
    operator_handler,
    read_object,
    store_results,
)

_MEDIA_TYPES = ("Video", "Audio", "Image", "Text")


@operator_handler("GenericDataLookupError")
def lambda_handler(operator: MediaInsightsOperationHelper) -> None:
    """The operator's Configuration names Bucket and Key of a JSON object."""
    bucket, key = data_file(operator)
    store_results(operator, operator.name, read_metadata(bucket, key))
    # metadata is handed on to later stages; values are text and never empty
    operator.add_workflow_metadata(
        AssetId=operator.asset_id, WorkflowExecutionId=operator.workflow_execution_id
    )
    operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)


def data_file(operator: MediaInsightsOperationHelper) -> tuple[str, str]:
    """Bucket and key of the data file, from the operator's configuration."""
    if operator.input_medium(*_MEDIA_TYPES) is None:
        raise OperatorInputError("No valid inputs")
    if not operator.configuration.get("Key"):
        raise OperatorInputError("Missing S3 key for data file.")
    if not operator.configuration.get("Bucket"):
        raise OperatorInputError("Missing S3 bucket for data file.")
    return operator.configuration["Bucket"], operator.configuration["Key"]


def read_metadata(bucket: str, key: str) -> dict[str, Any]:
    """The JSON object that the file holds."""
    content = read_object(bucket, key, "Unable read datafile.")
    try:
        metadata = json.loads(content)
    except ValueError as error:
        raise OperatorInputError(f"Unable read datafile. {error}") from error
    if not isinstance(metadata, dict):
        raise OperatorInputError(f"Metadata must be of type dict. Found {type(metadata).__name__}.")
    return metadata

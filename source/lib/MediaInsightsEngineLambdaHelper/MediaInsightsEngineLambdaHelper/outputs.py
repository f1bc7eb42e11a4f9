"""What an operator returns, and what it raises when it fails."""

import json
from collections.abc import Mapping
from typing import Any

from mie.core import assets

from .status import Status

# Step Functions keeps 32,768 characters of a failure's cause, where every quote is escaped.
_LONGEST_TEXT = 16_000
# Step Functions takes results of 262,144 bytes, and ends an execution that has a larger one.
_LARGEST_OUTPUT = 250_000


class MasExecutionError(Exception):
    """An operator failed; its one argument is the operator's output object.

    The state machines know the class by its name. The text is the output object as JSON, because
    text is all that Lambda hands on of an exception.
    """

    def __str__(self) -> str:
        if len(self.args) != 1:
            return super().__str__()
        text = _to_json(self.args[0])
        if len(text) > _LONGEST_TEXT and isinstance(self.args[0], dict):
            # what the engine knows anyway
            known = ("Input", "Configuration")
            return _to_json({key: self.args[0][key] for key in self.args[0] if key not in known})
        return text


class MasInputError(MasExecutionError):
    """The same where trying again cannot help.

    State machines retry the class name MasExecutionError, and catch every other one at once.
    """


class MediaInsightsOperationHelper:
    """An operator's event, and the output that grows out of it."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        """event: the operator object. Raises KeyError when it lacks one of the keys read here."""
        self.name: str = event["Name"]
        self.asset_id: str = event["AssetId"]
        self.workflow_execution_id: str = event["WorkflowExecutionId"]
        # Media: media type -> {"S3Bucket", "S3Key"}; MetaData: what earlier stages returned
        self.input: dict[str, Any] = event["Input"]
        self.configuration: dict[str, Any] = event["Configuration"]
        # machines of earlier versions say no attempt, and keep nothing of it back from the results
        self._said = {key: event[key] for key in ("Attempt",) if key in event}
        # which attempt of the execution this is, from 1
        self.attempt: int = self._said.get("Attempt", 1)
        self.status: str = event["Status"]
        self.metadata: dict[str, Any] = {**event.get("MetaData", {})}
        self.media: dict[str, dict[str, str]] = {**event.get("Media", {})}
        self.base_s3_key = "private/media/"

    def workflow_info(self) -> dict[str, str]:
        return {"AssetId": self.asset_id, "WorkflowExecutionId": self.workflow_execution_id}

    def input_medium(self, *media_types: str) -> dict[str, str] | None:
        """{"S3Bucket", "S3Key"} of the first of these media that the input has, or None."""
        media = self.input.get("Media") or {}
        locations = (media.get(media_type) or {} for media_type in media_types)
        return next((one for one in locations if one.get("S3Bucket") and one.get("S3Key")), None)

    def input_metadata(self, key: str) -> Any:
        """What an earlier stage has said under this key, or None."""
        return (self.input.get("MetaData") or {}).get(key)

    def media_folder(self) -> str:
        """Where what this execution makes belongs in the data plane's bucket; ends in a slash.

        It is what DataPlane.generate_media_storage_path answers, without a call.
        """
        return assets.workflow_prefix(self.asset_id, self.workflow_execution_id)

    def update_workflow_status(self, status: str) -> None:
        """status: one of Status.OPERATION_STATUS_…"""
        self.status = status

    def skip(self, reason: str) -> None:
        """Leaves the operator Skipped: nothing failed, and there is nothing to do.

        reason: one sentence for people, under <name>Skipped in the metadata.
        """
        self.update_workflow_status(Status.OPERATION_STATUS_SKIPPED)
        self.metadata[f"{self.name}Skipped"] = reason

    def add_workflow_metadata(self, **kwargs: Any) -> None:
        """Hands values on to later stages; they should be text, and not empty."""
        self.metadata.update(kwargs)

    def add_workflow_metadata_json(self, json_metadata: Mapping[str, Any]) -> None:
        """The same for keys that are no Python names."""
        self.metadata.update(json_metadata)

    def add_media_object(self, media_type: str, s3_bucket: str, s3_key: str) -> None:
        """Hands a new object on to later stages; media_type: Video, Audio, Image or Text."""
        self.media[media_type] = {"S3Bucket": s3_bucket, "S3Key": s3_key}

    def return_output_object(self) -> dict[str, Any]:
        """Raises MasInputError when it is more than Step Functions can take."""
        return _checked(
            {
                "Name": self.name,
                "AssetId": self.asset_id,
                "WorkflowExecutionId": self.workflow_execution_id,
                **self._said,
                "Input": self.input,
                "Configuration": self.configuration,
                "Status": self.status,
                "MetaData": self.metadata,
                "Media": self.media,
            }
        )


class OutputHelper:
    """The short form of an output.

    It names neither asset nor execution: an asynchronous operator that returns it puts AssetId
    and WorkflowExecutionId into its metadata, because its monitor gets nothing else. Make it
    inside the handler; one that outlives an invocation mixes two assets.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.status = ""
        self.metadata: dict[str, Any] = {}
        self.media: dict[str, dict[str, str]] = {}

    def update_workflow_status(self, status: str) -> None:
        """status: one of Status.OPERATION_STATUS_…"""
        self.status = status

    def add_workflow_metadata(self, **kwargs: Any) -> None:
        """Hands values on to later stages; they should be text, and not empty."""
        self.metadata.update(kwargs)

    def add_media_object(self, media_type: str, s3_bucket: str, s3_key: str) -> None:
        """Hands a new object on to later stages; media_type: Video, Audio, Image or Text."""
        self.media[media_type] = {"S3Bucket": s3_bucket, "S3Key": s3_key}

    def return_output_object(self) -> dict[str, Any]:
        """Raises MasInputError when it is more than Step Functions can take."""
        return _checked(
            {
                "Name": self.name,
                "Status": self.status,
                "MetaData": self.metadata,
                "Media": self.media,
            }
        )


def _checked(output: dict[str, Any]) -> dict[str, Any]:
    size = len(_to_json(output))
    if size <= _LARGEST_OUTPUT:
        return output
    reason = (
        f"the result has {size} bytes, {_LARGEST_OUTPUT} are possible: store it with the data "
        "plane (DataPlane.store_asset_metadata) and return where it is"
    )
    small = {"MetaData": {f"{output['Name']}Error": reason}, "Media": {}, "Status": "Error"}
    raise MasInputError({"Name": output["Name"], **small})


def _to_json(value: Any) -> str:
    # a value that JSON does not know costs its type, not the whole report
    return json.dumps(value, default=str)

"""ComprehendEntities and ComprehendKeyPhrases: start the job that reads a text."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from analysis_jobs import has_failed
from botocore.exceptions import BotoCoreError, ClientError
from text_analyses import EMPTY_INPUT, ENTITIES, KEY_PHRASES, LANGUAGES, Analysis

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    OperatorError,
    OperatorInputError,
    Status,
    aws_client,
    dominant_language,
    is_refused,
    language_name,
    not_read,
    object_size,
    operator_handler,
    read_object,
    request_tokens,
    started_job,
    unread,
)

# Enough to tell a language; the service takes 100 KB, and asks for money by the character.
_SAMPLE_BYTES = 2_000
_REFUSALS = frozenset(
    {
        "InvalidRequestException",
        "KmsKeyValidationException",
        "ResourceNotFoundException",
        "ValidationException",
    }
)


def start(analysis: Analysis, operator: MediaInsightsOperationHelper) -> None:
    """Leaves the operator Executing with the job's id, or Complete for an empty text.

    Raises OperatorError; OperatorSkipped for a language that nobody has chosen and Comprehend does
    not read; ServiceIsFull, as long as the account has as many jobs as it may.
    """
    bucket, key = text_file(operator)
    operator.add_workflow_metadata(**operator.workflow_info())
    if object_size(bucket, key) == 0:
        operator.add_workflow_metadata_json({analysis.job_id_key: EMPTY_INPUT})
        operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)
        return
    asked = request(analysis, operator, bucket, key)

    def begin(token: str) -> str:
        call = getattr(aws_client("comprehend"), analysis.start_call)
        return str(call(**asked, ClientRequestToken=token)["JobId"])

    with _answered(operator, asked["LanguageCode"]):
        job = started_job(request_tokens(operator, asked), begin, partial(has_failed, analysis))
    operator.add_workflow_metadata_json(
        {
            analysis.job_id_key: job,
            analysis.output_key: asked["OutputDataConfig"]["S3Uri"],
        }
    )
    operator.update_workflow_status(Status.OPERATION_STATUS_EXECUTING)


start_entity_detection = operator_handler("comprehend_error")(partial(start, ENTITIES))
start_key_phrases = operator_handler("comprehend_error")(partial(start, KEY_PHRASES))


def text_file(operator: MediaInsightsOperationHelper) -> tuple[str, str]:
    """Bucket and key of the plain text: the medium, or what a transcript names.

    Raises OperatorError.
    """
    place = operator.input_medium("Text")
    if place is None:
        raise OperatorInputError("No valid inputs")
    bucket, key = place["S3Bucket"], place["S3Key"]
    if key.rpartition(".")[2].lower() != "json":
        return bucket, key
    failed = f"Unable to read the text of s3://{bucket}/{key}"
    try:
        named = json.loads(read_object(bucket, key, f"{failed}:"))["TextTranscriptUri"]
        return named["S3Bucket"], named["S3Key"]
    except (ValueError, KeyError, TypeError) as error:
        raise OperatorInputError(
            f"{failed}: it is no transcript that names its text in TextTranscriptUri ({error!r})"
        ) from error


def request(
    analysis: Analysis, operator: MediaInsightsOperationHelper, bucket: str, key: str
) -> dict[str, Any]:
    """The request without its token, the same for the same event. Raises OperatorError."""
    folder = f"s3://{os.environ['DATAPLANE_BUCKET']}/{operator.media_folder()}"
    output = {"S3Uri": f"{folder}{analysis.folder}"}
    kms_key = operator.configuration.get("KmsKeyId") or os.environ.get("KmsId")  # noqa: SIM112
    return {
        "InputDataConfig": {"S3Uri": f"s3://{bucket}/{key}", "InputFormat": "ONE_DOC_PER_FILE"},
        "OutputDataConfig": {**output, **({"KmsKeyId": kms_key} if kms_key else {})},
        **({"VolumeKmsKeyId": kms_key} if kms_key else {}),
        "DataAccessRoleArn": os.environ["comprehendRole"],  # noqa: SIM112 - the contract's spelling
        "JobName": operator.workflow_execution_id,
        "LanguageCode": language_of(analysis, operator, bucket, key),
    }


def language_of(
    analysis: Analysis, operator: MediaInsightsOperationHelper, bucket: str, key: str
) -> str:
    """What is configured, else what was spoken, else what the service finds.

    Raises OperatorInputError for a configured language in which nothing can be found,
    OperatorSkipped for another such one.
    """
    code = (
        _chosen_language(operator)
        or operator.input_metadata("TranscribeSourceLanguage")
        or _found_language(operator, bucket, key)
    )
    # zh-TW is a language of the service, en-US is not
    known = [one for one in (str(code), str(code).partition("-")[0]) if one in LANGUAGES]
    if not known:
        raise unread(
            f"Comprehend finds no {analysis.what} in {language_name(str(code))}, but in "
            f"{', '.join(LANGUAGES)}",
            chosen=bool(_chosen_language(operator)),
        )
    return known[0]


def _chosen_language(operator: MediaInsightsOperationHelper) -> Any:
    return operator.configuration.get("LanguageCode")


def _found_language(operator: MediaInsightsOperationHelper, bucket: str, key: str) -> str:
    """The likeliest language of the beginning of a text. Raises OperatorError, OperatorSkipped."""
    try:
        file = aws_client("s3").get_object(
            Bucket=bucket, Key=key, Range=f"bytes=0-{_SAMPLE_BYTES - 1}"
        )
        # the last character may be cut
        sample = file["Body"].read().decode(errors="ignore")
    except (ClientError, BotoCoreError) as error:
        raise OperatorError(f"Unable to read s3://{bucket}/{key}: {error}") from error
    with _answered(operator):
        return dominant_language(sample)


@contextmanager
def _answered(operator: MediaInsightsOperationHelper, language: str = "") -> Iterator[None]:
    """Raises OperatorError, or OperatorSkipped, for what the service answers in the `with`.

    language: that it is asked to read.
    """
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        chosen = bool(_chosen_language(operator))
        refusal = not_read(error, "Comprehend", language, chosen=chosen)
        if refusal is not None:
            raise refusal from error
        kind = OperatorInputError if is_refused(error, _REFUSALS) else OperatorError
        raise kind(f"Unable to get response from comprehend: {error}") from error

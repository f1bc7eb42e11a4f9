"""ComprehendEntities and ComprehendKeyPhrases: ask for the job, and store what it has found."""

import json
from functools import partial
from typing import Any

import job_output
from text_analyses import EMPTY_INPUT, ENTITIES, KEY_PHRASES, Analysis

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    OperatorError,
    OperatorInputError,
    Status,
    aws_client,
    monitor_handler,
    store_results,
)

_ENDED_BADLY = frozenset({"FAILED", "STOP_REQUESTED", "STOPPED"})


def check(analysis: Analysis, operator: MediaInsightsOperationHelper) -> None:
    """Leaves the operator Executing, or Complete with what was found stored.

    Raises OperatorError, ClientError, BotoCoreError.
    """
    job_id = operator.metadata.get(analysis.job_id_key)
    if not job_id:
        raise OperatorInputError("No valid job id")
    if job_id == EMPTY_INPUT:
        operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)
        return
    job = describe(analysis, job_id)
    status = job["JobStatus"]
    if status in ("SUBMITTED", "IN_PROGRESS"):
        operator.update_workflow_status(Status.OPERATION_STATUS_EXECUTING)
        return
    if status in _ENDED_BADLY:
        # to ask again changes nothing
        raise OperatorInputError(f"comprehend returned as failed: {job.get('Message') or status}")
    if status != "COMPLETED":
        raise OperatorError(f"comprehend returned as failed: the job {job_id} is {status}")
    output = job["OutputDataConfig"]["S3Uri"]
    results = job_output.read(output)
    if (reason := failure(results)) is not None:
        raise OperatorInputError(f"comprehend returned as failed: {reason}")
    found = {"LanguageCode": job["LanguageCode"], "Results": results}
    store_results(operator, analysis.store_key, found)
    operator.add_workflow_metadata(output_uri=output)
    operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)


get_entity_detection = monitor_handler("comprehend_error")(partial(check, ENTITIES))
get_key_phrases = monitor_handler("comprehend_error")(partial(check, KEY_PHRASES))


def describe(analysis: Analysis, job_id: str) -> dict[str, Any]:
    """The job of this very id: names of jobs are not unique."""
    answer = getattr(aws_client("comprehend"), analysis.describe_call)(JobId=job_id)
    job: dict[str, Any] = answer[analysis.properties]
    return job


def has_failed(analysis: Analysis, job_id: str) -> bool:
    """Whether the job gives no result, also of one that the service has forgotten.

    Raises OperatorError, ClientError, BotoCoreError.
    """
    client = aws_client("comprehend")
    try:
        job = describe(analysis, job_id)
    except client.exceptions.JobNotFoundException:
        return True
    if job["JobStatus"] == "COMPLETED":
        return failure(job_output.read(job["OutputDataConfig"]["S3Uri"])) is not None
    return job["JobStatus"] in _ENDED_BADLY


def failure(results: list[str]) -> str | None:
    """A job is completed also when its one document could not be read; then a line says so."""
    for line in (line for text in results for line in text.splitlines()):
        try:
            about = json.loads(line)
        except ValueError:
            continue
        if isinstance(about, dict) and "ErrorCode" in about:
            return str(about.get("ErrorMessage") or about["ErrorCode"])
    return None

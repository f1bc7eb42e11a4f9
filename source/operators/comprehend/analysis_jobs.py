"""The jobs of Amazon Comprehend, as the start and the check of an operator find them."""

import json
from typing import Any

import job_output
from text_analyses import Analysis

from MediaInsightsEngineLambdaHelper import aws_client

ENDED_BADLY = frozenset({"FAILED", "STOP_REQUESTED", "STOPPED"})


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
    return job["JobStatus"] in ENDED_BADLY


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

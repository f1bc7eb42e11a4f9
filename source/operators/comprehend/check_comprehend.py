"""ComprehendEntities and ComprehendKeyPhrases: ask for the job, and store what it has found."""

from functools import partial

import job_output
from analysis_jobs import ENDED_BADLY, describe, failure
from start_comprehend import start
from text_analyses import EMPTY_INPUT, ENTITIES, KEY_PHRASES, Analysis

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    OperatorError,
    OperatorInputError,
    Status,
    monitor_handler,
    store_results,
)


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
    if status in ENDED_BADLY:
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


get_entity_detection = monitor_handler("comprehend_error", partial(start, ENTITIES))(
    partial(check, ENTITIES)
)
get_key_phrases = monitor_handler("comprehend_error", partial(start, KEY_PHRASES))(
    partial(check, KEY_PHRASES)
)

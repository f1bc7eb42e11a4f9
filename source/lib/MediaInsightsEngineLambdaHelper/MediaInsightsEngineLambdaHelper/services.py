"""What operators have in common that ask an AWS service for something."""

import hashlib
import json
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from mie.adapters import service_errors
from mie.aws import client as aws_client
from mie.core.transfers import LARGEST_RESULT

from .handlers import OperatorError, OperatorInputError, ServiceIsFull
from .outputs import MediaInsightsOperationHelper

Job = TypeVar("Job")

# Language codes of Amazon Translate -> those of Polly (specification 14.6, and what has voices
# since then).
SPOKEN_LANGUAGES: Mapping[str, str] = {
    "ar": "arb",
    "ca": "ca-ES",
    "cs": "cs-CZ",
    "cy": "cy-GB",
    "da": "da-DK",
    "de": "de-DE",
    "en": "en-GB",
    "es": "es-ES",
    "es-MX": "es-MX",
    "fi": "fi-FI",
    "fr": "fr-FR",
    "fr-CA": "fr-CA",
    "hi": "hi-IN",
    "is": "is-IS",
    "it": "it-IT",
    "ja": "ja-JP",
    "ko": "ko-KR",
    "nl": "nl-NL",
    "no": "nb-NO",
    "pl": "pl-PL",
    "pt": "pt-PT",
    "pt-PT": "pt-PT",
    "ro": "ro-RO",
    "ru": "ru-RU",
    "sv": "sv-SE",
    "tr": "tr-TR",
    "zh": "cmn-CN",
    "zh-TW": "cmn-CN",
}


def put_text(
    operator: MediaInsightsOperationHelper, name: str, text: str, content_type: str = "text/plain"
) -> dict[str, str]:
    """Writes a text among the execution's files; {"S3Bucket", "S3Key"} of it. Raises ClientError.

    name: of the file, below operator.media_folder().
    """
    place = {
        "S3Bucket": os.environ["DATAPLANE_BUCKET"],
        "S3Key": f"{operator.media_folder()}{name}",
    }
    aws_client("s3").put_object(
        Bucket=place["S3Bucket"],
        Key=place["S3Key"],
        # half a character, which JSON can spell, is no text
        Body=text.encode(errors="replace"),
        ContentType=f"{content_type}; charset=utf-8",
    )
    return place


def read_object(bucket: str, key: str, said: str, most: int = LARGEST_RESULT) -> bytes:
    """The bytes of an object in S3, such as a result that an earlier stage has stored.

    said: how the text of an error begins. Raises OperatorError, OperatorInputError for an object
    of more than ``most`` bytes, which a function's memory may not have.
    """
    s3 = aws_client("s3")
    try:
        answer = s3.get_object(Bucket=bucket, Key=key)
        if answer["ContentLength"] > most:
            raise OperatorInputError(f"{said} It has more than {most} bytes")
        content: bytes = answer["Body"].read()
    except s3.exceptions.NoSuchKey as error:
        raise OperatorError(f"{said} s3://{bucket}/{key} does not exist") from error
    except (ClientError, BotoCoreError) as error:
        raise OperatorError(f"{said} {error}") from error
    return content


def object_size(bucket: str, key: str) -> int:
    """The bytes of an object in S3. Raises OperatorError."""
    try:
        size: int = aws_client("s3").head_object(Bucket=bucket, Key=key)["ContentLength"]
    except (ClientError, BotoCoreError) as error:
        raise OperatorError(f"Unable to read s3://{bucket}/{key}: {error}") from error
    return size


def request_token(operator: MediaInsightsOperationHelper, *request: Any) -> str:
    """A token with which a service gives the job that is there to a start that comes again.

    request: what is asked, as JSON, because an operator may stand in two stages of a workflow.
    64 hexadecimal characters, which every service takes.
    """
    job = [operator.asset_id, operator.workflow_execution_id, operator.name, *request]
    return hashlib.sha256(json.dumps(job, sort_keys=True).encode()).hexdigest()


def request_tokens(operator: MediaInsightsOperationHelper, *request: Any) -> list[str]:
    """A token for each attempt of the execution up to this one; the first is request_token's."""
    later = range(2, operator.attempt + 1)
    return [
        request_token(operator, *request),
        *(request_token(operator, *request, attempt) for attempt in later),
    ]


def started_job(
    tokens: Sequence[str], start: Callable[[str], Job], has_failed: Callable[[Job], bool]
) -> Job:
    """The job of this attempt, or that of an earlier one that runs or has succeeded.

    tokens: one for each attempt, in order. start: gives the job that has the token, started where
    there was none. The job of the last token is taken as it is: what fails at once is not started
    again by a start that comes again within the attempt. Raises ServiceIsFull.
    """
    *earlier, present = tokens
    for token in earlier:
        job = job_or_wait(partial(start, token))
        if not has_failed(job):
            return job
    return job_or_wait(partial(start, present))


def job_or_wait(start: Callable[[], Job]) -> Job:
    """The job that start gives. Raises ServiceIsFull where the service takes none at present."""
    try:
        return start()
    except ClientError as error:
        if not service_errors.has_no_place(error):
            raise
        raise ServiceIsFull(str(error)) from error


def noted_job(operator: MediaInsightsOperationHelper, token: str, start: Callable[[], str]) -> str:
    """The id of the job that has the token, of a service that takes none or soon forgets it.

    The id is noted among the execution's files. Between its start and the note a job can still be
    lost, where the service takes no token. Raises ClientError.
    """
    name = f"jobs/{token}"
    noted = _text_of(f"{operator.media_folder()}{name}")
    if noted is not None:
        return noted
    job = start()
    put_text(operator, name, job)
    return job


def _text_of(key: str) -> str | None:
    """The text of an object of the data plane's bucket; None needs s3:ListBucket of the role."""
    s3 = aws_client("s3")
    try:
        answer = s3.get_object(Bucket=os.environ["DATAPLANE_BUCKET"], Key=key)
    except s3.exceptions.NoSuchKey:
        return None
    return str(answer["Body"].read().decode())


def is_refused(error: Exception, codes: Collection[str]) -> bool:
    """Whether the same request cannot succeed later: raise OperatorInputError then.

    codes: by which the service says so. What the SDK itself does not send is refused, too.
    """
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"] in codes
    return isinstance(error, ParamValidationError)

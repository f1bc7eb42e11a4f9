"""Jobs over documents in S3: started, described, listed, stopped, and done."""

import io
import json
import logging
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from analysis.comprehend import limits
from analysis.comprehend.detections import Detection
from analysis.context import Context
from analysis.faults import ServiceError
from analysis.jobs import Job, JobFailed
from analysis.language.readers import Readers
from analysis.language.text_jobs import list_jobs, output_folder, status_of_stop
from analysis.local_stack import REGION
from analysis.objects import Listed, ObjectTooLarge, ObjectUnavailable, Place, parse_s3_uri

LOG = logging.getLogger(__name__)

Request = Mapping[str, Any]
Answer = Mapping[str, Any]

_STATUS = {"SUCCEEDED": "COMPLETED"}
_TIMES = ("SubmitTimeAfter", "SubmitTimeBefore")
_PER_LINE = "ONE_DOC_PER_LINE"
# what only the service's own models do
_REFUSED = ("EntityRecognizerArn", "FlywheelArn")


def functions(
    detection: Detection, readers: Readers, context: Context
) -> dict[str, Callable[[Request], Answer]]:
    """The four operations of one kind of job, by name; the work is registered on the way."""
    kind = f"comprehend-{detection.job}"
    context.jobs.register(kind, lambda job: _work(detection, readers, context, job))

    def properties(job: Job) -> Answer:
        return _properties(detection, job)

    def start(request: Request) -> Answer:
        return _start(detection, readers, context, kind, request)

    def describe(request: Request) -> Answer:
        job = _found(context.jobs.get(kind, request["JobId"]), request)
        return {f"{detection.job}Properties": properties(job)}

    def listed(request: Request) -> Answer:
        shown, more = list_jobs(context.jobs, kind, request, properties, _TIMES)
        return {f"{detection.job}PropertiesList": shown, **more}

    def stop(request: Request) -> Answer:
        before = _found(context.jobs.get(kind, request["JobId"]), request)
        after = _found(context.jobs.stop(kind, before.id), request)
        status = status_of_stop(before, after, _status(after))
        return {"JobId": after.id, "JobStatus": status}

    return {
        f"Start{detection.job}": start,
        f"Describe{detection.job}": describe,
        f"List{detection.job}s": listed,
        f"Stop{detection.job}": stop,
    }


def _start(
    detection: Detection, readers: Readers, context: Context, kind: str, request: Request
) -> Answer:
    refused = [name for name in _REFUSED if name in request]
    if refused:
        raise _invalid(f"{', '.join(refused)} cannot be used with the local analysis")
    if detection.require is not None:
        detection.require(readers, request["LanguageCode"])
    token = request.get("ClientRequestToken")
    job = context.jobs.start(
        kind,
        {name: value for name, value in request.items() if name != "ClientRequestToken"},
        token=token,
        name=request.get("JobName"),
        at_once=limits.MOST_JOBS,
        too_many=ServiceError(
            "TooManyRequestsException", f"At most {limits.MOST_JOBS} jobs of a kind may be active"
        ),
        mismatch="InvalidRequestException",
    )
    return {"JobId": job.id, "JobArn": _arn(detection, job), "JobStatus": _status(job)}


def _found(job: Job | None, request: Request) -> Job:
    if job is None:
        raise ServiceError("JobNotFoundException", f"There is no job {request['JobId']}")
    return job


def _properties(detection: Detection, job: Job) -> Answer:
    kept = ("InputDataConfig", "LanguageCode", "DataAccessRoleArn", "VolumeKmsKeyId", "VpcConfig")
    output = {**job.request["OutputDataConfig"], "S3Uri": _output(detection, job).uri}
    return {
        **{name: job.request[name] for name in kept if name in job.request},
        "OutputDataConfig": output,
        "JobId": job.id,
        "JobArn": _arn(detection, job),
        "JobName": job.name,
        "JobStatus": _status(job),
        "SubmitTime": job.created,
        **({"Message": job.message} if job.message else {}),
        **({"EndTime": job.ended} if job.ended is not None else {}),
    }


def _status(job: Job) -> str:
    return _STATUS.get(job.status, job.status)


def _arn(detection: Detection, job: Job) -> str:
    # `EntitiesDetectionJob` is `entities-detection-job` in names of resources
    name = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in detection.job)
    _, partition, _, _, account, _ = job.request["DataAccessRoleArn"].split(":", 5)
    return f"arn:{partition}:comprehend:{REGION}:{account}:{name.lstrip('-')}/{job.id}"


def _output(detection: Detection, job: Job) -> Place:
    folder = output_folder(job, detection.label)
    return Place(folder.bucket, f"{folder.key}output/output.tar.gz")


def _work(detection: Detection, readers: Readers, context: Context, job: Job) -> Answer:
    """Read all documents; the archive is written line by line and sent when it is whole."""
    language = job.request.get("LanguageCode", "")
    counted = 0
    with tempfile.TemporaryDirectory(prefix="mie-comprehend-") as scratch:
        lines = Path(scratch) / "output"
        with lines.open("w", encoding="utf-8") as file:
            for facts, document in _documents(detection, context, job, Path(scratch)):
                context.jobs.go_on(job)
                found = (
                    detection.read(readers, document, language)
                    if isinstance(document, str)
                    else document
                )
                file.write(json.dumps({**found, **facts}, ensure_ascii=False) + "\n")
                counted += 1
        archive = Path(scratch) / "output.tar.gz"
        with tarfile.open(archive, "w:gz") as members:
            members.add(lines, "output")
        place = _output(detection, job)
        try:
            context.objects.put(place.bucket, place.key, archive, "application/gzip")
        except ObjectUnavailable as error:
            raise JobFailed(f"The output cannot be written: {error}") from error
    return {"Documents": counted}


def _documents(
    detection: Detection, context: Context, job: Job, scratch: Path
) -> Iterator[tuple[Answer, str | Answer]]:
    """What says where a document is from, and its text, or the members that say what is wrong."""
    settings = job.request["InputDataConfig"]
    per_line = settings.get("InputFormat", _PER_LINE) == _PER_LINE
    place = parse_s3_uri(settings["S3Uri"])
    largest = detection.largest_in_job
    for listed in _inputs(context, place):
        name = {"File": listed.key.rpartition("/")[2]}
        if not per_line and listed.size > largest:
            yield name, _too_large(largest)
            continue
        path = scratch / "input"
        try:
            context.objects.download(place.bucket, listed.key, path, limits.LARGEST_FILE)
        except ObjectTooLarge:
            yield name, _too_large(limits.LARGEST_FILE)
            continue
        except ObjectUnavailable as error:
            raise JobFailed(f"The input cannot be read: {error}") from error
        if not per_line:
            yield name, _text(path.read_bytes(), largest)
            continue
        with path.open("rb") as file:
            for number, line in enumerate(_lines(file, largest)):
                yield {**name, "Line": number}, _text(line, largest)


def _lines(file: io.BufferedReader, largest: int) -> Iterator[bytes]:
    """Lines without their ends; one that is far too long is cut behind the limit."""
    while line := file.readline(largest + 2):
        rest = line
        while len(rest) == largest + 2 and not rest.endswith(b"\n"):
            rest = file.readline(largest + 2)
        yield line.rstrip(b"\r\n")


def _inputs(context: Context, place: Place) -> list[Listed]:
    try:
        found = context.objects.list(place.bucket, place.key)
    except ObjectUnavailable as error:
        raise JobFailed(f"The input cannot be read: {error}") from error
    # consoles make empty objects that stand for folders
    found = [one for one in found if not one.key.endswith("/")]
    if not found:
        raise JobFailed(f"There is no document at {place.uri}")
    if len(found) > limits.MOST_DOCUMENTS:
        raise JobFailed(f"There are more than {limits.MOST_DOCUMENTS} documents at {place.uri}")
    if sum(one.size for one in found) > limits.LARGEST_INPUT:
        raise JobFailed(f"The documents at {place.uri} have more than {limits.LARGEST_INPUT} bytes")
    return found


def _text(content: bytes, largest: int) -> str | Answer:
    if len(content) > largest:
        return _too_large(largest)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _refused("INVALID_ENCODING", "The document is not UTF-8 text")
    return text if text.strip() else _refused("EMPTY_DOCUMENT", "The document has no text")


def _too_large(largest: int) -> Answer:
    message = f"Document size exceeds document size limit: {largest} bytes"
    return _refused("DOCUMENT_SIZE_EXCEEDED", message)


def _refused(code: str, message: str) -> Answer:
    return {"ErrorCode": code, "ErrorMessage": message}


def _invalid(message: str) -> ServiceError:
    return ServiceError("InvalidRequestException", message)

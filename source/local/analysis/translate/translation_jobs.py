"""Jobs over documents in S3: started, described, listed, stopped, and done."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.context import Context
from analysis.faults import ServiceError
from analysis.jobs import Job, JobFailed
from analysis.language.text_jobs import list_jobs, output_folder, status_of_stop
from analysis.objects import ObjectTooLarge, ObjectUnavailable, Place, parse_s3_uri
from analysis.translate import limits
from analysis.translate.parallel_data import ParallelData
from analysis.translate.segments import CONTENT_TYPES
from analysis.translate.terminologies import Terminologies
from analysis.translate.translation import AUTO, Translation, Translators

LOG = logging.getLogger(__name__)

Request = Mapping[str, Any]
Answer = Mapping[str, Any]

_KIND = "translate-text"
_TIMES = ("SubmittedAfterTime", "SubmittedBeforeTime")


@dataclass
class _Tally:
    """How one target language of a job went."""

    target: str
    translated: int = 0
    characters: int = 0
    details: list[Answer] = field(default_factory=list)

    @property
    def failed(self) -> int:
        return len(self.details) - self.translated


class TranslationJobs:
    """The four operations on jobs, and the work."""

    def __init__(
        self,
        context: Context,
        translators: Translators,
        terminologies: Terminologies,
        parallel_data: ParallelData,
    ) -> None:
        self._context = context
        self._translators = translators
        self._terminologies = terminologies
        self._parallel_data = parallel_data
        context.jobs.register(_KIND, self._work)

    def operations(self) -> dict[str, Callable[[Request], Answer]]:
        return {
            "StartTextTranslationJob": self._start,
            "DescribeTextTranslationJob": self._describe,
            "ListTextTranslationJobs": self._list,
            "StopTextTranslationJob": self._stop,
        }

    def _start(self, request: Request) -> Answer:
        targets, source = request["TargetLanguageCodes"], request["SourceLanguageCode"]
        if len(set(targets)) < len(targets) or len(targets) > limits.MOST_TARGETS:
            raise _invalid(
                f"TargetLanguageCodes must be up to {limits.MOST_TARGETS} different languages"
            )
        if request["InputDataConfig"]["ContentType"] not in CONTENT_TYPES:
            raise _invalid(f"ContentType must be one of {', '.join(CONTENT_TYPES)} here")
        for target in targets:
            if source == AUTO:
                self._translators.require_target(target)
            else:
                self._translators.require(source, target)
        self._terminologies.require(request.get("TerminologyNames", ()))
        self._parallel_data.require(request.get("ParallelDataNames", ()))
        job = self._context.jobs.start(
            _KIND,
            {name: value for name, value in request.items() if name != "ClientToken"},
            token=request["ClientToken"],
            name=request.get("JobName"),
            at_once=limits.MOST_JOBS + limits.MOST_QUEUED,
            too_many=ServiceError(
                "TooManyRequestsException",
                f"At most {limits.MOST_JOBS} jobs may work, and {limits.MOST_QUEUED} wait",
            ),
            mismatch="InvalidRequestException",
        )
        return {"JobId": job.id, "JobStatus": self._status(job)}

    def _describe(self, request: Request) -> Answer:
        return {"TextTranslationJobProperties": self._properties(self._find(request))}

    def _list(self, request: Request) -> Answer:
        shown, more = list_jobs(self._context.jobs, _KIND, request, self._properties, _TIMES)
        return {"TextTranslationJobPropertiesList": shown, **more}

    def _stop(self, request: Request) -> Answer:
        before = self._find(request)
        after = self._context.jobs.stop(_KIND, before.id) or before
        status = status_of_stop(before, after, self._status(after))
        return {"JobId": after.id, "JobStatus": status}

    def _find(self, request: Request) -> Job:
        job = self._context.jobs.get(_KIND, request["JobId"])
        if job is None:
            raise ServiceError("ResourceNotFoundException", f"There is no job {request['JobId']}")
        return job

    def _status(self, job: Job) -> str:
        if job.status != "SUCCEEDED":
            return job.status
        status: str = self._context.jobs.result(job)["JobStatus"]
        return status

    def _properties(self, job: Job) -> Answer:
        given = (
            "SourceLanguageCode",
            "TargetLanguageCodes",
            "TerminologyNames",
            "ParallelDataNames",
            "InputDataConfig",
            "DataAccessRoleArn",
        )
        folder = _output(job)
        result = self._context.jobs.result(job) if job.status == "SUCCEEDED" else {}
        message = job.message or result.get("Message", "")
        return {
            **{name: job.request[name] for name in given if name in job.request},
            "OutputDataConfig": {**job.request["OutputDataConfig"], "S3Uri": folder.uri},
            "JobId": job.id,
            "JobName": job.name,
            "JobStatus": self._status(job),
            "SubmittedTime": job.created,
            **({"JobDetails": result["JobDetails"]} if result else {}),
            **({"Message": message} if message else {}),
            **({"EndTime": job.ended} if job.ended is not None else {}),
        }

    def _work(self, job: Job) -> Answer:
        """Translate each document into each language; what fails is told in the details."""
        keys = self._inputs(job)
        tallies = [_Tally(target) for target in job.request["TargetLanguageCodes"]]
        for key, name in keys:
            text = self._text(job, key)
            for tally in tallies:
                self._context.jobs.go_on(job)
                self._translate(job, tally, name, text)
        for tally in tallies:
            self._put_details(job, tally)
        return _outcome(tallies, len(keys))

    def _inputs(self, job: Job) -> list[tuple[str, str]]:
        """Keys of the documents, and their names below the folder."""
        place = parse_s3_uri(job.request["InputDataConfig"]["S3Uri"])
        folder = f"{place.key.rstrip('/')}/" if place.key else ""
        try:
            listed = self._context.objects.list(place.bucket, folder)
        except ObjectUnavailable as error:
            raise JobFailed(f"The input cannot be read: {error}") from error
        found = [one for one in listed if not one.key.endswith("/")]
        if not found:
            raise JobFailed(f"There is no document in the folder {place.uri}")
        if len(found) > limits.MOST_DOCUMENTS:
            raise JobFailed(f"There are more than {limits.MOST_DOCUMENTS} documents in {place.uri}")
        if sum(one.size for one in found) > limits.LARGEST_INPUT:
            most = limits.LARGEST_INPUT
            raise JobFailed(f"The documents in {place.uri} have more than {most} bytes")
        return [(one.key, one.key.removeprefix(folder)) for one in found]

    def _text(self, job: Job, key: str) -> str | ServiceError:
        bucket = parse_s3_uri(job.request["InputDataConfig"]["S3Uri"]).bucket
        try:
            content = self._context.objects.read(bucket, key, limits.LARGEST_IN_JOB)
            text = content.decode("utf-8-sig")
        except ObjectUnavailable as error:
            raise JobFailed(f"The input cannot be read: {error}") from error
        except ObjectTooLarge:
            return _invalid(f"The document has more than {limits.LARGEST_IN_JOB} bytes")
        except UnicodeDecodeError:
            return _invalid("The document is not UTF-8 text")
        if len(text) > limits.LONGEST_IN_JOB:
            return _invalid(f"The document has more than {limits.LONGEST_IN_JOB} characters")
        return text

    def _translate(self, job: Job, tally: _Tally, name: str, text: str | ServiceError) -> None:
        try:
            if isinstance(text, ServiceError):
                raise text
            said = self._say(job, tally.target, text)
        except ServiceError as error:
            LOG.warning("job %s: %s: %s", job.id, error.code, error.message)
            told = {"errorCode": error.code, "errorMessage": error.message}
            tally.details.append({"sourceFile": name, "auxiliaryData": {"error": told}})
            return
        folder, _, file = name.rpartition("/")
        target = f"{folder}/{tally.target}.{file}" if folder else f"{tally.target}.{file}"
        self._put(job, target, said.text, job.request["InputDataConfig"]["ContentType"])
        terms = [
            {"name": one["Name"], "terms": [_lower(term) for term in one["Terms"]]}
            for one in said.applied()
            if one["Terms"]
        ]
        tally.details.append(
            {
                "sourceFile": name,
                "targetFile": target,
                "auxiliaryData": {"appliedTerminologies": terms} if terms else {},
            }
        )
        tally.translated += 1
        tally.characters += len(text)

    def _say(self, job: Job, target: str, text: str) -> Translation:
        return self._translators.translate(
            text,
            job.request["SourceLanguageCode"],
            target,
            job.request.get("TerminologyNames", ()),
            job.request["InputDataConfig"]["ContentType"],
        )

    def _put_details(self, job: Job, tally: _Tally) -> None:
        document = {
            "sourceLanguageCode": job.request["SourceLanguageCode"],
            "targetLanguageCode": tally.target,
            "charactersTranslated": str(tally.characters),
            "documentCountWithCustomerError": str(tally.failed),
            "documentCountWithServerError": "0",
            "inputDataPrefix": job.request["InputDataConfig"]["S3Uri"],
            "outputDataPrefix": _output(job).uri,
            "details": tally.details,
        }
        name = f"details/{tally.target}.auxiliary-translation-details.json"
        self._put(job, name, json.dumps(document, ensure_ascii=False), "application/json")

    def _put(self, job: Job, name: str, text: str, content_type: str) -> None:
        folder = _output(job)
        try:
            self._context.objects.put(
                folder.bucket, f"{folder.key}{name}", text.encode(), content_type
            )
        except ObjectUnavailable as error:
            raise JobFailed(f"The output cannot be written: {error}") from error


def _output(job: Job) -> Place:
    return output_folder(job, "TranslateText")


def _outcome(tallies: list[_Tally], documents: int) -> Answer:
    translated = sum(tally.translated for tally in tallies)
    failed = sum(tally.failed for tally in tallies)
    if not failed:
        status, message = "COMPLETED", ""
    else:
        status = "COMPLETED_WITH_ERROR" if translated else "FAILED"
        errors = _errors(tallies)
        message = f"{failed} translations failed; the first: {next(errors)}"
    return {
        "JobStatus": status,
        "Message": message,
        "JobDetails": {
            "TranslatedDocumentsCount": translated,
            "DocumentsWithErrorsCount": failed,
            "InputDocumentsCount": documents,
        },
    }


def _errors(tallies: list[_Tally]) -> Iterator[str]:
    for tally in tallies:
        for one in tally.details:
            if "error" in one["auxiliaryData"]:
                yield one["auxiliaryData"]["error"]["errorMessage"]


def _lower(term: Mapping[str, str]) -> dict[str, str]:
    return {f"{name[0].lower()}{name[1:]}": text for name, text in term.items()}


def _invalid(message: str) -> ServiceError:
    return ServiceError("InvalidRequestException", message)

"""TranslateWebCaptions: captions in other languages, by one batch job of Amazon Translate for each.

All captions go as one document, so that sentences are translated as a whole, with a marker between
two of them, by which they are taken apart again.
"""

import html
import json
import logging
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import caption_edits
import caption_store
import languages
from botocore.exceptions import BotoCoreError, ClientError

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    OperatorError,
    OperatorInputError,
    OperatorSkipped,
    Status,
    aws_client,
    depends_on,
    is_refused,
    join_texts,
    not_translated,
    put_text,
    request_tokens,
    started_job,
    store_results,
)

LOG = logging.getLogger(__name__)

_MARKER = "<span>"
# what comes back may have spaces in it, and an end that nobody asked for
_MARKERS = re.compile(r"<\s*span\s*>", re.IGNORECASE)
_ENDS = re.compile(r"<\s*/\s*span\s*>", re.IGNORECASE)
_INPUT = "webcaptions_translate_input/"
_OUTPUT = "webcaptions_translate_output/"
_FILE = "transcript_with_caption_markers.txt"
# "Active Custom Translation" is offered there alone
_PARALLEL_DATA_REGIONS = frozenset({"us-east-1", "us-west-2", "eu-west-1"})
_RUNNING = frozenset({"SUBMITTED", "IN_PROGRESS"})
_FAILED = frozenset({"FAILED", "COMPLETED_WITH_ERROR", "STOP_REQUESTED", "STOPPED"})
_REFUSALS = frozenset(
    {
        "InvalidRequestException",
        "UnsupportedLanguagePairException",
        "InvalidParameterValueException",
    }
)


def start(operator: MediaInsightsOperationHelper) -> None:
    """Starts a job for each target language; without any, or without words, nothing is left to do.

    A target that Translate cannot have is left out. Raises OperatorError, OperatorSkipped where
    none is left, or where there are no captions because they were skipped.
    """
    depends_on(operator, "WebCaptions")
    source = languages.source(operator)
    wanted = _targets(operator, source)
    captions = caption_store.load(operator, source)
    spoken = [str(caption["caption"]) for caption in captions]
    operator.add_workflow_metadata(TranslateSourceLanguage=source)
    if not wanted or not any(text.strip() for text in spoken):
        _keep(operator, {language: [""] * len(captions) for language in wanted}, captions)
        return
    put_text(operator, f"{_INPUT}{_FILE}", marked(spoken), "text/html")
    jobs, left_out = [], {}
    for language in wanted:
        try:
            job = _start_job(operator, source, language)
        except OperatorSkipped as skipped:
            left_out[language] = str(skipped)
        else:
            jobs.append({"JobId": job, "TargetLanguageCode": language})
    if left_out:
        operator.add_workflow_metadata(TranslateLeftOut=json.dumps(left_out))
    if not jobs:
        raise OperatorSkipped("; ".join(left_out.values()))
    operator.add_workflow_metadata(
        TextTranslateJobPropertiesList=json.dumps(jobs), **operator.workflow_info()
    )
    operator.update_workflow_status(Status.OPERATION_STATUS_EXECUTING)


def check(operator: MediaInsightsOperationHelper) -> None:
    """Stores the translations once all jobs are done. Raises OperatorError."""
    jobs = _jobs(operator)
    outputs = {}
    for job in jobs:
        properties = aws_client("translate").describe_text_translation_job(JobId=job["JobId"])[
            "TextTranslationJobProperties"
        ]
        status = properties["JobStatus"]
        if status in _RUNNING:
            operator.update_workflow_status(Status.OPERATION_STATUS_EXECUTING)
            return
        if status in _FAILED:
            # to ask again changes nothing: a job that failed stays failed
            said = properties.get("Message") or "the service gives no reason"
            raise OperatorInputError(
                f"The translation to {job['TargetLanguageCode']} is {status}: {said}"
            )
        if status != "COMPLETED":
            raise OperatorError(f"Unable to determine status: {job['JobId']} is {status}")
        outputs[job["TargetLanguageCode"]] = properties["OutputDataConfig"]["S3Uri"]
    source = operator.metadata.get("TranslateSourceLanguage") or languages.source(operator)
    captions = caption_store.load(operator, source)
    pieces = {language: _read_output(uri, language) for language, uri in outputs.items()}
    _keep(operator, pieces, captions)


def marked(texts: Iterable[str]) -> str:
    """The document: what looks like a tag in a caption must not become one."""
    return _MARKER.join(html.escape(text, quote=False) for text in texts)


def taken_apart(document: str) -> list[str]:
    """The captions' texts out of a translated document."""
    pieces = _MARKERS.split(_ENDS.sub("", document))
    return [html.unescape(piece).strip() for piece in pieces]


def translated(
    captions: Sequence[Mapping[str, Any]], pieces: Sequence[str], language: str = "en"
) -> list[dict[str, Any]]:
    """The captions with the words of another language, at the same times.

    A translation may lose a marker: words too many end up in the last caption, and captions for
    which nothing is left are empty.
    """
    if len(pieces) != len(captions):
        LOG.warning("%d captions became %d in translation", len(captions), len(pieces))
    kept = list(pieces[: len(captions)]) + [""] * (len(captions) - len(pieces))
    if kept:
        kept[-1] = join_texts([kept[-1], *pieces[len(captions) :]], language)
    return [
        {
            "start": caption["start"],
            "end": caption["end"],
            "caption": text,
            "sourceCaption": caption["caption"],
        }
        for caption, text in zip(captions, kept, strict=True)
    ]


def _targets(operator: MediaInsightsOperationHelper, source: str) -> list[str]:
    if operator.configuration.get("TargetLanguageCodes") is None:
        raise OperatorInputError("Language codes are not defined")
    return [one for one in languages.targets(operator) if one != source]


def _start_job(operator: MediaInsightsOperationHelper, source: str, target: str) -> str:
    """The id of the job, also when an earlier invocation or attempt has started it."""
    place = f"s3://{os.environ['DATAPLANE_BUCKET']}/{operator.media_folder()}"
    asked: dict[str, Any] = {
        "JobName": f"MIE_{operator.asset_id}_{operator.workflow_execution_id}_{target}",
        "InputDataConfig": {"S3Uri": f"{place}{_INPUT}", "ContentType": "text/html"},
        "OutputDataConfig": {"S3Uri": f"{place}{_OUTPUT}"},
        "DataAccessRoleArn": os.environ["translateRole"],  # noqa: SIM112 - the contract's spelling
        "SourceLanguageCode": source,
        "TargetLanguageCodes": [target],
        "TerminologyNames": _chosen(operator, "TerminologyNames", target),
    }
    client = aws_client("translate")
    if client.meta.region_name in _PARALLEL_DATA_REGIONS:
        asked["ParallelDataNames"] = _chosen(operator, "ParallelDataNames", target)
    asked = {key: value for key, value in asked.items() if value}

    def begin(token: str) -> str:
        answer = client.start_text_translation_job(**asked, ClientToken=token)
        return str(answer["JobId"])

    try:
        return started_job(request_tokens(operator, asked), begin, _has_failed)
    except (ClientError, BotoCoreError) as error:
        skipped = not_translated(
            error,
            source,
            target,
            source_chosen=not languages.is_heard(operator),
            target_chosen=target in operator.configuration["TargetLanguageCodes"],
        )
        if skipped is not None:
            raise skipped from error
        kind = OperatorInputError if is_refused(error, _REFUSALS) else OperatorError
        raise kind(f"Unable to start translation WebCaptions job: {error}") from error


def _has_failed(job_id: str) -> bool:
    """Also of a job that the service has forgotten."""
    client = aws_client("translate")
    try:
        answer = client.describe_text_translation_job(JobId=job_id)
    except client.exceptions.ResourceNotFoundException:
        return True
    return answer["TextTranslationJobProperties"]["JobStatus"] in _FAILED


def _chosen(operator: MediaInsightsOperationHelper, key: str, target: str) -> list[str]:
    """The first terminology, or parallel data, for a language; at most one."""
    configured = operator.configuration.get(key) or []
    try:
        return [
            one["Name"]
            for one in configured
            if target in one["TargetLanguageCodes"] and isinstance(one["Name"], str)
        ][:1]
    except (TypeError, KeyError) as error:
        raise OperatorInputError(
            f"{key} must be a list of objects with Name and TargetLanguageCodes"
        ) from error


def _jobs(operator: MediaInsightsOperationHelper) -> list[dict[str, str]]:
    listed = operator.metadata.get("TextTranslateJobPropertiesList")
    if not listed:
        raise OperatorInputError("Missing a required metadata key 'TextTranslateJobPropertiesList'")
    jobs: list[dict[str, str]] = json.loads(listed) if isinstance(listed, str) else listed
    return jobs


def _read_output(uri: str, language: str) -> list[str]:
    """The pieces of a job's output, which stands right in its folder. Raises OperatorError."""
    parts = urlsplit(uri)
    prefix = f"{parts.path.strip('/')}/"
    s3 = aws_client("s3")
    listed = s3.list_objects_v2(Bucket=parts.netloc, Prefix=prefix, Delimiter="/")
    keys = [one["Key"] for one in listed.get("Contents", [])]
    for key in keys:
        if key.rpartition("/")[2].startswith(f"{language}."):
            content = s3.get_object(Bucket=parts.netloc, Key=key)["Body"].read()
            return taken_apart(content.decode(errors="replace"))
    raise OperatorError(f"Unable to read the translation to {language}: {uri} has none")


def _keep(
    operator: MediaInsightsOperationHelper,
    pieces: Mapping[str, Sequence[str]],
    captions: Sequence[Mapping[str, Any]],
) -> None:
    collection, kept = [], 0
    for language, texts in pieces.items():
        made = translated(captions, texts, language)
        raw = f"WebCaptionsTranslate_{language}"
        edited = caption_edits.renew(operator, language, made, raw)
        shown = made if edited is None else edited
        plain = join_texts((one["caption"] for one in shown), language)
        file = put_text(operator, f"translation_{language}.txt", plain)
        kept += len(edited or ())
        collection.append(
            {
                "OperatorName": f"TranslateWebCaptions_{language}",
                "TranslationText": file,
                "WorkflowId": operator.workflow_execution_id,
                "TargetLanguageCode": language,
                **({} if edited is None else {"WebCaptionsKept": len(edited)}),
            }
        )
    if any("WebCaptionsKept" in entry for entry in collection):
        operator.add_workflow_metadata(WebCaptionsKept=str(kept))
    store_results(operator, operator.name, {"CaptionsCollection": collection})
    operator.update_workflow_status(Status.OPERATION_STATUS_COMPLETE)

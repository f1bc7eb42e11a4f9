"""Translate's row of the table of services."""

from collections.abc import Mapping
from typing import Any

from analysis.aws_json import Service
from analysis.context import Context
from analysis.faults import ServiceError
from analysis.language.readers import Readers
from analysis.pages import page
from analysis.translate import limits
from analysis.translate.apertium import Find, find_translators
from analysis.translate.debian import APERTIUM
from analysis.translate.language_names import NAMES
from analysis.translate.parallel_data import ParallelData
from analysis.translate.segments import CONTENT_TYPES
from analysis.translate.terminologies import Terminologies
from analysis.translate.translation import AUTO, Translation, Translators
from analysis.translate.translation_jobs import TranslationJobs

Request = Mapping[str, Any]
Answer = Mapping[str, Any]

_PAGE = 100
# a terminology of 10 MB in base64, and its properties
_BODY_LIMIT = 15 << 20


def translate(
    context: Context, readers: Readers | None = None, find: Find | None = None
) -> Service:
    """What the translators of this machine can say; anything else is an unknown operation."""
    terminologies = Terminologies(context.state, context.objects)
    parallel_data = ParallelData(context.state, context.objects)
    translators = Translators(
        context.models.directory / APERTIUM,
        readers or Readers(context.models),
        terminologies,
        context.models.cores,
        find or find_translators,
    )
    return Service(
        "translate",
        {
            "TranslateText": lambda request: _text(translators, request),
            "TranslateDocument": lambda request: _document(translators, request),
            "ListLanguages": lambda request: _languages(translators, request),
            **terminologies.operations(),
            **parallel_data.operations(),
            **TranslationJobs(context, translators, terminologies, parallel_data).operations(),
        },
        checks={"TranslateText": _check_size},
        body_limit=_BODY_LIMIT,
    )


def _check_size(request: Request) -> None:
    text = request.get("Text")
    size = len(text.encode()) if isinstance(text, str) else 0
    if size > limits.LARGEST_TEXT:
        raise ServiceError(
            "TextSizeLimitExceededException",
            "Input text size exceeds limit. Max length of request text allowed is "
            f"{limits.LARGEST_TEXT} bytes while in this request the text size is {size} bytes",
        )


def _text(translators: Translators, request: Request) -> Answer:
    said = _translate(translators, request, request["Text"], "text/plain")
    return {"TranslatedText": said.text, **_facts(said, request)}


def _document(translators: Translators, request: Request) -> Answer:
    content_type = request["Document"]["ContentType"]
    if content_type not in CONTENT_TYPES:
        raise _invalid(f"ContentType must be one of {', '.join(CONTENT_TYPES)} here")
    if len(request["Document"]["Content"]) > limits.LARGEST_DOCUMENT:
        raise ServiceError(
            "LimitExceededException", f"The document has more than {limits.LARGEST_DOCUMENT} bytes"
        )
    try:
        text = request["Document"]["Content"].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _invalid("The document is not UTF-8 text") from error
    said = _translate(translators, request, text, content_type)
    return {"TranslatedDocument": {"Content": said.text.encode()}, **_facts(said, request)}


def _translate(
    translators: Translators, request: Request, text: str, content_type: str
) -> Translation:
    return translators.translate(
        text,
        request["SourceLanguageCode"],
        request["TargetLanguageCode"],
        request.get("TerminologyNames", ()),
        content_type,
    )


def _facts(said: Translation, request: Request) -> Answer:
    """Settings are not among them: the translators have none, and AppliedSettings says so."""
    return {
        "SourceLanguageCode": said.source,
        "TargetLanguageCode": request["TargetLanguageCode"],
        "AppliedTerminologies": said.applied(),
    }


def _languages(translators: Translators, request: Request) -> Answer:
    display = request.get("DisplayLanguageCode", "en")
    if display != "en":
        raise ServiceError(
            "UnsupportedDisplayLanguageCodeException", "Names of languages are in English only here"
        )
    codes = sorted({code for pair in translators.pairs() for code in pair})
    shown, token = page(
        [AUTO, *codes] if codes else [],
        request.get("MaxResults", _PAGE),
        request.get("NextToken"),
        "languages",
        ServiceError("InvalidParameterValueException", "NextToken is not valid for this list"),
    )
    return {
        "Languages": [{"LanguageName": NAMES[code], "LanguageCode": code} for code in shown],
        "DisplayLanguageCode": display,
        **({"NextToken": token} if token else {}),
    }


def _invalid(message: str) -> ServiceError:
    return ServiceError("InvalidRequestException", message)

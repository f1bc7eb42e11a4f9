"""What StartTranscriptionJob may ask: everything else is refused by name, and never made up."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from analysis.faults import ServiceError
from analysis.objects import Place, parse_s3_uri
from analysis.transcribe.languages import model_code

Request = Mapping[str, Any]


class _Refused(NamedTuple):
    """A setting that is not done here: its name, whether a request has it, and why not."""

    name: str
    is_asked: Callable[[Request], Any]
    reason: str


def _setting(key: str) -> Callable[[Request], Any]:
    return lambda request: request.get("Settings", {}).get(key)


def _member(key: str) -> Callable[[Request], Any]:
    return lambda request: request.get(key)


_REFUSED = (
    _Refused("ShowSpeakerLabels", _setting("ShowSpeakerLabels"), "speakers are not told apart"),
    _Refused("MaxSpeakerLabels", _setting("MaxSpeakerLabels"), "speakers are not told apart"),
    _Refused("ShowAlternatives", _setting("ShowAlternatives"), "there is one transcription only"),
    _Refused("MaxAlternatives", _setting("MaxAlternatives"), "there is one transcription only"),
    _Refused("VocabularyFilterName", _setting("VocabularyFilterName"), "there are no filters"),
    _Refused("VocabularyFilterMethod", _setting("VocabularyFilterMethod"), "there are no filters"),
    _Refused(
        "LanguageModelName",
        lambda request: request.get("ModelSettings", {}).get("LanguageModelName"),
        "there are no custom language models",
    ),
    _Refused("ContentRedaction", _member("ContentRedaction"), "personal data are not recognised"),
    _Refused("ToxicityDetection", _member("ToxicityDetection"), "toxicity is not recognised"),
    _Refused(
        "IdentifyMultipleLanguages",
        _member("IdentifyMultipleLanguages"),
        "one language is identified for the whole of a medium",
    ),
    _Refused("LanguageIdSettings", _member("LanguageIdSettings"), "it would have no effect"),
    _Refused("OutputEncryptionKMSKeyId", _member("OutputEncryptionKMSKeyId"), "no KMS is used"),
    _Refused("KMSEncryptionContext", _member("KMSEncryptionContext"), "no KMS is used"),
)  # fmt: skip


def bad_request(message: str) -> ServiceError:
    return ServiceError("BadRequestException", message)


def check(request: Request, languages: frozenset[str]) -> Place:
    """Where the medium is. languages: those of the model. Raises BadRequestException."""
    for refused in _REFUSED:
        if refused.is_asked(request):
            raise bad_request(f"{refused.name} is not done by the local analysis: {refused.reason}")
    _check_language(request, languages)
    deferred = request.get("JobExecutionSettings", {})
    if deferred.get("AllowDeferredExecution") and "DataAccessRoleArn" not in deferred:
        raise bad_request("AllowDeferredExecution needs a DataAccessRoleArn")
    if "OutputKey" in request and "OutputBucketName" not in request:
        raise bad_request("OutputKey needs an OutputBucketName")
    return _place(request["Media"])


def _check_language(request: Request, languages: frozenset[str]) -> None:
    identify = request.get("IdentifyLanguage", False)
    if identify == ("LanguageCode" in request):
        raise bad_request(
            "A request must have exactly one of LanguageCode, IdentifyLanguage and "
            "IdentifyMultipleLanguages"
        )
    options = request.get("LanguageOptions", [])
    if options and not identify:
        raise bad_request("LanguageOptions needs IdentifyLanguage")
    if len(options) == 1:
        raise bad_request("LanguageOptions must have at least two languages")
    if identify and len(languages) < 2:
        raise bad_request(
            "IdentifyLanguage is not done by the local analysis: the model that is installed knows "
            "one language only; give a LanguageCode"
        )
    for code in (*options, *([request["LanguageCode"]] if not identify else ())):
        if model_code(code) not in languages:
            raise bad_request(f"The local analysis does not know the language {code}")


def _place(media: Mapping[str, Any]) -> Place:
    if "RedactedMediaFileUri" in media:
        raise bad_request("RedactedMediaFileUri belongs to Call Analytics, not to a job like this")
    try:
        place = parse_s3_uri(media.get("MediaFileUri", ""))
    except ValueError as error:
        raise bad_request(
            "The URI that you provided doesn't point to an S3 object. Make sure that the object "
            "exists and try your request again."
        ) from error
    if not place.key:
        raise bad_request("MediaFileUri names a bucket, and no object in it")
    return place


def output_key(request: Request) -> str:
    """The key of the transcript: the job's name, in the folder or under the name asked for."""
    name = f"{request['TranscriptionJobName']}.json"
    asked = str(request.get("OutputKey", ""))
    if not asked:
        return name
    if asked.endswith("/"):
        return f"{asked}{name}"
    return asked if asked.endswith(".json") else f"{asked}.json"

"""What Amazon Transcribe is asked: the operator's configuration as a request (specification 10.1).

One row for each key that is only handed on. Empty values are as good as none, for forms send them.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from MediaInsightsEngineLambdaHelper import AUTO, OperatorInputError, aws_client

_LANGUAGE = re.compile(r"[a-z]{2,3}-[A-Z]{2}")
# of a language without a region, where the first that the service lists is not the usual one
_USUAL = ("ar-SA", "de-DE", "en-US", "es-US", "fa-IR", "fr-FR", "pt-BR", "sw-KE", "zh-CN")
_NOT_IN_JOB_NAMES = re.compile(r"[^0-9A-Za-z._-]")
_LONGEST_JOB_NAME = 200
_BOOLEANS: Mapping[Any, bool] = {True: True, False: False, "true": True, "false": False}


@dataclass(frozen=True)
class Setting:
    """One key of the configuration.

    place: the member of the request that holds it, "" for the request itself. allowed: what its
    values are, for people. read: a value as the service takes it; ValueError for a wrong one.
    """

    key: str
    place: str
    allowed: str
    read: Callable[[Any], Any]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004 - a wrong value, whatever is wrong with it
    return value


def _boolean(value: Any) -> bool:
    """CloudFormation hands booleans over as text."""
    if not isinstance(value, bool | str) or value not in _BOOLEANS:
        raise ValueError
    return _BOOLEANS[value]


def _between(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise ValueError  # noqa: TRY004 - a wrong value, whatever is wrong with it
        if not least <= (number := int(value)) <= most:
            raise ValueError
        return number

    return read


def _one_of(*words: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in words:
            raise ValueError
        return str(value)

    return read


def _language(value: Any) -> str:
    if not _LANGUAGE.fullmatch(_text(value)):
        raise ValueError
    return str(value)


def _languages(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) < 2:
        raise ValueError
    return [_language(one) for one in value]


def _per_language(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not 1 <= len(value) <= 5:
        raise ValueError
    return {_language(code): settings for code, settings in value.items()}


_YES_OR_NO = "true or false"
_SETTINGS = (
    Setting("VocabularyName", "Settings", "a text", _text),
    Setting("ShowSpeakerLabels", "Settings", _YES_OR_NO, _boolean),
    Setting("MaxSpeakerLabels", "Settings", "2 to 30", _between(2, 30)),
    Setting("ChannelIdentification", "Settings", _YES_OR_NO, _boolean),
    Setting("MaxAlternatives", "Settings", "2 to 10", _between(2, 10)),
    Setting("VocabularyFilterName", "Settings", "a text", _text),
    Setting(
        "VocabularyFilterMethod",
        "Settings",
        "remove, mask or tag",
        _one_of("remove", "mask", "tag"),
    ),
    Setting("LanguageModelName", "ModelSettings", "a text", _text),
    Setting("AllowDeferredExecution", "JobExecutionSettings", _YES_OR_NO, _boolean),
    Setting("DataAccessRoleArn", "JobExecutionSettings", "the ARN of a role", _text),
    Setting("RedactionType", "ContentRedaction", "PII", _one_of("PII")),
    Setting(
        "RedactionOutput",
        "ContentRedaction",
        "redacted or redacted_and_unredacted",
        _one_of("redacted", "redacted_and_unredacted"),
    ),
    Setting("LanguageOptions", "", "a list of two or more codes such as en-US", _languages),
    Setting("LanguageIdSettings", "", "an object of one to five language codes", _per_language),
)
# What the service wants beside a setting that means it: the key -> place, key and value. A value
# of one's own stays.
_IMPLIED: Mapping[str, tuple[str, str, Any]] = {
    "MaxAlternatives": ("Settings", "ShowAlternatives", True),
    "MaxSpeakerLabels": ("Settings", "ShowSpeakerLabels", True),
    "RedactionType": ("ContentRedaction", "RedactionOutput", "redacted"),
    "RedactionOutput": ("ContentRedaction", "RedactionType", "PII"),
}
_ONLY_WHEN_IDENTIFYING = ("LanguageOptions", "LanguageIdSettings")


def request(
    configuration: Mapping[str, Any], bucket: str, key: str, media_format: str
) -> dict[str, Any]:
    """Everything of StartTranscriptionJob but the job's name. Raises OperatorInputError."""
    asked: dict[str, Any] = {
        # the very key, without escapes: the service takes s3:// literally
        "Media": {"MediaFileUri": f"s3://{bucket}/{key}"},
        "MediaFormat": media_format,
        **_language_of(configuration),
    }
    given = {one.key: value for one in _SETTINGS if (value := _value(one, configuration)) != ""}
    for one in _SETTINGS:
        if one.key in given:
            asked = _with(asked, one.place, one.key, given[one.key])
    for key_given, (place, implied, value) in _IMPLIED.items():
        if key_given in given and implied not in given:
            asked = _with(asked, place, implied, value)
    for key_given in _ONLY_WHEN_IDENTIFYING:
        if key_given in given and not asked["IdentifyLanguage"]:
            raise OperatorInputError(
                f"{key_given} needs the language to be identified: set TranscribeLanguage to auto"
            )
    return asked


def job_name(execution: str, operation: str, asked: Mapping[str, Any], attempt: int = 1) -> str:
    """The same for the same request of an execution, so that it is one job however often it starts.

    The request is part of it because an operator may stand in two stages of a workflow, and the
    attempt because the name of a job that has failed is taken.
    """
    told = asked if attempt == 1 else [asked, attempt]
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]
    start = _NOT_IN_JOB_NAMES.sub("_", f"transcribe-{execution}-{operation}")
    return f"{start[: _LONGEST_JOB_NAME - len(digest) - 1]}-{digest}"


def _language_of(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """No language at all is "auto"; IdentifyLanguage is said in either case."""
    spoken = _value(
        Setting("TranscribeLanguage", "", "auto, or a code such as en-US or en", _spoken),
        configuration,
    )
    identify = _value(Setting("IdentifyLanguage", "", _YES_OR_NO, _boolean), configuration)
    if identify is True or spoken in ("", AUTO):
        return {"IdentifyLanguage": True}
    return {"IdentifyLanguage": False, "LanguageCode": spoken}


def _spoken(value: Any) -> str:
    if value == AUTO or _LANGUAGE.fullmatch(_text(value)):
        return str(value)
    # the service wants a region
    codes = aws_client("transcribe").meta.service_model.shape_for("LanguageCode").enum
    fitting = [one for one in (*_USUAL, *codes) if one.partition("-")[0] == value]
    if not fitting:
        raise ValueError
    return str(fitting[0])


def _value(setting: Setting, configuration: Mapping[str, Any]) -> Any:
    """The value as the service takes it, "" for none. Raises OperatorInputError."""
    value = configuration.get(setting.key)
    if value is None or value in ("", [], {}):
        return ""
    try:
        return setting.read(value)
    except ValueError as error:
        raise OperatorInputError(
            f"{setting.key} must be {setting.allowed}, not {json.dumps(value, default=str)}"
        ) from error


def _with(asked: dict[str, Any], place: str, key: str, value: Any) -> dict[str, Any]:
    if not place:
        return {**asked, key: value}
    return {**asked, place: {**asked.get(place, {}), key: value}}

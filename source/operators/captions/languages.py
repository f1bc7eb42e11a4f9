"""Which languages captions are in, and are to be translated to."""

import json
import re
from collections.abc import Mapping
from typing import Any

from MediaInsightsEngineLambdaHelper import (
    AUTO,
    MediaInsightsOperationHelper,
    OperatorInputError,
    target_language,
)

# It becomes part of the names of results and files.
_CODE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# the metadata in which earlier operators tell the language, in the order in which it counts
_TOLD = ("TranscribeSourceLanguage", "TranslateSourceLanguage")
# Translate takes no job for more
_MOST_TARGETS = 80


def source(operator: MediaInsightsOperationHelper) -> str:
    """The captions' own language, such as "en". Raises OperatorInputError when nobody knows it."""
    language = known_source(operator)
    if language is None:
        raise OperatorInputError(
            "No valid inputs: the source language is not known, SourceLanguageCode names it"
        )
    return language


def is_heard(operator: MediaInsightsOperationHelper) -> bool:
    """Whether the captions' language was told by an earlier operator, and is nobody's choice."""
    return any(operator.input_metadata(key) for key in _TOLD)


def left_out(operator: MediaInsightsOperationHelper) -> Mapping[str, str]:
    """The targets into which an earlier operator could not translate, and why."""
    told = operator.input_metadata("TranslateLeftOut") or "{}"
    reasons: Mapping[str, str] = json.loads(told)
    return reasons


def known_source(operator: MediaInsightsOperationHelper) -> str | None:
    """The language that was heard, or else that of the configuration; None without either."""
    for key in _TOLD:
        if heard := operator.input_metadata(key):
            # Transcribe says en-US where Translate and the captions' names say en
            return _checked(str(heard).partition("-")[0], key)
    configured = operator.configuration.get("SourceLanguageCode")
    return _checked(configured, "SourceLanguageCode") if configured else None


def targets(operator: MediaInsightsOperationHelper) -> list[str]:
    """TargetLanguageCodes, each once, with a language for "auto". Raises OperatorInputError."""
    configured = operator.configuration.get("TargetLanguageCodes")
    if configured is None:
        raise OperatorInputError("Missing a required metadata key 'TargetLanguageCodes'")
    if not isinstance(configured, list) or len(configured) > _MOST_TARGETS:
        raise OperatorInputError(
            f"TargetLanguageCodes must be a list of at most {_MOST_TARGETS} language codes"
        )
    return list(dict.fromkeys(_target(operator, one) for one in configured))


def _target(operator: MediaInsightsOperationHelper, code: Any) -> str:
    if code == AUTO:
        return target_language(AUTO, source(operator))
    return _checked(code, "TargetLanguageCodes")


def _checked(code: Any, key: str) -> str:
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise OperatorInputError(f"{key}: {code!r} is not a language code such as en or zh-TW")
    return code

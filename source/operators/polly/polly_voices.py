"""Which voice speaks a translation, in which language of Amazon Polly."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from MediaInsightsEngineLambdaHelper import SPOKEN_LANGUAGES, OperatorInputError, aws_client

ENGINES = ("standard", "neural", "long-form", "generative")


@dataclass(frozen=True)
class Speaker:
    """The parameters of a task that say who speaks."""

    voice: str
    engine: str
    language: str


def speaker(translated_to: str, configuration: Mapping[str, Any]) -> Speaker:
    """The configured voice and engine, else the first that there is.

    translated_to: a language code of Amazon Translate. Raises OperatorInputError, ClientError.
    """
    language = SPOKEN_LANGUAGES.get(translated_to)
    if language is None:
        known = ", ".join(SPOKEN_LANGUAGES)
        raise OperatorInputError(f"The only supported languages are: {known}; not {translated_to}")
    engine = configuration.get("Engine") or ""
    if engine and engine not in ENGINES:
        raise OperatorInputError(f"Engine: must be {' or '.join(ENGINES)}, not {engine!r}")
    wanted = configuration.get("VoiceId") or ""
    # voices of the language itself before those that speak it as well; cheapest engine first
    offered = sorted(
        (
            (one["LanguageCode"] != language, ENGINES.index(supported), position, one["Id"])
            for position, one in enumerate(_voices(language))
            for supported in one["SupportedEngines"]
            if supported in ENGINES
        ),
        key=lambda one: one[:3],
    )
    for _, number, _, voice in offered:
        if wanted in ("", voice) and engine in ("", ENGINES[number]):
            return Speaker(voice, ENGINES[number], language)
    asked = " ".join(one for one in ("voice", wanted, engine and f"of the engine {engine}") if one)
    raise OperatorInputError(f"VoiceId: Polly has no {asked} for {language}")


def _voices(language: str) -> Iterator[dict[str, Any]]:
    """Those that speak the language, be it as one of two (Aditi: Hindi and English)."""
    pages = aws_client("polly").get_paginator("describe_voices")
    for page in pages.paginate(LanguageCode=language, IncludeAdditionalLanguageCodes=True):
        yield from page["Voices"]

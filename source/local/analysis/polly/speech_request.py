"""What a text to speak may ask: a voice, a format, a rate; what is not done here is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.faults import ServiceError
from analysis.polly.synthesis import FORMATS
from analysis.polly.voices import VOICES, Voice

Request = Mapping[str, Any]

_RATES = {
    "mp3": (8_000, 16_000, 22_050, 24_000),
    "ogg_vorbis": (8_000, 16_000, 22_050, 24_000),
    "pcm": (8_000, 16_000),
}
_USUAL_RATES = {"standard": 22_050, "neural": 24_000}
_PCM_RATE = 16_000


@dataclass(frozen=True)
class Wanted:
    """A request that can be answered; `rate` in Hz, `characters` as they are billed."""

    voice: Voice
    engine: str
    text: str
    format: str
    rate: int

    @property
    def characters(self) -> int:
        return len(self.text)


def check(request: Request, longest: int) -> Wanted:
    """Raises the service's own errors."""
    _refuse_what_is_not_done(request)
    voice, engine = _voice(request)
    text = request["Text"]
    if len(text) > longest:
        raise ServiceError("TextLengthExceededException", "Maximum text length has been exceeded")
    if not any(letter.isalnum() for letter in text):
        raise ServiceError("ValidationException", "There is nothing to say in the text")
    return Wanted(voice, engine, text, request["OutputFormat"], _rate(request, engine))


def _refuse_what_is_not_done(request: Request) -> None:
    if request.get("SpeechMarkTypes") or request["OutputFormat"] == "json":
        raise ServiceError(
            "MarksNotSupportedForFormatException",
            "SpeechMarkTypes, and the OutputFormat json, are not done by the local analysis",
        )
    if request.get("TextType") == "ssml":
        raise ServiceError(
            "InvalidSsmlException", "TextType ssml is not done by the local analysis: send text"
        )
    if request.get("LexiconNames"):
        raise ServiceError(
            "LexiconNotFoundException", "LexiconNames: the local analysis keeps no lexicons"
        )
    if request["OutputFormat"] not in FORMATS:
        formats = ", ".join(FORMATS)
        raise ServiceError(
            "ValidationException",
            f"OutputFormat {request['OutputFormat']} is not done by the local analysis: {formats}",
        )


def _voice(request: Request) -> tuple[Voice, str]:
    voice = VOICES.get(request["VoiceId"])
    if voice is None:
        raise ServiceError(
            "ValidationException",
            f"No voice of the local analysis stands for {request['VoiceId']}; DescribeVoices lists "
            "those that there are",
        )
    engine = request.get("Engine", "standard")
    if engine not in voice.engines:
        raise ServiceError(
            "EngineNotSupportedException", f"This voice does not support the engine {engine}"
        )
    language = request.get("LanguageCode", voice.language)
    if language != voice.language:
        raise ServiceError(
            "LanguageNotSupportedException", f"{voice.id} speaks {voice.language}, not {language}"
        )
    return voice, engine


def _rate(request: Request, engine: str) -> int:
    format_name = request["OutputFormat"]
    asked = request.get("SampleRate")
    if asked is None:
        return _PCM_RATE if format_name == "pcm" else _USUAL_RATES[engine]
    if asked not in map(str, _RATES[format_name]):
        rates = ", ".join(map(str, _RATES[format_name]))
        raise ServiceError(
            "InvalidSampleRateException", f"SampleRate {asked} is not one of {format_name}: {rates}"
        )
    return int(asked)

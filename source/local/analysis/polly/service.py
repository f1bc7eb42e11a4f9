"""Polly's row in the table of services."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis import media
from analysis.aws_json import Reply, Request, Service
from analysis.context import Context
from analysis.faults import ServiceError
from analysis.pages import page
from analysis.polly import limits
from analysis.polly.speech_request import check
from analysis.polly.synthesis import FORMATS, synthesise
from analysis.polly.tasks import Tasks
from analysis.polly.voices import VOICES, Voice
from analysis.speech.phonemes import Unspeakable

# says which voice has spoken in place of the one that was asked for
SUBSTITUTION = "x-mie-local-voice"
_PAGE = 100


def polly(context: Context) -> Service:
    """The service; its functions may be called by several threads."""
    tasks = Tasks(context)

    def describe(request: Request) -> Mapping[str, Any]:
        context.models.require("voice")
        return _describe_voices(request)

    def synthesise_at_once(request: Request) -> Reply:
        wanted = check(request, limits.LONGEST_AT_ONCE)
        context.models.require("voice")
        with tempfile.TemporaryDirectory(prefix="mie-polly-") as scratch:
            path = Path(scratch) / "speech"
            output = wanted.format, wanted.rate
            try:
                synthesise(context.models, wanted.voice, wanted.text, output, path)
            except (Unspeakable, media.MediaRefused) as error:
                raise ServiceError("ServiceFailureException", str(error), 500) from error
            sound = path.read_bytes()
        _, kind = FORMATS[wanted.format]
        answer = {
            "AudioStream": sound,
            "ContentType": kind,
            "RequestCharacters": wanted.characters,
        }
        return Reply(answer, {SUBSTITUTION: wanted.voice.local_name})

    return Service(
        "polly",
        {
            "DescribeVoices": describe,
            "SynthesizeSpeech": synthesise_at_once,
            "StartSpeechSynthesisTask": tasks.start,
            "GetSpeechSynthesisTask": tasks.get,
            "ListSpeechSynthesisTasks": tasks.list,
        },
    )


def _describe_voices(request: Request) -> Mapping[str, Any]:
    engine, language = request.get("Engine"), request.get("LanguageCode")
    chosen = [
        voice
        for voice in VOICES.values()
        # none speaks a second language, so that IncludeAdditionalLanguageCodes adds none
        if engine in (None, *voice.engines) and language in (None, voice.language)
    ]
    invalid = ServiceError("InvalidNextTokenException", "The NextToken is not valid")
    some, following = page(
        chosen, _PAGE, request.get("NextToken"), f"voices {engine} {language}", invalid
    )
    return {
        "Voices": [_describe(voice) for voice in some],
        **({"NextToken": following} if following else {}),
    }


def _describe(voice: Voice) -> dict[str, Any]:
    return {
        "Id": voice.id,
        "Name": voice.id,
        "Gender": voice.gender,
        "LanguageCode": voice.language,
        "LanguageName": voice.language_name,
        "SupportedEngines": list(voice.engines),
    }

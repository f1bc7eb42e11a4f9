"""What was not looked for, and why: operators that were skipped, and what models do not know."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from findings.medium import WORDS, given_media
from findings.model import Unexamined

# operator -> what it looks for, as a person would say it
SOUGHT: Mapping[str, str] = {
    "celebrityRecognition": "celebrities",
    "contentModeration": "moderation",
    "faceDetection": "faces",
    "faceSearch": "known faces",
    "labelDetection": "things",
    "textDetection": "text in the picture",
    "personTracking": "paths of persons",
    "shotDetection": "shots",
    "technicalCueDetection": "technical cues",
    "TranscribeVideo": "speech",
    "TranscribeAudio": "speech",
    "Translate": "translation",
    "ComprehendEntities": "names",
    "ComprehendKeyPhrases": "key phrases",
    "Mediainfo": "facts of the file",
    "Thumbnail": "pictures of the video",
    "Mediaconvert": "sound of the video",
    "GenericDataLookup": "stored metadata",
    "Polly": "spoken translation",
    "PollyWebCaptions": "spoken captions",
    "WebCaptions": "captions",
    "TranslateWebCaptions": "translated captions",
    "WebToSRTCaptions": "SRT files",
    "WebToVTTCaptions": "VTT files",
}
# with what the sentences of operators may begin
_NAMES = ("Amazon", "Comprehend", "Transcribe", "Translate", "Polly", "Rekognition")
_OF_A_PICTURE = "Image"
# the model for nudity, which looks for nothing else
_NUDITY_ONLY = "open-nsfw"
BEYOND_NUDITY = "moderation other than nudity"
# where the translation of captions says into which languages it could not be made: JSON of a code
# and a sentence for each
_LEFT_OUT = "TranslateLeftOut"
# where the transcription says why it had nothing to listen to
_SILENCE = "TranscribeSilence"


def read_unexamined(
    metadata: Mapping[str, Sequence[Mapping[str, Any]]], execution: Mapping[str, Any]
) -> tuple[Unexamined, ...]:
    given = given_media(execution)
    stages = execution["Workflow"]["Stages"].values()
    outputs = [output for stage in stages for output in stage.get("Outputs", [])]
    skipped = [
        _skipped(stage, output, given)
        for stage in stages
        for output in stage.get("Outputs", [])
        if output["Status"] == "Skipped"
    ]
    failed = [
        Unexamined(sought_by(output["Name"]), "it failed", expected=True)
        for output in outputs
        if output["Status"] == "Error"
    ]
    # one that could be made into no language is skipped with the same sentences
    left_out = [
        Unexamined(sought_by(output["Name"]), _sentence_part(said))
        for output in outputs
        if output["Status"] != "Skipped"
        for said in json.loads(output.get("MetaData", {}).get(_LEFT_OUT, "{}")).values()
    ]
    silent = [
        Unexamined(sought_by(output["Name"]), _sentence_part(said), expected=True)
        for output in outputs
        if (said := output.get("MetaData", {}).get(_SILENCE)) and output["Name"] not in metadata
    ]
    versions = (
        page.get("ModerationModelVersion", "") for page in metadata.get("contentModeration", ())
    )
    if any(one.startswith(_NUDITY_ONLY) for one in versions):
        reason = "the model of this machine knows nothing else"
        skipped.append(Unexamined(BEYOND_NUDITY, reason, expected=True))
    return (*failed, *skipped, *left_out, *silent)


def by_reason(left_out: Iterable[Unexamined]) -> Mapping[str, list[str]]:
    """Reason -> what was left out for it, each once."""
    grouped: dict[str, list[str]] = {}
    for one in left_out:
        whats = grouped.setdefault(one.reason, [])
        if one.what not in whats:
            whats.append(one.what)
    return grouped


def sought_by(operator: str) -> str:
    return SOUGHT.get(operator.removesuffix(_OF_A_PICTURE), operator)


def _skipped(
    stage: Mapping[str, Any], output: Mapping[str, Any], given: Mapping[str, Any]
) -> Unexamined:
    operator = output["Name"]
    what = sought_by(operator)
    configuration = stage["Configuration"].get(operator, {})
    media_type = configuration.get("MediaType", "MetadataOnly")
    # an operator that has looked says so itself
    said = output.get("MetaData", {}).get(f"{operator}Skipped")
    if said:
        return Unexamined(what, _sentence_part(said))
    if configuration.get("Enabled") is False:
        return Unexamined(what, "it is switched off", expected=True)
    if media_type not in (*given, "MetadataOnly"):
        return Unexamined(what, f"there is no {WORDS.get(media_type, media_type)}", expected=True)
    return Unexamined(what, "there was nothing to do", expected=True)


def _sentence_part(said: str) -> str:
    """As it stands in brackets; a name at its beginning stays as it is."""
    first = said.partition(" ")[0]
    is_name = first in _NAMES or (len(first) > 1 and not first[1:].islower())
    return said if is_name else f"{said[:1].lower()}{said[1:]}"

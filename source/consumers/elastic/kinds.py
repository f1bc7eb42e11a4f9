"""Which operators' results are searched, and how: a row for each kind.

A new operator is searched when it gets a row here.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import language
import pictures
from items import Json, words


@dataclass(frozen=True)
class Kind:
    """Findings of one operator.

    index: where they are. operator: the value of the field Operator, by which people search.
    findings: one page of a stored result -> its findings, in order. name: the field that says
    what was found, by which findings are counted. text: the words by which a finding is searched.
    workflow_fields: the names under which clients know the workflow execution.
    """

    index: str
    operator: str
    findings: Callable[[Json], Iterator[Json]]
    name: str = ""
    text: Callable[[Json], str] = lambda finding: ""
    workflow_fields: Sequence[str] = ("Workflow",)


def kind_of(operator: str) -> Kind | None:
    """The kind of an operator's findings; None when search does not know the operator.

    operator: the name under which results are stored, in any case.
    """
    name = operator.lower()
    return _KINDS.get(name) or (_CAPTIONS if _CURRENT_CAPTIONS.fullmatch(name) else None)


_of_name = language.text_of("Name")
_BOTH_WORKFLOW_FIELDS = ("Workflow", "workflow")


def _about_track(track: Mapping[str, Any]) -> str:
    return words(*(track.get(key) for key in ("track_type", "format", "title", "file_name")))


# lower-case name of the stored result -> its kind (specification 5.4, operators 20)
_KINDS: Mapping[str, Kind] = {
    "labeldetection": Kind("mielabels", "label_detection", pictures.labels, "Name", _of_name),
    "genericdatalookup": Kind(
        "mielabels", "generic_data_lookup", pictures.data_file_labels, "Name", _of_name
    ),
    "celebrityrecognition": Kind(
        "miecelebrity_detection", "celebrity_detection", pictures.celebrities, "Name", _of_name
    ),
    "contentmoderation": Kind(
        "miecontent_moderation", "content_moderation", pictures.moderation, "Name", _of_name
    ),
    "facedetection": Kind(
        "mieface_detection", "face_detection", pictures.faces, text=pictures.face_words
    ),
    "facesearch": Kind("mieface_search", "face_search", pictures.known_persons, "Name", _of_name),
    "persontracking": Kind("mieperson_tracking", "person_tracking", pictures.persons),
    "textdetection": Kind(
        "mietextdetection",
        "textDetection",
        pictures.texts,
        "DetectedText",
        language.text_of("DetectedText"),
    ),
    "shotdetection": Kind("mieshots", "shot_detection", pictures.shots),
    "technicalcuedetection": Kind(
        "mietechnical_cues",
        "technical_cue_detection",
        pictures.technical_cues,
        "Type",
        language.text_of("Type"),
    ),
    "mediainfo": Kind("miemediainfo", "mediainfo", pictures.tracks, text=_about_track),
    "mediainfoimage": Kind("miemediainfo", "mediainfo_image", pictures.tracks, text=_about_track),
    "transcribevideo": Kind(
        "mievideotranscript",
        "transcribe_video",
        language.transcript,
        text=language.text_of("transcript", "content"),
        workflow_fields=_BOTH_WORKFLOW_FIELDS,
    ),
    "transcribeaudio": Kind(
        "mieaudiotranscript",
        "transcribe_audio",
        language.transcript,
        text=language.text_of("transcript", "content"),
        workflow_fields=_BOTH_WORKFLOW_FIELDS,
    ),
    "translate": Kind(
        "mietranslation",
        "translate",
        language.translation,
        text=language.text_of("TranslatedText"),
        workflow_fields=_BOTH_WORKFLOW_FIELDS,
    ),
    "entities": Kind(
        "mieentities", "entities", language.entities, "EntityText", language.text_of("EntityText")
    ),
    "key_phrases": Kind(
        "miekey_phrases",
        "key_phrases",
        language.key_phrases,
        "PhraseText",
        language.text_of("PhraseText"),
    ),
}
# One result for each language. What was heard or translated before somebody corrected it
# (webcaptionstranscribe_…, webcaptionstranslate_…) would be found a second time.
_CURRENT_CAPTIONS = re.compile(r"webcaptions_(?P<language>.+)")
_CAPTIONS = Kind(
    "miewebcaptions", "web_captions", language.captions, text=language.text_of("caption")
)


def language_of(operator: str) -> str | None:
    """The language in an operator's name: WebCaptions_es -> es."""
    match = _CURRENT_CAPTIONS.fullmatch(operator.lower())
    # codes such as zh-TW keep their case
    return operator[match.start("language") :] if match else None

"""Documents of the data plane, and the execution that made them, become findings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from findings import medium, said, shown, times, topics, unexamined, what, when, who
from findings.model import Findings, Unexamined

Metadata = Mapping[str, Sequence[Mapping[str, Any]]]

# stored under -> what was looked for, where it is not named after its operator
_STORED: Mapping[str, str] = {"entities": "names", "key_phrases": "key phrases"}
# results that are told, or are files for other programs
_TOLD = (
    *("faceDetection", "faceSearch", "celebrityRecognition", "labelDetection"),
    *("contentModeration", "textDetection", "shotDetection", "technicalCueDetection"),
    *("TranscribeVideo", "TranscribeAudio", "Translate", "entities", "key_phrases"),
    *("Mediainfo", "MediainfoImage"),
)
_ABOUT_CAPTIONS = "Captions"


def read(
    metadata: Metadata,
    execution: Mapping[str, Any],
    also_unexamined: Iterable[Unexamined] = (),
    rough_translations: bool = True,
) -> Findings:
    """metadata: operator -> the pages of its result. execution: as the Workflow API gives it.

    also_unexamined: what the services of this machine do not look for. rough_translations: whether
    they are made by rules, as those of the local analysis are.
    """
    tracks = medium.tracks_of(metadata)
    sampling = times.sampling(tracks)
    spoken = execution["Globals"].get("MetaData", {}).get("TranscribeSourceLanguage")
    transcript = said.read_transcript(metadata, spoken)
    left_out = (*unexamined.read_unexamined(metadata, execution), *also_unexamined)
    found = Findings(
        asset_id=execution["AssetId"],
        workflow=execution["Workflow"]["Name"],
        medium=medium.read_medium(execution, tracks),
        who=who.read_who(metadata, sampling),
        what=what.read_what(metadata, sampling),
        shown=shown.read_shown(metadata.get("textDetection", ()), sampling),
        topics=topics.read_topics(metadata),
        when=when.read_when(metadata),
        transcript=transcript,
        translations=said.read_translations(metadata.get("Translate", ()), rough_translations),
        captions=said.read_captions(metadata, spoken, rough_translations),
        unexamined=left_out,
        began=_written_time(execution.get("Created")),
        also_stored=tuple(sorted(one for one in metadata if not _is_told(one))),
    )
    return replace(found, not_found=_not_found(metadata, found))


def _written_time(seconds: str | None) -> str | None:
    """seconds: since 1970, as the engine writes them."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(float(seconds), tz=UTC).isoformat(timespec="seconds")


def _is_told(operator: str) -> bool:
    return operator in _TOLD or _ABOUT_CAPTIONS in operator


def _not_found(metadata: Metadata, found: Findings) -> tuple[str, ...]:
    """What was looked for in vain; never what was not looked for."""
    kinds = {
        one.kind
        for group in (found.who, found.what, found.shown, found.topics, found.when)
        for one in group
    }
    not_looked_for = {one.what for one in found.unexamined}
    sought = {
        "faceDetection": "face" in kinds,
        "celebrityRecognition": "celebrity" in kinds,
        "labelDetection": "label" in kinds,
        "contentModeration": "moderation" in kinds,
        "textDetection": "text" in kinds,
        "shotDetection": "shot" in kinds,
        "technicalCueDetection": "cue" in kinds,
        "entities": "entity" in kinds,
        "key_phrases": "phrase" in kinds,
        "TranscribeVideo": found.transcript is not None,
        "TranscribeAudio": found.transcript is not None,
    }
    names = {one: _STORED.get(one, unexamined.sought_by(one)) for one in sought if one in metadata}
    if unexamined.BEYOND_NUDITY in not_looked_for and "contentModeration" in names:
        names["contentModeration"] = "nudity"
    vain = (name for one, name in names.items() if not sought[one])
    return tuple(dict.fromkeys(one for one in vain if one not in not_looked_for))

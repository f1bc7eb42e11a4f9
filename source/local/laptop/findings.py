"""What operators found, in words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from laptop import heard, seen

Tell = Callable[[Sequence[Any]], list[str]]

_CAPTIONS = "WebCaptions_"
# store key of an operator -> what to say of its pages
_WORDS: Mapping[str, Tell] = {
    "faceDetection": seen.faces,
    "labelDetection": seen.labels,
    "textDetection": seen.texts,
    "celebrityRecognition": seen.celebrities,
    "contentModeration": seen.moderation,
    "shotDetection": seen.segments("Shots"),
    "technicalCueDetection": seen.segments("Technical cues"),
    "TranscribeVideo": heard.transcript,
    "TranscribeAudio": heard.transcript,
    "Translate": heard.translation,
    "entities": heard.entities,
    "key_phrases": heard.key_phrases,
    "MediainfoImage": seen.media,
    "Mediainfo": seen.media,
}


def describe(metadata: Mapping[str, Sequence[Any]]) -> list[str]:
    """Lines for a person; metadata: operator -> the pages of its result.

    Operators that are not known here are named, so that nothing that was stored goes unsaid.
    """
    told = {one: tell for one in told_first(metadata) if (tell := _words_for(one))}
    lines = [line for operator, tell in told.items() for line in tell(metadata[operator])]
    others = sorted(set(metadata) - set(told))
    return [*lines, f"Also stored: {', '.join(others)}"] if others else lines


def told_first(operators: Iterable[str]) -> list[str]:
    """The operators in the order in which their findings are told."""
    order = [*_WORDS]
    return sorted(
        operators, key=lambda one: (order.index(one) if one in order else len(order), one)
    )


def _words_for(operator: str) -> Tell | None:
    if operator.startswith(_CAPTIONS):
        return heard.captions(operator.removeprefix(_CAPTIONS))
    return _WORDS.get(operator)


def skipped(execution: Mapping[str, Any]) -> list[str]:
    """A line for every operator of an ended execution that did not work, and why."""
    given = execution["Globals"]["Media"]
    return [
        f"Skipped: {output['Name']}, because {_reason(stage, output, given)}"
        for stage in execution["Workflow"]["Stages"].values()
        for output in stage.get("Outputs", [])
        if output["Status"] == "Skipped"
    ]


def _reason(stage: Mapping[str, Any], output: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    operator = output["Name"]
    configuration = stage["Configuration"].get(operator, {})
    media_type = configuration.get("MediaType", "MetadataOnly")
    if configuration.get("Enabled") is False:
        return "its configuration switches it off"
    if media_type not in (*given, "MetadataOnly"):
        return f"it works on {media_type} and there is none"
    # an operator that has looked says so itself
    said = output.get("MetaData", {}).get(f"{operator}Skipped", "it had nothing to do")
    return f"{said[:1].lower()}{said[1:]}"

"""Captions and transcripts in the data plane.

Captions are {"WebCaptions": [{"start", "end", "caption"}, …]}, the times in seconds, numbers where
they come from a transcript and text where they come from a file. Transcribed ones have
"wordConfidence", translated ones "sourceCaption".
"""

from collections.abc import Iterator, Sequence
from typing import Any

from MediaInsightsEngineLambdaHelper import (
    DataPlane,
    MediaInsightsOperationHelper,
    OperatorError,
    OperatorInputError,
    store_results,
)

Caption = dict[str, Any]

_TRANSCRIPTS = ("TranscribeVideo", "TranscribeAudio")


def current(language: str) -> str:
    """The name of the captions that people see and edit; raw ones have names of their own."""
    return f"WebCaptions_{language}"


def raw_names(language: str) -> list[str]:
    """Under which captions are kept as operators made them."""
    return [f"WebCaptions{source}_{language}" for source in (*_TRANSCRIPTS, "Translate")]


def save(
    operator: MediaInsightsOperationHelper, name: str, captions: Sequence[Caption], **counts: int
) -> None:
    """counts: what else is said of them, where it is not 0. Raises OperatorError."""
    said = {key: count for key, count in counts.items() if count}
    store_results(operator, name, {"WebCaptions": list(captions), **said})


def load(operator: MediaInsightsOperationHelper, language: str) -> list[Caption]:
    """The captions of a language as they are now; OperatorInputError where there are none."""
    name = current(language)
    captions = find(operator, name)
    if captions is None:
        raise OperatorInputError(f"There are no captions {name} of the asset {operator.asset_id}")
    return captions


def find(operator: MediaInsightsOperationHelper, name: str) -> list[Caption] | None:
    """The captions under a name, or None. People store them, too: raises OperatorInputError."""
    pages = list(results(operator, name))
    if not pages:
        return None
    captions = [one for page in pages for one in page.get("WebCaptions") or []]
    for place, one in enumerate(captions, 1):
        if not isinstance(one, dict) or not isinstance(one.get("caption"), str):
            raise OperatorInputError(f"Caption {place} of {name} is no object with caption, a text")
    return captions


def transcript_names(operator: MediaInsightsOperationHelper) -> tuple[str, ...]:
    """The operators of which one has the transcript, the first one first."""
    configured = operator.configuration.get("TranscribeOperatorName")
    return (str(configured),) if configured else _TRANSCRIPTS


def transcript(operator: MediaInsightsOperationHelper) -> tuple[str, list[dict[str, Any]]]:
    """Whose transcript it is, and its items; none where nothing was said or written down."""
    names = transcript_names(operator)
    for name in names:
        pages = list(results(operator, name))
        if pages:
            return name, [item for page in pages for item in page["results"]["items"]]
    return names[0], []


def results(operator: MediaInsightsOperationHelper, name: str) -> Iterator[dict[str, Any]]:
    """The pages of a result of the asset; none where it has no such result."""
    dataplane, cursor = DataPlane(), None
    while True:
        answer = dataplane.retrieve_asset_metadata(operator.asset_id, name, cursor)
        if answer.get("Code") == "NotFoundError":
            return
        if "results" not in answer:
            raise OperatorError(f"Unable to read {name}: {answer.get('Message')}")
        found = answer["results"]
        yield from found if isinstance(found, list) else [found]
        cursor = answer.get("cursor")
        if not cursor:
            return

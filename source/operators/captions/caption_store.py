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


def save(operator: MediaInsightsOperationHelper, name: str, captions: Sequence[Caption]) -> None:
    """Raises OperatorError."""
    store_results(operator, name, {"WebCaptions": list(captions)})


def load(operator: MediaInsightsOperationHelper, language: str) -> list[Caption]:
    """The captions of a language as they are now; OperatorInputError where there are none."""
    name = current(language)
    pages = list(results(operator, name))
    if not pages:
        raise OperatorInputError(f"There are no captions {name} of the asset {operator.asset_id}")
    return [caption for page in pages for caption in page.get("WebCaptions", [])]


def transcript(operator: MediaInsightsOperationHelper) -> tuple[str, list[dict[str, Any]]]:
    """Whose transcript it is, and its items; none where nothing was said or written down."""
    configured = operator.configuration.get("TranscribeOperatorName")
    names = (str(configured),) if configured else _TRANSCRIPTS
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

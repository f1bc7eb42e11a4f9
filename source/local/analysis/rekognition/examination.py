"""What is looked for and what is not: an empty answer must not say that there is nothing of it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from analysis.rekognition import celebrities, moderation
from analysis.rekognition.face_collections import FaceCollections

HEADER = "x-mie-not-examined"


def not_examined_header(names: Iterable[str]) -> dict[str, str]:
    """The header that goes along with answers about what is examined in part."""
    return {HEADER: ", ".join(names)}


def moderation_header() -> dict[str, str]:
    return not_examined_header(moderation.NOT_EXAMINED)


def celebrities_header() -> dict[str, str]:
    return not_examined_header(celebrities.NOT_EXAMINED)


def examination(state: Path) -> Mapping[str, Any]:
    """What `GET /health` says of moderation's categories, and how many persons are known."""
    known = celebrities.known_persons(FaceCollections(state))
    return {
        "moderation": {
            "examined": list(moderation.EXAMINED),
            "not_examined": list(moderation.NOT_EXAMINED),
        },
        "celebrities": {"known_persons": len(celebrities.known_names(known))},
    }

"""Names and phrases of what was said or written, as Comprehend lists them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from findings.model import Finding
from findings.sightings import surest

Pages = Sequence[Mapping[str, Any]]

# type of an entity -> as a person would write it
_TYPES: Mapping[str, str] = {
    "PERSON": "person",
    "LOCATION": "place",
    "ORGANIZATION": "organisation",
    "COMMERCIAL_ITEM": "product",
    "EVENT": "event",
    "DATE": "date",
    "QUANTITY": "quantity",
    "TITLE": "title",
}


def read_topics(metadata: Mapping[str, Pages]) -> tuple[Finding, ...]:
    """Names, then phrases; each once, what is said more often before what is said less."""
    names = _counted(
        _topic("entity", one, _type(one))
        for one in _of_comprehend(metadata.get("entities", ()), "Entities")
    )
    known = {one.name.casefold() for one in names}
    phrases = _counted(
        _topic("phrase", one, ())
        for one in _of_comprehend(metadata.get("key_phrases", ()), "KeyPhrases")
    )
    return (*names, *(one for one in phrases if one.name.casefold() not in known))


def _topic(kind: str, found: Mapping[str, Any], details: tuple[str, ...]) -> Finding:
    score = found.get("Score")
    confidence = None if score is None else score * 100
    return Finding(kind, " ".join(found["Text"].split()), details, confidence)


def _type(entity: Mapping[str, Any]) -> tuple[str, ...]:
    """Nothing of OTHER, which says nothing."""
    word = _TYPES.get(entity["Type"])
    return (word,) if word else ()


def _counted(found: Iterator[Finding]) -> list[Finding]:
    counted: dict[tuple[str, tuple[str, ...]], Finding] = {}
    for one in found:
        key = (one.name.casefold(), one.details)
        before = counted.get(key)
        counted[key] = (
            one
            if before is None
            else replace(
                before,
                count=before.count + 1,
                confidence=surest((before.confidence, one.confidence)),
            )
        )
    return sorted(counted.values(), key=lambda one: -one.count)


def _of_comprehend(pages: Pages, member: str) -> Iterator[Mapping[str, Any]]:
    """Comprehend's output is kept as it comes: a text of one JSON document a line."""
    for page in pages:
        for document in page.get("Results", []):
            for line in document.splitlines():
                yield from json.loads(line).get(member, [])

"""What was said, and what became of it: transcript, translation, names, phrases, captions."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from laptop.sections import clock, section

# as much as a terminal shows at once
_MOST_CHARACTERS = 400


def transcript(pages: Sequence[Any]) -> list[str]:
    texts = [one["transcript"] for page in pages for one in page["results"].get("transcripts", [])]
    return _quoted("Said", " ".join(texts))


def translation(pages: Sequence[Any]) -> list[str]:
    return [
        line
        for page in pages
        for line in _quoted(f"In {page['TargetLanguageCode']}", page["TranslatedText"])
    ]


def entities(pages: Sequence[Any]) -> list[str]:
    found = {
        f"{one['Text']} ({one['Type'].lower().replace('_', ' ')})": None
        for one in _of_comprehend(pages, "Entities")
    }
    return section("Names and numbers", found)


def key_phrases(pages: Sequence[Any]) -> list[str]:
    found = {one["Text"]: None for one in _of_comprehend(pages, "KeyPhrases")}
    return section("Key phrases", found)


def captions(language: str) -> Callable[[Sequence[Any]], list[str]]:
    def tell(pages: Sequence[Any]) -> list[str]:
        found = [one for page in pages for one in page.get("WebCaptions", [])]
        return section(f"Captions ({language})", [_caption(one) for one in found])

    return tell


def _caption(caption: Mapping[str, Any]) -> str:
    return f"{clock(float(caption['start']) * 1000)} {caption['caption']}"


def _of_comprehend(pages: Sequence[Any], member: str) -> Iterator[Any]:
    """Comprehend's output is kept as it comes: a text of one JSON document a line."""
    for page in pages:
        for document in page.get("Results", []):
            for line in document.splitlines():
                yield from json.loads(line).get(member, [])


def _quoted(title: str, text: str) -> list[str]:
    if not text.strip():
        return [f"{title}: nothing"]
    more = "…" if len(text) > _MOST_CHARACTERS else ""
    return [f"{title}: “{text.strip()[:_MOST_CHARACTERS]}{more}”"]

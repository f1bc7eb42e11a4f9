"""Documents as parts to translate and parts to keep: lines of plain text, text between tags.

Tags and white space stay byte for byte, so that a marker is never lost and stays between what was
said before it and what was said after it.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from analysis.language.pieces import pieces

# characters; a longer line is cut where a sentence ends
_LONGEST = 4_000
_PLAIN = "text/plain"
HTML = "text/html"
CONTENT_TYPES = (_PLAIN, HTML)

Translate = Callable[[Sequence[str]], Sequence[str]]


@dataclass(frozen=True)
class Part:
    """A stretch of a document; `text` is what it says when it is to be translated, else None."""

    raw: str
    text: str | None = None


def translate_document(document: str, content_type: str, translate: Translate) -> str:
    """Translate what is text in a document, and keep the rest as it is."""
    is_html = content_type == HTML
    parts = list(_html_parts(document) if is_html else _plain_parts(document))
    translated = iter(translate([part.text for part in parts if part.text is not None]))
    kept = (part.raw if part.text is None else next(translated) for part in parts)
    if not is_html:
        return "".join(kept)
    return "".join(
        raw if part.text is None else html.escape(raw, quote=False)
        for part, raw in zip(parts, kept, strict=True)
    )


def _plain_parts(text: str) -> Iterator[Part]:
    for line in text.splitlines(keepends=True):
        for _, piece in pieces(line, _LONGEST):
            yield from _text_parts(piece, piece)


def _html_parts(document: str) -> Iterator[Part]:
    for raw, is_text in _Reader().read(document):
        if not is_text:
            yield Part(raw)
            continue
        said = html.unescape(raw)
        if len(said) == len(raw):
            yield from _plain_parts(raw)
        else:
            # what is cut is what is said: the raw text could be cut inside of "&amp;"
            for part in _plain_parts(said):
                kept = html.escape(part.raw, quote=False)
                yield Part(kept, part.text)


def _text_parts(raw: str, said: str) -> Iterator[Part]:
    """White space around text is kept; text without a letter has nothing to translate."""
    if not any(letter.isalpha() for letter in said):
        yield Part(raw)
        return
    found = re.fullmatch(r"(?s)(\s*)(.*?)(\s*)", said)
    if found is None:
        raise ValueError("every text has white space, text and white space")
    before, text, after = found.groups()
    yield from (Part(before),) if before else ()
    yield Part(text, text)
    yield from (Part(after),) if after else ()


class _Reader(HTMLParser):
    """Cuts a document at its tags, comments and declarations."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self._starts: list[tuple[int, bool]] = []
        self._lines = [0]
        # inside an element that says translate="no": its tag, and how many of that tag are open
        self._kept_tag = ""
        self._kept_depth = 0

    def read(self, document: str) -> Iterable[tuple[str, bool]]:
        """The stretches of the document, and of each whether it is text to translate."""
        self._lines += [found.end() for found in re.finditer("\n", document)]
        self.feed(document)
        self.close()
        runs: list[tuple[int, bool]] = []
        for start, is_text in self._starts:
            if not runs or runs[-1][1] != is_text:
                runs.append((start, is_text))
        if not runs or runs[0][0] > 0:
            runs.insert(0, (0, False))
        ends = [start for start, _ in runs[1:]] + [len(document)]
        return [
            (document[start:end], is_text) for (start, is_text), end in zip(runs, ends, strict=True)
        ]

    def _note(self, is_text: bool) -> None:
        line, column = self.getpos()
        self._starts.append((self._lines[line - 1] + column, is_text and not self._kept_depth))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(is_text=False)
        if self._kept_depth:
            self._kept_depth += tag == self._kept_tag
        elif ("translate", "no") in attrs:
            self._kept_tag, self._kept_depth = tag, 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(is_text=False)

    def handle_endtag(self, tag: str) -> None:
        self._note(is_text=False)
        if self._kept_depth:
            self._kept_depth -= tag == self._kept_tag

    def handle_data(self, data: str) -> None:
        self._note(is_text=self.cdata_elem is None)

    def handle_entityref(self, name: str) -> None:
        self._note(is_text=True)

    def handle_charref(self, name: str) -> None:
        self._note(is_text=True)

    def handle_comment(self, data: str) -> None:
        self._note(is_text=False)

    def handle_decl(self, decl: str) -> None:
        self._note(is_text=False)

    def handle_pi(self, data: str) -> None:
        self._note(is_text=False)

    def unknown_decl(self, data: str) -> None:
        self._note(is_text=False)

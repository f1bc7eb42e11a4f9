"""Terminologies and parallel data as files: CSV, TSV and TMX, as Amazon Translate takes them."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

_SEPARATORS = {"CSV": ",", "TSV": "\t"}
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class TermFileError(Exception):
    """The file is not what its format says; the text is for the person who sent it."""


@dataclass(frozen=True)
class Terms:
    """The languages of a file, the first one its source, and what is the same in them.

    rows: a text by its language, at least one for the source and one other. skipped: rows without.
    """

    languages: Sequence[str]
    rows: Sequence[Mapping[str, str]]
    skipped: int

    def between(self, source: str, target: str, *, any_direction: bool = False) -> dict[str, str]:
        """What terms become from one language to the other; of two for one term the last."""
        if source != self.languages[0] and not any_direction:
            return {}
        return {row[source]: row[target] for row in self.rows if source in row and target in row}


def read_terms(content: bytes, file_format: str) -> Terms:
    """Read a file; raises TermFileError."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TermFileError("The file is not UTF-8 text") from error
    rows = list(_tmx(text) if file_format == "TMX" else _table(text, _SEPARATORS[file_format]))
    languages = list(dict.fromkeys(language for row in rows for language in row))
    if len(languages) < 2:
        raise TermFileError("The file names fewer than two languages")
    source = languages[0]
    whole = [{name: text for name, text in row.items() if text} for row in rows]
    used = [row for row in whole if source in row and len(row) > 1]
    # the row that names the languages of a table has no text
    given = [row for row in whole if row]
    return Terms(languages, used, len(given) - len(used))


def _table(text: str, separator: str) -> Iterator[dict[str, str]]:
    """The header as a row without texts, so that its languages are known, and the rows."""
    try:
        header, *lines = [
            line for line in csv.reader(io.StringIO(text), delimiter=separator, strict=True) if line
        ]
    except ValueError as error:
        raise TermFileError("The file is empty") from error
    except csv.Error as error:
        raise TermFileError(f"The file is not a table: {error}") from error
    languages = [name.strip() for name in header]
    if len(set(languages)) < len(languages) or not all(languages):
        raise TermFileError("The first line does not name a language for each column")
    yield dict.fromkeys(languages, "")
    for number, line in enumerate(lines, start=2):
        if len(line) != len(languages):
            raise TermFileError(f"Line {number} has not as many columns as the first line")
        yield {name: term.strip() for name, term in zip(languages, line, strict=True)}


def _tmx(text: str) -> Iterator[dict[str, str]]:
    # entities of its own could name files or grow without end; those of XML need no declaration
    if "<!ENTITY" in text:
        raise TermFileError("The file declares entities, which are not read")
    try:
        document = ET.fromstring(text)  # noqa: S314 - it has no entities, and 10 MB at most
    except ET.ParseError as error:
        raise TermFileError(f"The file is not TMX: {error}") from error
    header = document.find("header")
    source = header.get("srclang", "") if header is not None else ""
    if source and source != "*all*":
        yield {source: ""}
    for unit in document.iter("tu"):
        yield {
            (variant.get(_XML_LANG) or variant.get("lang") or ""): _said(variant)
            for variant in unit.iter("tuv")
        }


def _said(variant: ET.Element) -> str:
    segment = variant.find("seg")
    return "" if segment is None else "".join(segment.itertext()).strip()

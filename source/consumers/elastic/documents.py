"""What search gets to know of an operator's results: flat documents, one per finding.

Beside what the finding itself says, every document has the same fields: AssetId, Operator,
OperatorName (under which the result is stored), Workflow, Version and Position (its number in the
result); and where there are any, Name (what was found), Text (by which words it is found),
Confidence (0-100), StartMs and EndMs (its place in the medium, equal for a moment).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fields import fit, number
from items import Json
from kinds import Kind, kind_of, language_of

# The bounds of a finding's place in the medium, as the kinds name them, all in ms.
_PLACES = (
    ("StartMs", "EndMs"),
    ("StartTimestamp", "EndTimestamp"),
    ("StartTimestampMillis", "EndTimestampMillis"),
    ("start_time", "end_time"),
    ("Timestamp", "Timestamp"),
)
# A search that shows where its words are fails as a whole on a text beyond a million characters.
_LONGEST_TEXT = 1_000_000


@dataclass(frozen=True)
class Result:
    """One result of an operator.

    operator: the name under which it is stored. version: differs whenever the result does.
    """

    asset_id: str
    operator: str
    workflow_id: str
    version: str = ""


@dataclass(frozen=True)
class Document:
    """A document of an index. The id is the same whenever the same finding is sent."""

    index: str
    id: str
    body: Json


def documents_of(result: Result, pages: Iterable[Json]) -> Iterator[Document]:
    """The documents of a result that search knows, one after the other.

    pages: what the operator stored, in order.
    """
    kind = kind_of(result.operator)
    if kind is None:
        return
    findings = (finding for page in pages for finding in kind.findings(page))
    for position, finding in enumerate(findings):
        body = {**_body(kind, result, finding), "Position": position}
        yield Document(kind.index, _id(result, position), body)


def _body(kind: Kind, result: Result, finding: Json) -> Json:
    body = fit(finding)
    return {
        **body,
        **_place(body),
        **_filled("Name", body.get(kind.name)),
        **_filled("Text", kind.text(body)[:_LONGEST_TEXT]),
        **_filled("LanguageCode", language_of(result.operator) or body.get("LanguageCode")),
        "AssetId": result.asset_id,
        "Operator": kind.operator,
        "OperatorName": result.operator,
        "Version": result.version,
        **dict.fromkeys(kind.workflow_fields, result.workflow_id),
    }


def _filled(key: str, value: object) -> Json:
    return {key: value} if value not in (None, "") else {}


def _place(body: Json) -> Json:
    """Where in the medium it is; a picture's finding is nowhere."""
    for start, end in _PLACES:
        bounds = number(body.get(start)), number(body.get(end))
        if None not in bounds:
            return {"StartMs": body[start], "EndMs": body[end]}
    return {}


def _id(result: Result, position: int) -> str:
    place = [result.asset_id, result.workflow_id, result.operator, position]
    return hashlib.sha256(json.dumps(place).encode()).hexdigest()[:40]

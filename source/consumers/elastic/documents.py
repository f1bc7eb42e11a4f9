"""What search gets to know of an operator's results: flat documents, one per finding.

A row of the table says for an operator into which index its findings go, and what they are.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

# Fields of which an older writer made texts; ranges can be searched in numbers only.
_NUMBERS = ("Confidence", "Timestamp")


@dataclass(frozen=True)
class Kind:
    """Findings of one operator.

    operator: the value of the field Operator, by which people search. findings: one stored
    result -> its findings.
    """

    index: str
    operator: str
    findings: Callable[[Json], Iterable[Any]]


@dataclass(frozen=True)
class Result:
    """Whose findings they are. operator is the name under which they were stored."""

    asset_id: str
    operator: str
    workflow_id: str


@dataclass(frozen=True)
class Document:
    """A document of an index. The id is the same whenever the same finding is sent."""

    index: str
    id: str
    body: Json


def kind_of(operator: str) -> Kind | None:
    """The kind of an operator's findings; None when search does not know the operator."""
    return _KINDS.get(operator.lower())


def documents_of(result: Result, pages: Iterable[Json]) -> list[Document]:
    """The documents of a result that search knows. pages: what the operator stored, in order.

    A finding that is no object is left out.
    """
    kind = _KINDS[result.operator.lower()]
    findings = (
        finding for page in pages for finding in kind.findings(page) if isinstance(finding, Mapping)
    )
    return [
        Document(kind.index, _id(result, position), _body(kind, result, finding))
        for position, finding in enumerate(findings)
    ]


def _listed(key: str) -> Callable[[Json], Iterable[Any]]:
    """Findings that are the elements of a list, as they are."""

    def findings(page: Json) -> Iterable[Any]:
        found = page.get(key, [])
        return found if isinstance(found, list) else []

    return findings


# Lower-case operator -> its kind (specification 5.4: the shapes of images and of Mediainfo).
_KINDS: Mapping[str, Kind] = {
    "textdetection": Kind("mietextdetection", "textDetection", _listed("TextDetections")),
    "labeldetection": Kind("mielabels", "label_detection", _listed("Labels")),
    "facedetection": Kind("mieface_detection", "face_detection", _listed("FaceDetails")),
    "mediainfo": Kind("miemediainfo", "mediainfo", _listed("tracks")),
    "mediainfoimage": Kind("miemediainfo", "mediainfo_image", _listed("tracks")),
}


def _body(kind: Kind, result: Result, finding: Mapping[str, Any]) -> Json:
    return {
        **{key: _number(key, value) for key, value in finding.items()},
        "AssetId": result.asset_id,
        "Operator": kind.operator,
        "Workflow": result.workflow_id,
    }


def _number(key: str, value: Any) -> Any:
    if key not in _NUMBERS or not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        return value


def _id(result: Result, position: int) -> str:
    place = [result.asset_id, result.workflow_id, result.operator.lower(), position]
    return hashlib.sha256(json.dumps(place).encode()).hexdigest()[:40]

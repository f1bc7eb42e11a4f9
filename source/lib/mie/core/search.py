"""Searching what operators have found: a request as a query of OpenSearch, its answer as hits.

What a caller says gets into a query as a value only, never as its syntax; the one text that has a
syntax of its own, ``q``, is parsed by simple_query_string, which knows no names of fields.
"""

import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mie.core import assets
from mie.core.documents import Json
from mie.core.errors import BadRequest, Malformed
from mie.core.lists import PageRequest, page_request

# All documents are in indices of this name, and searches look nowhere else.
INDICES = "mie*"
PARAMETERS = (
    *("q", "operator", "name", "label", "min_confidence", "asset_id"),
    *("from_ms", "to_ms", "limit", "cursor"),
)
MOST_PER_PAGE = 100
_PER_PAGE = 20
_LONGEST_TEXT, _LONGEST_NAME = 500, 500  # characters
# A year and a day; nothing that anybody analyses is longer.
_LATEST_MS = 366 * 24 * 60 * 60 * 1000
_MOST_CLAUSES = 50  # words of q
_MOST_OF_A_FACET = 50
_COUNTED = 10_000  # beyond that a total says "at least"
_SNIPPET = 200  # characters
_SECONDS = 10  # an endpoint that works on it longer has given up

# facet -> the field whose values it counts
_FACETS = {"operators": "Operator.keyword", "names": "Name.keyword"}
# what a hit tells -> the field that has it, in the form that is indexed: typed, and of bounded size
_FOUND = {
    "asset_id": "AssetId.keyword",
    "operator": "Operator.keyword",
    "operator_name": "OperatorName",
    "workflow_id": "Workflow.keyword",
    "name": "Name.keyword",
    "confidence": "Confidence",
    "start_ms": "StartMs",
    "end_ms": "EndMs",
}
# Stand around found words until the text between them is safe; nobody writes these characters.
_BEGIN, _END = "\ue000", "\ue001"
_LONGEST_SNIPPET = 1_000  # characters with marks
_BEFORE_THE_FOUND = 100


@dataclass(frozen=True)
class Query:
    """What is looked for; None for what does not matter.

    operator: a value of the documents' field, or the name under which results are stored.
    name: what was found, whole, in any case. min_confidence: 0-100.
    """

    q: str | None = None
    operator: str | None = None
    name: str | None = None
    min_confidence: float | None = None
    asset_id: str | None = None
    from_ms: int | None = None
    to_ms: int | None = None

    @property
    def mark(self) -> str:
        """The same for the same query, and for no other."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def read_query(parameters: Mapping[str, str]) -> Query:
    """The query that a request's parameters describe. Raises BadRequest."""
    if "label" in parameters and "name" in parameters:
        raise BadRequest("label: means the same as name, of which there can be one")
    name = next((one for one in ("name", "label") if one in parameters), "name")
    from_ms, to_ms = (_milliseconds(parameters, one) for one in ("from_ms", "to_ms"))
    if from_ms is not None and to_ms is not None and from_ms > to_ms:
        raise BadRequest(f"from_ms: {from_ms} is behind to_ms, which is {to_ms}")
    return Query(
        q=_words(parameters),
        operator=_id(parameters, "operator"),
        name=_text(parameters, name, _LONGEST_NAME),
        min_confidence=_percent(parameters, "min_confidence"),
        asset_id=_id(parameters, "asset_id"),
        from_ms=from_ms,
        to_ms=to_ms,
    )


def read_page(parameters: Mapping[str, str]) -> PageRequest:
    """Raises BadRequest."""
    return page_request(parameters, MOST_PER_PAGE, _PER_PAGE)


def request_body(query: Query, limit: int, after: Sequence[Any] | None) -> Json:
    """The body of a search; after: the position of the last hit of the page before.

    One hit more than ``limit`` is asked for, which tells whether there is another page.
    """
    body: Json = {
        "size": limit + 1,
        "timeout": f"{_SECONDS}s",
        "track_total_hits": _COUNTED,
        "query": {"bool": {"must": _matching(query), "filter": _filters(query)}},
        "sort": _order(query),
        "_source": False,
        "docvalue_fields": [*_FOUND.values()],
        "highlight": {
            "pre_tags": [_BEGIN],
            "post_tags": [_END],
            "fields": {
                "Text": {
                    # the default takes minutes for the transcript of a long film
                    "type": "plain",
                    "fragmenter": "simple",
                    "number_of_fragments": 1,
                    "fragment_size": _SNIPPET,
                    "no_match_size": _SNIPPET,
                }
            },
        },
    }
    if after is not None:
        return {**body, "search_after": [*after]}
    # they are of all hits, so that the first page tells everything
    return {**body, "aggs": {name: _facet(field) for name, field in _FACETS.items()}}


def answer_of(found: Json, limit: int, *, first: bool) -> tuple[Json, list[Any] | None]:
    """The answer to a search, and the position behind which the next page begins.

    found: what OpenSearch answered. Returns {"hits", "total", "total_is_exact"}, on the first page
    with "facets", and None when there are no more hits. Raises Malformed.
    """
    try:
        hits = found["hits"]["hits"]
        total = found["hits"]["total"]
        answer: Json = {
            "hits": [_hit(one) for one in hits[:limit]],
            "total": total["value"],
            "total_is_exact": total["relation"] == "eq",
        }
        if first:
            answer["facets"] = {name: _counts(found, name) for name in _FACETS}
        return answer, hits[limit - 1]["sort"] if len(hits) > limit else None
    except (KeyError, TypeError, IndexError) as error:
        raise Malformed("the search endpoint's answer is not one of a search") from error


def _counts(found: Json, facet: str) -> list[Json]:
    # where there is no index yet, nothing was counted
    counted = found.get("aggregations", {}).get(facet, {"buckets": []})
    return [{"value": one["key"], "count": one["doc_count"]} for one in counted["buckets"]]


def _hit(hit: Json) -> Json:
    fields = hit.get("fields", {})
    told = {name: fields[field][0] for name, field in _FOUND.items() if fields.get(field)}
    if "name" in told:
        told["name"] = told["name"][:_LONGEST_NAME]
    if "confidence" in told:
        # indexed in 32 bits, whose decimals nobody has measured
        told["confidence"] = round(told["confidence"], 4)
    fragments = hit.get("highlight", {}).get("Text")
    return {**told, "snippet": _snippet(fragments[0])} if fragments else told


def _snippet(fragment: str) -> str:
    """A fragment as HTML: what was found stands in em, and nothing else is markup."""
    begin = max(0, fragment.find(_BEGIN) - _BEFORE_THE_FOUND)
    cut = fragment if len(fragment) <= _LONGEST_SNIPPET else fragment[begin:][:_LONGEST_SNIPPET]
    made, inside = "", False
    for part in re.split(f"([{_BEGIN}{_END}])", cut):
        if part in (_BEGIN, _END):
            # also when a text has such a character of its own, tags come in pairs
            if inside != (part == _BEGIN):
                inside = not inside
                made += "<em>" if inside else "</em>"
        else:
            made += html.escape(part, quote=False)
    return made + ("</em>" if inside else "")


def _matching(query: Query) -> list[Json]:
    if query.q is None:
        return []
    return [
        {
            "simple_query_string": {
                "query": query.q,
                "fields": ["Text", "Name^2"],
                # all words, phrases in quotes, -not, |, and beginnings with *; no nesting, no ~
                "flags": "AND|OR|NOT|PHRASE|PREFIX|WHITESPACE|ESCAPE",
                "default_operator": "and",
            }
        }
    ]


def _filters(query: Query) -> list[Json]:
    return [
        *_operator(query.operator),
        *_term("AssetId.keyword", query.asset_id),
        *([] if query.name is None else [_in_any_case("Name.keyword", query.name)]),
        *_range("Confidence", "gte", query.min_confidence),
        # a finding is inside when it has begun before the end, and ended after the beginning
        *_range("StartMs", "lte", query.to_ms),
        *_range("EndMs", "gte", query.from_ms),
    ]


def _term(field: str, value: str | None) -> list[Json]:
    return [] if value is None else [{"term": {field: {"value": value}}}]


def _operator(value: str | None) -> list[Json]:
    if value is None:
        return []
    fields = ("Operator.keyword", "OperatorName")
    terms = [_in_any_case(field, value) for field in fields]
    return [{"bool": {"should": terms, "minimum_should_match": 1}}]


def _in_any_case(field: str, value: str) -> Json:
    return {"term": {field: {"value": value, "case_insensitive": True}}}


def _range(field: str, bound: str, value: float | None) -> list[Json]:
    return [] if value is None else [{"range": {field: {bound: value}}}]


def _order(query: Query) -> list[Json]:
    """The best first; then each finding has a place of its own, which pages continue behind."""
    best: list[Json] = [] if query.q is None else [{"_score": {"order": "desc"}}]
    return [
        *best,
        _ascending("AssetId.keyword", "keyword"),
        _ascending("StartMs", "long"),
        _ascending("OperatorName", "keyword"),
        _ascending("Workflow.keyword", "keyword"),
        _ascending("Position", "long"),
    ]


def _ascending(field: str, kind: str) -> Json:
    # an index that was made without the template may not have the field
    return {field: {"order": "asc", "missing": "_last", "unmapped_type": kind}}


def _facet(field: str) -> Json:
    return {"terms": {"field": field, "size": _MOST_OF_A_FACET}}


def _words(parameters: Mapping[str, str]) -> str | None:
    text = _text(parameters, "q", _LONGEST_TEXT)
    # each costs a clause in every field
    if text is not None and len(text.split()) > _MOST_CLAUSES:
        raise BadRequest(f"q: has more than {_MOST_CLAUSES} words")
    return text


def _text(parameters: Mapping[str, str], name: str, longest: int) -> str | None:
    value = parameters.get(name)
    if value is None:
        return None
    if not value.strip():
        raise BadRequest(f"{name}: is empty")
    if len(value) > longest:
        raise BadRequest(f"{name}: has {len(value)} characters, at most {longest} are allowed")
    if any(_is_control(one) for one in value):
        raise BadRequest(f"{name}: has control characters")
    return value


def _is_control(character: str) -> bool:
    # surrogates, too, are no text that can be sent
    return character < " " or "\x7f" <= character < "\xa0" or "\ud800" <= character <= "\udfff"


def _id(parameters: Mapping[str, str], name: str) -> str | None:
    value = parameters.get(name)
    return None if value is None else assets.check_id(value, name)


def _percent(parameters: Mapping[str, str], name: str) -> float | None:
    value = parameters.get(name)
    if value is None:
        return None
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,10})?", value) and 0 <= float(value) <= 100:
        return float(value)
    raise BadRequest(f"{name}: must be a number from 0 to 100, got {value[:20]!r}")


def _milliseconds(parameters: Mapping[str, str], name: str) -> int | None:
    value = parameters.get(name)
    if value is None:
        return None
    if re.fullmatch(r"[0-9]{1,15}", value) and int(value) <= _LATEST_MS:
        return int(value)
    raise BadRequest(
        f"{name}: must be a whole number of milliseconds up to {_LATEST_MS}, got {value[:20]!r}"
    )

import json

import pytest

from mie.core import search
from mie.core.errors import BadRequest, Malformed
from mie.core.lists import PageRequest
from mie.core.search import Query


def filters(**parameters):
    body = search.request_body(search.read_query(parameters), 20, None)
    return body["query"]["bool"]["filter"]


def answer(*hits, total=None, **more):
    return {
        "hits": {
            "hits": list(hits),
            "total": {"value": len(hits) if total is None else total, "relation": "eq"},
        },
        **more,
    }


def hit(number, **fields):
    return {"fields": {"AssetId.keyword": ["a1"], **fields}, "sort": [number]}


def test_without_parameters_everything_is_looked_for():
    assert search.read_query({}) == Query()
    body = search.request_body(Query(), 20, None)
    assert body["query"] == {"bool": {"must": [], "filter": []}}


def test_words_are_a_value_and_no_syntax_of_the_query():
    attack = '"}}], "size": 10000, AssetId:* _index:secret (((( [* TO *] {"match_all":{}}'
    body = search.request_body(search.read_query({"q": attack}), 20, None)
    (clause,) = body["query"]["bool"]["must"]
    assert clause["simple_query_string"]["query"] == attack
    assert clause["simple_query_string"]["fields"] == ["Text", "Name^2"]
    assert json.loads(json.dumps(body))["size"] == 21


def test_the_costly_syntax_is_off():
    body = search.request_body(Query(q="a~2 (b)"), 20, None)
    flags = body["query"]["bool"]["must"][0]["simple_query_string"]["flags"].split("|")
    assert not {"ALL", "FUZZY", "SLOP", "NEAR", "PRECEDENCE"} & set(flags)


def test_an_operator_is_meant_by_either_of_its_names():
    (found,) = filters(operator="labelDetection")
    fields = [field for term in found["bool"]["should"] for field in term["term"]]
    assert fields == ["Operator.keyword", "OperatorName"]
    assert found["bool"]["minimum_should_match"] == 1


@pytest.mark.parametrize("parameter", ["name", "label"])
def test_a_name_is_meant_whole_and_in_any_case(parameter):
    assert filters(**{parameter: "Dog*"}) == [
        {"term": {"Name.keyword": {"value": "Dog*", "case_insensitive": True}}}
    ]


def test_a_range_of_time_finds_what_overlaps_it():
    assert filters(from_ms="1000", to_ms="2000") == [
        {"range": {"StartMs": {"lte": 2000}}},
        {"range": {"EndMs": {"gte": 1000}}},
    ]


def test_an_asset_and_a_confidence_are_bounds():
    assert filters(asset_id="a1", min_confidence="80.5") == [
        {"term": {"AssetId.keyword": {"value": "a1"}}},
        {"range": {"Confidence": {"gte": 80.5}}},
    ]


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"q": " "}, "q"),
        ({"q": "x" * 501}, "q"),
        ({"q": "a " * 51}, "q"),
        ({"q": "a\x00b"}, "q"),
        ({"q": "\ud800"}, "q"),
        ({"name": ""}, "name"),
        ({"label": "x" * 501}, "label"),
        ({"name": "a", "label": "a"}, "label"),
        ({"operator": "a b"}, "operator"),
        ({"operator": ""}, "operator"),
        ({"operator": "x" * 129}, "operator"),
        ({"asset_id": "../other"}, "asset_id"),
        ({"asset_id": "*"}, "asset_id"),
        ({"min_confidence": "-1"}, "min_confidence"),
        ({"min_confidence": "100.1"}, "min_confidence"),
        ({"min_confidence": "nan"}, "min_confidence"),
        ({"min_confidence": "1e1"}, "min_confidence"),
        ({"min_confidence": "٣"}, "min_confidence"),
        ({"from_ms": "-1"}, "from_ms"),
        ({"from_ms": "1.5"}, "from_ms"),
        ({"from_ms": ""}, "from_ms"),
        ({"to_ms": "9" * 15}, "to_ms"),
        ({"to_ms": "9" * 5000}, "to_ms"),
        ({"from_ms": "2", "to_ms": "1"}, "from_ms"),
    ],
)
def test_what_is_out_of_bounds_is_refused_by_name(parameters, named):
    with pytest.raises(BadRequest, match=f"^{named}: ") as refused:
        search.read_query(parameters)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "", "1.0", "²", "1000"])
def test_a_page_is_bounded(limit):
    with pytest.raises(BadRequest, match=r"^limit: must be a number from 1 to 100"):
        search.read_page({"limit": limit})


def test_a_page_has_twenty_hits_when_nobody_says_otherwise():
    assert search.read_page({}) == PageRequest(20, None)
    assert search.read_page({"limit": "100", "cursor": "c"}) == PageRequest(100, "c")


def test_every_parameter_makes_another_query():
    queries = [
        Query(),
        Query(q="a"),
        Query(operator="a"),
        Query(name="a"),
        Query(asset_id="a"),
        Query(min_confidence=1.0),
        Query(from_ms=1),
        Query(to_ms=1),
    ]
    assert len({one.mark for one in queries}) == len(queries)
    assert Query(q="a").mark == search.read_query({"q": "a"}).mark


def test_the_best_come_first_where_words_are_looked_for():
    assert "_score" in search.request_body(Query(q="a"), 20, None)["sort"][0]
    assert "_score" not in search.request_body(Query(), 20, None)["sort"][0]


def test_the_next_page_begins_behind_a_position_and_counts_nothing():
    body = search.request_body(Query(), 20, ["a1", 5])
    assert body["search_after"] == ["a1", 5]
    assert "aggs" not in body


def test_a_hit_tells_what_the_document_has():
    found = answer(
        {
            "fields": {
                "AssetId.keyword": ["a1"],
                "Operator.keyword": ["label_detection"],
                "OperatorName": ["labelDetection"],
                "Workflow.keyword": ["w1"],
                "Name.keyword": ["Dog"],
                "Confidence": [98.4000015258789],
                "StartMs": [0],
                "EndMs": [0],
            },
            "highlight": {"Text": ["\ue000Dog\ue001"]},
            "sort": [1],
        }
    )
    assert search.answer_of(found, 20, first=False) == (
        {
            "hits": [
                {
                    "asset_id": "a1",
                    "operator": "label_detection",
                    "operator_name": "labelDetection",
                    "workflow_id": "w1",
                    "name": "Dog",
                    "confidence": 98.4,
                    "start_ms": 0,
                    "end_ms": 0,
                    "snippet": "<em>Dog</em>",
                }
            ],
            "total": 1,
            "total_is_exact": True,
        },
        None,
    )


def test_what_a_document_does_not_have_is_not_there():
    told, _ = search.answer_of(answer(hit(1)), 20, first=False)
    assert told["hits"] == [{"asset_id": "a1"}]


def test_a_hit_too_many_tells_that_there_is_another_page():
    told, last = search.answer_of(answer(hit(1), hit(2), hit(3), total=9), 2, first=False)
    assert len(told["hits"]) == 2
    assert last == [2]
    assert search.answer_of(answer(hit(1), hit(2)), 2, first=False)[1] is None


def test_more_than_is_counted_is_at_least_so_much():
    found = answer()
    found["hits"]["total"] = {"value": 10_000, "relation": "gte"}
    told, _ = search.answer_of(found, 20, first=False)
    assert (told["total"], told["total_is_exact"]) == (10_000, False)


def test_the_first_page_counts_operators_and_names():
    counted = {"operators": {"buckets": [{"key": "label_detection", "doc_count": 3}]}}
    told, _ = search.answer_of(answer(aggregations=counted), 20, first=True)
    assert told["facets"] == {
        "operators": [{"value": "label_detection", "count": 3}],
        "names": [],
    }


@pytest.mark.parametrize("found", [{}, {"hits": []}, {"hits": {"hits": [], "total": 3}}])
def test_an_answer_of_something_else_is_a_fault(found):
    with pytest.raises(Malformed):
        search.answer_of(found, 20, first=True)


@pytest.mark.parametrize(
    ("fragment", "snippet"),
    [
        ("a \ue000dog\ue001 & <b>", "a <em>dog</em> &amp; &lt;b&gt;"),
        ("nothing", "nothing"),
        # texts may have these characters, too
        ("\ue001a\ue000b\ue000c", "a<em>bc</em>"),
        ("\ue000a\ue001\ue001", "<em>a</em>"),
    ],
)
def test_a_snippet_is_safe_to_show(fragment, snippet):
    told, _ = search.answer_of(
        answer({**hit(1), "highlight": {"Text": [fragment]}}), 20, first=False
    )
    assert told["hits"][0]["snippet"] == snippet


def test_a_hit_has_a_bounded_size_and_shows_what_was_found():
    far = "x" * 5000 + "\ue000dog\ue001" + "y" * 5000
    found = {**hit(1, **{"Name.keyword": ["n" * 8000]}), "highlight": {"Text": [far]}}
    told, _ = search.answer_of(answer(found), 20, first=False)
    assert len(told["hits"][0]["name"]) == 500
    assert "<em>dog</em>" in told["hits"][0]["snippet"]
    assert len(told["hits"][0]["snippet"]) < 1100

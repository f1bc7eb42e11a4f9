"""GET /search, on an endpoint in this process; a real node is asked by tests/deployed."""

import pytest
from tests.fakes.search_endpoint import NOTHING_FOUND, Endpoint, listening

from mie import settings


@pytest.fixture
def endpoint(api, monkeypatch):
    """What the API searches."""
    from chalicelib.dataplane_routes.wiring import ports

    made = Endpoint()
    with listening(made) as url:
        monkeypatch.setenv("EsEndpoint", url)
        settings.forget()
        ports.cache_clear()
        yield made


def hits(*numbers):
    return {
        "hits": {
            "hits": [
                {
                    "fields": {"AssetId.keyword": ["a1"], "Name.keyword": [f"n{one}"]},
                    "sort": ["a1", one],
                }
                for one in numbers
            ],
            "total": {"value": 9, "relation": "eq"},
        },
        "aggregations": {"names": {"buckets": [{"key": "Dog", "doc_count": 2}]}},
    }


def test_without_search_it_is_said_how_to_get_it(api):
    answer = api.get("/search", q="dog")
    assert answer.status == 503
    assert answer.json["Code"] == "ServiceUnavailableError"
    assert "ElasticsearchEndpoint" in answer.json["Message"]


def test_what_is_asked_becomes_a_query_and_its_answer_hits(api, endpoint):
    endpoint.answer = hits(1)
    answer = api.get("/search", q="dog", operator="labelDetection", limit="5")
    assert answer.status == 200
    assert answer.json == {
        "hits": [{"asset_id": "a1", "name": "n1"}],
        "total": 9,
        "total_is_exact": True,
        "facets": {"operators": [], "names": [{"value": "Dog", "count": 2}]},
    }
    ((path, _, body),) = endpoint.asked
    assert path.startswith("/mie*/_search?")
    assert body["size"] == 6
    assert body["query"]["bool"]["must"][0]["simple_query_string"]["query"] == "dog"


def test_the_next_page_begins_behind_the_last_hit(api, endpoint):
    endpoint.answer = hits(1, 2, 3)
    first = api.get("/search", q="dog", limit="2").json
    assert [one["name"] for one in first["hits"]] == ["n1", "n2"]
    endpoint.answer = hits(3)
    second = api.get("/search", q="dog", limit="2", cursor=first["cursor"]).json
    assert endpoint.asked[-1][2]["search_after"] == ["a1", 2]
    # both from the same copy
    assert endpoint.asked[-1][0] == endpoint.asked[-2][0]
    assert "cursor" not in second
    assert "facets" not in second


def test_a_cursor_may_come_with_another_limit_but_not_with_another_query(api, endpoint):
    endpoint.answer = hits(1, 2, 3)
    cursor = api.get("/search", q="dog", limit="2").json["cursor"]
    assert api.get("/search", q="dog", limit="3", cursor=cursor).status == 200
    asked = len(endpoint.asked)
    for query in ({"q": "cat"}, {"q": "dog", "operator": "a"}, {}, {"name": "dog"}):
        refused = api.get("/search", **query, cursor=cursor)
        assert refused.status == 400
        assert refused.json["Message"].startswith("cursor: ")
    assert len(endpoint.asked) == asked


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "ä", "a" * 5000, "WyJhMSIsIDJd"])
def test_a_cursor_that_was_made_up_is_refused(api, endpoint, cursor):
    refused = api.get("/search", cursor=cursor)
    assert refused.status == 400
    assert refused.json["Message"].startswith("cursor: ")
    assert endpoint.asked == []


def test_a_parameter_that_is_not_known_or_comes_twice_is_refused(api, endpoint):
    assert api.get("/search", index="other").status == 400
    assert api.get("/search", q=["a", "b"]).json["Message"].startswith("q: ")
    assert endpoint.asked == []


def test_an_endpoint_with_too_much_to_do_is_away(api, endpoint):
    endpoint.status, endpoint.answer = 429, {"error": {"type": "rejected"}}
    answer = api.get("/search", q="dog")
    assert answer.status == 503
    assert "try it again" in answer.json["Message"]


def test_a_refusal_that_nobody_expects_is_a_fault_without_details(api, endpoint):
    endpoint.status, endpoint.answer = 400, {"error": {"type": "SECRET"}}
    answer = api.get("/search", q="dog")
    assert answer.status == 500
    assert b"SECRET" not in answer.body


def test_nothing_found_is_an_answer(api, endpoint):
    endpoint.answer = NOTHING_FOUND
    answer = api.get("/search", q="dog")
    assert answer.json["hits"] == []
    assert answer.json["total"] == 0

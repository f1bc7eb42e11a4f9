"""The consumer against a real node.

    MIE_OPENSEARCH_URL=http://127.0.0.1:9200 python -m pytest tests/consumers/elastic/test_node.py

Assets have names of their own, so that a node that others use too is left as it was.
"""

import threading
import uuid

import pytest
from opensearchpy import OpenSearch
from tests.consumers.elastic.connection import Connection
from tests.consumers.elastic.dataplane import around_the_consumer, removal
from tests.consumers.elastic.stored_results import RESULTS
from tests.lib.mie.adapters.dataplane_on_moto import clients_of_their_own

pytestmark = pytest.mark.opensearch


@pytest.fixture(scope="module", autouse=True)
def clients():
    with clients_of_their_own():
        yield


class Node:
    """What is found there of assets of a test."""

    def __init__(self, url):
        self.url = url
        self.client = OpenSearch(hosts=[url], timeout=60)
        self.suffix = uuid.uuid4().hex[:8]

    def asset(self, name):
        # shares all its words with the others of the test but the first
        return f"{name}-{self.suffix}-4f2e-9d3c-1a2b3c4d5e6f"

    def search(self, query, **body):
        self.client.indices.refresh(index="mie*")
        return self.client.search(
            index="mie*", body={"query": query, "size": 100, "track_total_hits": True, **body}
        )

    def of(self, *names, **body):
        assets = [self.asset(name) for name in names]
        found = self.search({"terms": {"AssetId": assets}}, **body)
        return [one["_source"] for one in found["hits"]["hits"]]

    def count(self, name):
        found = self.search({"term": {"AssetId": self.asset(name)}})
        return found["hits"]["total"]["value"]

    def lucene(self, text):
        """As the web application asks."""
        found = self.search({"query_string": {"query": f"({text}) AND Version:v*"}})
        return [
            one["_source"]
            for one in found["hits"]["hits"]
            if self.suffix in one["_source"]["AssetId"]
        ]


@pytest.fixture
def node(node_url):
    made = Node(node_url)
    yield made
    made.client.indices.refresh(index="mie*")
    made.client.delete_by_query(
        index="mie*",
        body={"query": {"wildcard": {"AssetId": f"*{made.suffix}*"}}},
        params={"conflicts": "proceed", "refresh": "true"},
    )


@pytest.fixture
def around(consumer, node, monkeypatch):
    with around_the_consumer(consumer, monkeypatch, node.url) as both:
        yield both


@pytest.fixture
def ports(around):
    return around[0]


@pytest.fixture
def handle(around):
    return around[1]


def labels(*names, **more):
    return {"Labels": [{"Name": name, "Confidence": 99.5, **more} for name in names]}


@pytest.mark.parametrize("name", RESULTS)
def test_every_kind_of_result_is_taken_and_found(node, ports, handle, name):
    operator, pages = RESULTS[name]
    record = ports.store(*pages, asset=node.asset("a"), operator=operator)
    assert handle(record) == []
    assert ports.failures() == []
    found = node.of("a")
    assert found
    assert {one["OperatorName"] for one in found} == {operator}
    for one in found:
        words = one.get("Text", "")
        again = node.search(
            {
                "bool": {
                    "filter": [{"term": {"AssetId": node.asset("a")}}],
                    "must": [{"match": {"Text": words}}] if words.strip(" .") else [],
                }
            }
        )
        assert one in [hit["_source"] for hit in again["hits"]["hits"]]


def test_pictures_and_videos_of_one_index_go_together_in_any_order(node, ports, handle):
    """An index takes the shape of a field from its template, not from its first document."""
    records = [
        ports.store(*pages, asset=node.asset(f"a{number}"), operator=operator)
        for number, (operator, pages) in enumerate(reversed(RESULTS.values()))
    ]
    assert handle(*records) == []
    assert ports.failures() == []


def test_a_record_that_comes_again_leaves_the_count(node, ports, handle):
    record = ports.store(labels("cat", "dog", "cow"), asset=node.asset("a"))
    assert handle(record) == []
    assert node.count("a") == 3
    assert handle(record, record) == []
    assert node.count("a") == 3


def test_a_shorter_result_and_another_workflow_leave_nothing_behind(node, ports, handle):
    asset = node.asset("a")
    first = ports.store(labels("cat", "dog", "cow"), asset=asset)
    assert handle(first) == []
    assert handle(ports.store(labels("hen"), asset=asset)) == []
    assert [one["Name"] for one in node.of("a")] == ["hen"]
    assert handle(ports.store(labels("owl", "ant"), asset=asset, workflow="w2"), first) == []
    assert sorted(one["Name"] for one in node.of("a")) == ["ant", "owl"]


def test_a_removal_deletes_exactly_one_asset(node, ports, handle):
    """Also of others whose ids have most of their words in common (defect D-04)."""
    names = ["a", "b", "c"]
    for name in names:
        other = ports.store(
            {"TextDetections": [{"DetectedText": name}]},
            asset=node.asset(name),
            operator="textDetection",
        )
        assert handle(ports.store(labels(name), asset=node.asset(name)), other) == []
    ports.forget(node.asset("b"))
    assert handle(removal(node.asset("b"))) == []
    assert [node.count(name) for name in names] == [2, 0, 2]
    ports.point(node.asset("a"), "labelDetection", None)
    assert handle(removal(node.asset("a"), "labelDetection")) == []
    assert [one["OperatorName"] for one in node.of("a")] == ["textDetection"]


def test_confidences_are_compared_as_numbers(node, ports, handle):
    page = {"Labels": [{"Name": str(one), "Confidence": one} for one in (9.5, "100.0", 80, "80.5")]}
    data_file = {"Labels": [{"Name": "data", "Confidence": 0.9}]}
    assert (
        handle(
            ports.store(page, asset=node.asset("a")),
            ports.store(data_file, asset=node.asset("a"), operator="GenericDataLookup"),
        )
        == []
    )
    found = node.lucene(f'AssetId:"{node.asset("a")}" AND Confidence:>80')
    assert sorted(one["Name"] for one in found) == ["100.0", "80.5", "data"]


def test_the_queries_of_the_web_application_are_answered(node, ports, handle):
    for name in ("moderation-video", "key-phrases", "mediainfo", "transcript-video"):
        operator, pages = RESULTS[name]
        record = ports.store(*pages, asset=node.asset("a"), operator=operator)
        assert handle(record) == []
    for text, field, values in (
        ("Violence", "Name", {"Violence", "Weapons"}),
        (
            "Operator:content_moderation AND (Name:Violence AND Confidence:>80)",
            "Name",
            {"Violence"},
        ),
        ('PhraseText:"some deep water" AND Confidence:>80', "PhraseText", {"some deep water"}),
        (f"AssetId:{node.asset('a')} AND Operator:mediainfo", "track_type", {"General", "Audio"}),
        ("_index:mievideotranscript AND transcript:hello", "transcript", {"Hello world."}),
    ):
        assert {one[field] for one in node.lucene(text)} == values, text


def test_assets_are_counted_by_the_field_that_clients_know(node, ports, handle):
    for name in ("a", "b"):
        assert handle(ports.store(labels("cat", "dog"), asset=node.asset(name))) == []
    found = node.search(
        {"wildcard": {"AssetId": f"*{node.suffix}*"}},
        aggs={"distinct_assets": {"terms": {"field": "AssetId.keyword", "size": 10_000}}},
    )
    buckets = found["aggregations"]["distinct_assets"]["buckets"]
    assert {(one["key"], one["doc_count"]) for one in buckets} == {
        (node.asset("a"), 2),
        (node.asset("b"), 2),
    }


def test_the_indices_are_made_by_the_template(node, ports, handle):
    assert handle(ports.store(labels("cat"), asset=node.asset("a"))) == []
    (index,) = node.client.indices.get(index="mielabels").values()
    assert index["settings"]["index"]["refresh_interval"] == "1s"
    assert index["mappings"]["dynamic"] == "false"
    assert "media-insights" in index["aliases"]


def test_a_broken_record_in_the_middle_harms_no_other(node, ports, handle):
    good = [ports.store(labels(name), asset=node.asset(name)) for name in ("a", "b")]
    broken = ports.store(b"{no json", asset=node.asset("x"))
    assert handle(good[0], broken, (node.asset("y"), b"\xff"), good[1]) == []
    assert [node.count(name) for name in ("a", "b", "x", "y")] == [1, 1, 0, 0]
    assert len(ports.failures()) == 2
    # repaired, and sent again
    ports.put(f"private/assets/{node.asset('x')}/workflows/w/labelDetection.json", labels("owl"))
    assert handle(broken) == []
    assert node.count("x") == 1


def test_documents_that_no_mapping_expects_are_taken(node, ports, handle):
    """What users store beside our fields, with the same names as something else before."""
    for value in ({"deep": 1}, [1, "a"], "2026-11-24", True, {"a.b": {"": 1}}):
        label = labels("cat", Mine=value, Type=value, Geometry=value, Index=value, Id=value)
        record = ports.store(label, asset=node.asset("a"), operator="GenericDataLookup")
        assert handle(record) == []
        assert ports.failures() == []
        assert node.count("a") == 1


def test_a_long_text_is_taken(node, ports, handle):
    text = "é" * 40_000
    page = {"TextDetections": [{"DetectedText": text, "Type": "LINE"}]}
    record = ports.store(page, asset=node.asset("a"), operator="textDetection")
    assert handle(record) == []
    assert ports.failures() == []
    assert node.count("a") == 1


def test_a_node_that_goes_and_comes_back_loses_and_doubles_nothing(consumer, node, monkeypatch):
    """Cut in the middle of a request, and again when Lambda sends the records again."""
    connection = Connection(node.url)
    with around_the_consumer(consumer, monkeypatch, connection.url) as (ports, handle):
        pages = [labels(*(f"{page}-{number}" for number in range(500))) for page in range(6)]
        records = [
            ports.store(*pages, asset=node.asset("a")),
            ports.store(labels("cat"), asset=node.asset("b")),
        ]
        monkeypatch.setattr(consumer.bulk, "MOST_DOCUMENTS", 250)
        # in the second request of the twelve that it takes
        connection.cut_after = 120_000
        assert handle(*records) == [0]
        assert connection.cuts == 1
        assert 0 < node.count("a") < 3_000
        # it comes back while the consumer waits for it
        monkeypatch.setattr(consumer.bulk, "_FIRST_WAIT_SECONDS", 0.2)
        threading.Timer(0.5, connection.mend).start()
        assert connection.cut_after <= 0
        assert handle(*records) == []
        assert ports.failures() == []
    connection.close()
    assert (node.count("a"), node.count("b")) == (3_000, 1)
    names = node.search(
        {"term": {"AssetId": node.asset("a")}},
        aggs={"names": {"cardinality": {"field": "Name.keyword", "precision_threshold": 10_000}}},
    )
    assert names["aggregations"]["names"]["value"] == 3_000


def test_ten_thousand_findings_are_indexed_and_go_again(node, ports, handle):
    pages = [labels(*(f"{page}-{number}" for number in range(1_000))) for page in range(10)]
    asset = node.asset("a")
    assert handle(ports.store(*pages, asset=asset)) == []
    assert node.count("a") == 10_000
    ports.forget(asset)
    assert handle(removal(asset)) == []
    assert node.count("a") == 0

"""The search index, against an endpoint in this process."""

import pytest
from botocore.credentials import Credentials
from opensearchpy import TransportError

CREDENTIALS = Credentials("key", "secret", "token")


@pytest.fixture
def index(consumer, endpoint, monkeypatch):
    monkeypatch.setattr(consumer.index, "_FIRST_WAIT_SECONDS", 0)
    return consumer.index.SearchIndex(consumer.index.connect(endpoint.url, "us-east-1", None))


def kind(consumer, operator="labelDetection"):
    return consumer.documents.kind_of(operator)


def labels(consumer, *names, asset="a", workflow="w", operator="labelDetection"):
    result = consumer.documents.Result(asset, operator, workflow)
    page = {"Labels": [{"Name": name} for name in names]}
    return consumer.documents.documents_of(result, [page])


def names(endpoint, index="mielabels"):
    return sorted(one["Name"] for one in endpoint.search.of(index))


def test_documents_are_written_and_written_again(consumer, endpoint, index):
    for _ in range(2):
        index.replace("a", kind(consumer), labels(consumer, "cat", "dog"))
    assert names(endpoint) == ["cat", "dog"]


def test_a_new_result_takes_the_place_of_the_old_one(consumer, endpoint, index):
    index.replace("a", kind(consumer), labels(consumer, "cat", "dog", "cow"))
    index.replace("a", kind(consumer), labels(consumer, "hen", workflow="w2"))
    assert names(endpoint) == ["hen"]
    index.replace("a", kind(consumer), [])
    assert names(endpoint) == []


def test_other_assets_and_operators_are_left_alone(consumer, endpoint, index):
    index.replace("a", kind(consumer), labels(consumer, "cat"))
    index.replace("a-b", kind(consumer), labels(consumer, "dog", asset="a-b"))
    text = consumer.documents.documents_of(
        consumer.documents.Result("a", "textDetection", "w"),
        [{"TextDetections": [{"Name": "text"}]}],
    )
    index.replace("a", kind(consumer, "textDetection"), text)
    index.delete_kind("a", kind(consumer))
    assert names(endpoint) == ["dog"]
    assert names(endpoint, "mietextdetection") == ["text"]


def test_an_asset_is_deleted_from_all_our_indices_and_no_other(consumer, endpoint, index):
    index.replace("a", kind(consumer), labels(consumer, "cat"))
    endpoint.search.documents["miemediainfo", "1"] = {"AssetId": "a"}
    endpoint.search.documents["others", "1"] = {"AssetId": "a"}
    index.delete_asset("a")
    assert list(endpoint.search.documents) == [("others", "1")]


def test_deleting_from_an_index_that_is_not_there_is_fine(consumer, endpoint, index):
    index.delete_kind("a", kind(consumer))
    index.delete_asset("a")
    assert endpoint.search.documents == {}


def test_a_document_that_had_bad_luck_is_tried_again(consumer, endpoint, index):
    endpoint.search.refusals["cat"] = [429, 429]
    index.replace("a", kind(consumer), labels(consumer, "cat", "dog"))
    assert names(endpoint) == ["cat", "dog"]


@pytest.mark.parametrize("status", [400, 429, 503])
def test_a_document_that_is_refused_is_told_and_the_others_are_written(
    consumer, endpoint, index, status
):
    endpoint.search.refusals["cat"] = [status] * 20
    with pytest.raises(consumer.index.NotIndexed, match=f"1 of 2 .*: {status} mapper"):
        index.replace("a", kind(consumer), labels(consumer, "cat", "dog"))
    assert names(endpoint) == ["dog"]


def test_a_large_result_is_written_in_several_requests(consumer, endpoint, index):
    many = labels(consumer, *(f"{number:06d}" for number in range(1_200)))
    index.replace("a", kind(consumer), many)
    assert len(endpoint.search.of("mielabels")) == 1_200
    assert endpoint.search.requests.count(("POST", "/_bulk")) == 3


def test_an_endpoint_that_is_down_is_an_error(consumer, endpoint, index):
    endpoint.search.broken = True
    with pytest.raises(TransportError):
        index.replace("a", kind(consumer), labels(consumer, "cat"))


def test_the_endpoint_learns_how_fields_are_searched(endpoint, index):
    index.prepare()
    template = endpoint.search.templates["mie"]
    assert template["index_patterns"] == ["mie*"]
    fields = template["template"]["mappings"]["properties"]
    assert fields["AssetId"]["type"] == "keyword"
    assert fields["AssetId"]["fields"]["keyword"]["type"] == "keyword"
    assert fields["Confidence"]["type"] == "float"


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        ("https://search-mie-abc.us-east-1.es.amazonaws.com", True),
        ("https://search.example.com", False),
        ("http://127.0.0.1:9200", False),
        ("https://amazonaws.com.example.com", False),
    ],
)
def test_requests_to_aws_are_signed(consumer, url, signed):
    client = consumer.index.connect(url, "us-east-1", CREDENTIALS)
    connection = client.transport.get_connection()
    assert connection.host.startswith(url.rsplit(":", 1)[0] if "9200" in url else url)
    if not signed:
        assert connection.http_auth is None
        return
    headers = connection.http_auth("POST", f"{url}/_bulk", b"")
    assert "/us-east-1/es/aws4_request" in headers["Authorization"]
    assert headers["X-Amz-Security-Token"] == "token"

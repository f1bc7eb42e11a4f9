"""The search index, against an endpoint in this process."""

import pytest
from botocore.credentials import Credentials
from opensearchpy import TransportError
from tests.fakes.search_endpoint import SIGNED, UNSIGNED

from mie.core.errors import Malformed, Unavailable

CREDENTIALS = Credentials("key", "secret", "token")


@pytest.fixture
def index(consumer, endpoint, monkeypatch):
    monkeypatch.setattr(consumer.bulk, "_FIRST_WAIT_SECONDS", 0)
    return consumer.index.SearchIndex(consumer.index.connect(endpoint.url, "us-east-1", None))


@pytest.fixture
def replace(consumer, index):
    """Puts labels of these names into the index, as an operator's newest result."""

    def put(*names, asset="a", workflow="w", operator="labelDetection", version="1", **more):
        result = consumer.documents.Result(asset, operator, workflow, version)
        page = {"Labels": [{"Name": name, **more} for name in names]}
        kind = consumer.kinds.kind_of(operator)
        return index.replace(result, kind, consumer.documents.documents_of(result, [page]))

    return put


def names(endpoint, index="mielabels"):
    return sorted(one["Name"] for one in endpoint.search.of(index))


def bulk_sizes(endpoint):
    """How many bytes each bulk request had."""
    answered = zip(endpoint.search.sizes, endpoint.search.requests, strict=True)
    return [size for size, (_, path) in answered if path == "/_bulk"]


def test_documents_are_written_and_written_again(endpoint, replace):
    assert [replace("cat", "dog") for _ in range(2)] == [2, 2]
    assert names(endpoint) == ["cat", "dog"]


def test_a_new_result_takes_the_place_of_the_old_one(endpoint, replace):
    replace("cat", "dog", "cow")
    replace("hen", workflow="w2")
    assert names(endpoint) == ["hen"]
    replace(workflow="w3")
    assert names(endpoint) == []


def test_a_shorter_result_of_the_same_workflow_leaves_nothing_of_the_longer(endpoint, replace):
    replace("cat", "dog", "cow")
    replace("hen", version="2")
    assert names(endpoint) == ["hen"]


def test_the_old_documents_go_when_the_new_ones_are_in(endpoint, replace):
    replace("cat")
    endpoint.search.refusals["dog"] = [400]
    with pytest.raises(Malformed):
        replace("dog", workflow="w2")
    assert names(endpoint) == ["cat"]


def test_other_assets_and_operators_are_left_alone(consumer, endpoint, index, replace):
    replace("cat")
    replace("dog", asset="a-b")
    replace("cow", operator="GenericDataLookup")
    replace("hen", operator="LabelDetection")
    index.delete_operator("a", "labelDetection", consumer.kinds.kind_of("labelDetection"))
    assert names(endpoint) == ["cow", "dog", "hen"]


def test_an_asset_is_deleted_from_all_our_indices_and_no_other(endpoint, index, replace):
    replace("cat")
    endpoint.search.documents["miemediainfo", "1"] = {"AssetId": "a"}
    endpoint.search.documents["others", "1"] = {"AssetId": "a"}
    index.delete_asset("a")
    assert list(endpoint.search.documents) == [("others", "1")]


def test_deleting_from_an_index_that_is_not_there_is_fine(consumer, endpoint, index):
    index.delete_operator("a", "labelDetection", consumer.kinds.kind_of("labelDetection"))
    index.delete_asset("a")
    assert endpoint.search.documents == {}


def test_documents_that_were_written_while_they_were_to_go_are_looked_for_again(
    endpoint, index, replace
):
    replace("cat")
    endpoint.search.conflicts = [2, 1]
    index.delete_asset("a")
    assert names(endpoint) == []
    endpoint.search.conflicts = [1] * 20
    with pytest.raises(Unavailable, match="being written"):
        index.delete_asset("a")


@pytest.mark.parametrize("status", [429, 503])
def test_a_document_that_had_bad_luck_is_tried_again_alone(endpoint, replace, status):
    endpoint.search.refusals["cat"] = [status, status]
    assert replace("cat", "dog") == 2
    assert names(endpoint) == ["cat", "dog"]
    bulks = bulk_sizes(endpoint)
    assert len(bulks) == 3
    assert bulks[1] == bulks[2] < bulks[0]


def test_a_document_that_is_refused_is_told_and_the_others_are_written(endpoint, replace):
    endpoint.search.refusals["cat"] = [400]
    with pytest.raises(Malformed, match=r"1 of 2 .*: 400 mapper_parsing_exception no"):
        replace("cat", "dog")
    assert names(endpoint) == ["dog"]


@pytest.mark.parametrize(
    "refusal",
    [
        # what a domain says whose disks are full, and one whose role was never mapped
        (403, "cluster_block_exception"),
        (403, "security_exception"),
        (404, "index_not_found_exception"),
        (500, "exception"),
        (400, "index_closed_exception"),
        # "this action would add [2] total shards, but this cluster currently has [1000]/[1000]"
        (400, "validation_exception"),
    ],
)
def test_a_document_is_not_blamed_for_the_state_of_the_endpoint(endpoint, replace, refusal):
    endpoint.search.refusals["cat"] = [refusal] * 20
    with pytest.raises(Unavailable, match=refusal[1]):
        replace("cat", "dog")
    endpoint.search.refusals.clear()
    assert replace("cat", "dog") == 2


def test_an_endpoint_that_stays_full_is_away(endpoint, replace):
    endpoint.search.refusals["cat"] = [429] * 20
    with pytest.raises(Unavailable, match=r"1 documents could not be written: .* 429"):
        replace("cat", "dog")
    assert names(endpoint) == ["dog"]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_request_that_had_bad_luck_is_sent_again(endpoint, replace, status):
    endpoint.search.statuses = [status] * 3
    replace("cat")
    assert names(endpoint) == ["cat"]
    endpoint.search.statuses = [status] * 50
    with pytest.raises(Unavailable):
        replace("dog", workflow="w2")


def test_a_request_that_is_forbidden_is_not_sent_again(endpoint, replace):
    endpoint.search.statuses = [403]
    with pytest.raises(TransportError):
        replace("cat")
    assert len(endpoint.search.requests) == 1


def test_an_endpoint_that_is_not_there_is_away(consumer, monkeypatch):
    monkeypatch.setattr(consumer.bulk, "_FIRST_WAIT_SECONDS", 0)
    client = consumer.index.connect("http://127.0.0.1:9", "us-east-1", None)
    with pytest.raises(Unavailable, match="does not answer"):
        consumer.index.SearchIndex(client).delete_asset("a")


def test_a_large_result_is_written_in_requests_of_bounded_count(consumer, endpoint, replace):
    many = consumer.bulk.MOST_DOCUMENTS * 2 + 1
    assert replace(*(f"{number:06d}" for number in range(many))) == many
    assert len(endpoint.search.of("mielabels")) == many
    assert len(bulk_sizes(endpoint)) == 3


def test_requests_have_bounded_bytes_and_a_larger_document_goes_alone(
    consumer, endpoint, replace, monkeypatch
):
    monkeypatch.setattr(consumer.bulk, "LARGEST_REQUEST", 1_000)
    replace(*"abcdef", "x" * 3_000, "g")
    assert len(endpoint.search.of("mielabels")) == 8
    sizes = bulk_sizes(endpoint)
    assert sum(size > 1_000 for size in sizes) == 1
    assert len(sizes) == 4


def test_an_endpoint_that_takes_less_gets_less(endpoint, replace):
    endpoint.search.largest = 1_500
    assert replace(*"abcdefgh") == 8
    assert len(endpoint.search.of("mielabels")) == 8
    with pytest.raises(Malformed, match=r"1 of 2 documents were refused: .*413"):
        replace("x" * 2_000, "a")


def test_documents_are_read_as_they_are_written(consumer, index, monkeypatch):
    """Else a result of a hundred thousand findings would have to fit into memory."""
    monkeypatch.setattr(consumer.bulk, "MOST_DOCUMENTS", 10)
    waiting = most = 0
    send = consumer.bulk._send

    def written(client, lines):
        nonlocal waiting, most
        most, waiting = max(most, waiting), 0
        return send(client, lines)

    def findings():
        nonlocal waiting
        for number in range(95):
            waiting += 1
            yield {"Labels": [{"Name": str(number)}]}

    monkeypatch.setattr(consumer.bulk, "_send", written)
    result = consumer.documents.Result("a", "labelDetection", "w")
    pages = consumer.documents.documents_of(result, findings())
    assert index.replace(result, consumer.kinds.kind_of("labelDetection"), pages) == 95
    assert most <= 11


def test_a_number_that_json_cannot_say_does_not_spoil_its_request(endpoint, replace):
    assert replace("cat", "dog", Mine=float("inf")) == 2
    assert names(endpoint) == ["cat", "dog"]


def test_the_endpoint_learns_how_fields_are_searched(endpoint, index):
    index.prepare("1s")
    template = endpoint.search.templates["mie"]
    assert template["index_patterns"] == ["mie*"]
    assert template["template"]["settings"]["index"]["refresh_interval"] == "1s"


@pytest.mark.parametrize(("host", "scope"), SIGNED.items())
@pytest.mark.parametrize("scheme", ["", "https://"])
def test_requests_to_aws_are_signed(consumer, scheme, host, scope):
    client = consumer.index.connect(f"{scheme}{host}/", "us-east-1", CREDENTIALS)
    connection = client.transport.get_connection()
    assert connection.host == f"https://{host}:443"
    headers = connection.http_auth("POST", f"https://{host}/_bulk", b"")
    assert f"/{scope}/aws4_request" in headers["Authorization"]
    assert "x-amz-content-sha256" in headers["Authorization"]
    assert headers["X-Amz-Security-Token"] == "token"


@pytest.mark.parametrize("endpoint", UNSIGNED)
def test_requests_to_others_are_not_signed(consumer, endpoint):
    client = consumer.index.connect(endpoint, "us-east-1", CREDENTIALS)
    assert client.transport.get_connection().http_auth is None


def test_a_name_and_password_in_the_url_are_sent_as_such(consumer):
    client = consumer.index.connect("mie:p%40ss@search.example.com", "us-east-1", CREDENTIALS)
    connection = client.transport.get_connection()
    assert connection.host == "https://search.example.com:443"
    # mie:p@ss
    assert connection.headers["authorization"] == "Basic bWllOnBAc3M="

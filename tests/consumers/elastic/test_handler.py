"""The consumer, from the stream's records to an endpoint in this process."""

import pytest
from tests.consumers.elastic.dataplane import STREAM_ARN, around_the_consumer, removal
from tests.lib.mie.adapters.dataplane_on_moto import clients_of_their_own

from mie.core.result_pages import Pointer


@pytest.fixture(scope="module", autouse=True)
def clients():
    with clients_of_their_own():
        yield


@pytest.fixture
def around(consumer, endpoint, monkeypatch):
    with around_the_consumer(consumer, monkeypatch, endpoint.url) as both:
        yield both


@pytest.fixture
def ports(around):
    return around[0]


@pytest.fixture
def handle(around):
    return around[1]


def labels(*names):
    return {"Labels": [{"Name": name, "Confidence": 99.5} for name in names]}


def names(endpoint, index="mielabels"):
    return sorted(one["Name"] for one in endpoint.search.of(index))


def test_a_result_is_indexed_and_delivered_twice_makes_no_difference(handle, ports, endpoint):
    change = ports.store(labels("cat", "dog"))
    assert handle(change) == []
    assert handle(change, change) == []
    assert names(endpoint) == ["cat", "dog"]
    assert endpoint.search.of("mielabels")[0] == {
        "Name": "cat",
        "Text": "cat",
        "Confidence": 99.5,
        "Instances": [],
        "Parents": [],
        "AssetId": "a",
        "Operator": "label_detection",
        "OperatorName": "labelDetection",
        "Workflow": "w",
        "Version": "v1",
        "Position": 0,
    }
    assert "mie" in endpoint.search.templates


def test_the_pages_of_a_result_are_indexed_together(handle, ports, endpoint):
    assert handle(ports.store(labels("cat"), labels("dog"), labels("cow"))) == []
    assert names(endpoint) == ["cat", "cow", "dog"]


def test_a_list_of_pages_in_one_object_is_read_too(handle, ports, endpoint):
    assert handle(ports.store([labels("cat"), labels("dog")])) == []
    assert names(endpoint) == ["cat", "dog"]


def test_records_in_any_order_lead_to_what_the_table_says(handle, ports, endpoint):
    first = ports.store(labels("cat", "dog"), workflow="w1")
    second = ports.store(labels("hen"), workflow="w2")
    assert handle(second, first, second, first) == []
    assert names(endpoint) == ["hen"]
    assert handle(removal("a", "labelDetection"), removal("a")) == []
    assert names(endpoint) == ["hen"]


def test_a_result_that_changes_while_it_is_indexed_is_indexed_again(
    consumer, handle, ports, endpoint, monkeypatch
):
    change = ports.store(labels("cat", "dog"))
    write = consumer.bulk.write

    def write_late(*arguments):
        monkeypatch.setattr(consumer.bulk, "write", write)
        written = write(*arguments)
        ports.store(labels("hen"))
        return written

    monkeypatch.setattr(consumer.bulk, "write", write_late)
    assert handle(change) == []
    assert names(endpoint) == ["hen"]


def test_removals_delete_an_operators_documents_or_all_of_an_asset(handle, ports, endpoint):
    assert handle(*(ports.store(labels(one), asset=one) for one in "abc")) == []
    ports.point("a", "labelDetection", None)
    assert handle(removal("a", "labelDetection")) == []
    assert names(endpoint) == ["b", "c"]
    ports.forget("b")
    assert handle(removal("b")) == []
    assert names(endpoint) == ["c"]


def test_languages_of_captions_do_not_displace_each_other(handle, ports, endpoint):
    def captions(text):
        return {"WebCaptions": [{"start": 0, "end": 1, "caption": text}]}

    english = ports.store(captions("cat"), operator="WebCaptions_en")
    spanish = ports.store(captions("gato"), operator="WebCaptions_es")
    assert handle(english, spanish, english) == []
    shown = endpoint.search.of("miewebcaptions")
    assert {(one["LanguageCode"], one["Text"]) for one in shown} == {("en", "cat"), ("es", "gato")}


@pytest.mark.parametrize(
    "record",
    [
        ("a", {"Action": "INSERT", "S3Bucket": "b", "S3Key": "k", "AssetId": "a"}),
        ("a", {"Action": "REMOVE", "Operator": "myOperator", "AssetId": "a"}),
        ("a", {"Action": "MODIFY", "Operator": "myOperator", "Workflow": "w"}),
        ("unknown", {"Action": "MODIFY", "Operator": "labelDetection", "Workflow": "w"}),
    ],
)
def test_what_search_does_not_need_changes_nothing(handle, ports, endpoint, record):
    handle(ports.store(labels("cat")))
    assert handle(record) == []
    assert names(endpoint) == ["cat"]
    assert ports.failures() == []


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (b"\xff", "not JSON"),
        (b"[]", "no object"),
        (b"{", "not JSON"),
        ({}, "Action"),
        ({"Action": "ERASE"}, "Action"),
        ({"Action": "MODIFY"}, "Operator"),
        ({"Action": "REMOVE", "Operator": 5}, "Operator"),
        ({"Action": "MODIFY", "Operator": "../x"}, "Operator"),
        ({"Action": "MODIFY", "Operator": "S3Key"}, "Operator"),
    ],
)
def test_a_broken_record_goes_to_the_queue_and_does_nothing_to_its_asset(
    handle, ports, endpoint, broken, reason
):
    """After a removal, too: nothing of one record is left for the next."""
    handle(*(ports.store(labels(one), asset=one) for one in "ab"))
    ports.forget("a")
    assert handle(removal("a"), ("b", broken), ports.store(labels("c"), asset="c")) == []
    assert names(endpoint) == ["b", "c"]
    (failure,) = ports.failures()
    assert reason in failure["Reason"]
    assert failure["KinesisBatchInfo"] == {
        "shardId": "shardId-000000000000",
        "startSequenceNumber": "1",
        "endSequenceNumber": "1",
        "batchSize": 1,
        "streamArn": STREAM_ARN,
    }


def test_a_partition_key_that_is_no_asset_goes_to_the_queue(handle, ports):
    assert handle(("../b", {"Action": "REMOVE"})) == []
    (failure,) = ports.failures()
    assert "partition key" in failure["Reason"]


def test_a_pointer_out_of_the_asset_is_not_followed(handle, ports, endpoint):
    ports.store(labels("secret"), asset="b")
    elsewhere = ports.store(labels("x"), key="private/assets/b/workflows/w/labelDetection.json")
    assert handle(elsewhere, ports.store(labels("cat"), asset="c")) == []
    assert names(endpoint) == ["cat"]
    (failure,) = ports.failures()
    assert "does not belong to asset a" in failure["Reason"]


@pytest.mark.parametrize(
    ("stored", "reason"), [(b"{", "is not JSON"), ([[]], "no object"), ("x", "no object")]
)
def test_a_result_that_cannot_be_read_goes_to_the_queue(handle, ports, endpoint, stored, reason):
    good = ports.store(labels("cat"), asset="c")
    assert handle(ports.store(stored), good) == []
    assert names(endpoint) == ["cat"]
    (failure,) = ports.failures()
    assert reason in failure["Reason"]


def test_a_pointer_to_nothing_goes_to_the_queue_unless_it_is_being_deleted(handle, ports):
    lost = Pointer("w", "private/assets/a/workflows/w/labelDetection.json", "v")
    ports.point("a", "labelDetection", lost)
    record = ("a", {"Action": "MODIFY", "Operator": "labelDetection"})
    assert handle(record) == []
    (failure,) = ports.failures()
    assert "is not there" in failure["Reason"]


def test_a_document_that_the_endpoint_refuses_goes_to_the_queue(handle, ports, endpoint):
    endpoint.search.refusals["cat"] = [400]
    refused = ports.store(labels("cat", "dog"))
    assert handle(refused, ports.store(labels("cow"), asset="c")) == []
    assert names(endpoint) == ["cow", "dog"]
    (failure,) = ports.failures()
    assert "1 of 2 documents were refused" in failure["Reason"]
    # repaired, and sent again
    assert handle(refused) == []
    assert names(endpoint) == ["cat", "cow", "dog"]


def test_an_endpoint_that_is_away_is_reported_from_the_first_record_on(handle, ports, endpoint):
    """Lambda sends that one and all behind it again; nothing waits for each of them in turn."""
    records = [ports.store(labels(one), asset=one) for one in "abcd"]
    assert handle(records[0]) == []
    endpoint.search.statuses = [503] * 10_000
    assert handle(*records) == [0]
    asked = len(endpoint.search.requests)
    assert asked < 20
    endpoint.search.statuses = []
    assert handle(*records) == []
    assert names(endpoint) == ["a", "b", "c", "d"]
    assert ports.failures() == []


def test_an_endpoint_that_is_away_from_the_beginning_is_reported(handle, ports, endpoint):
    endpoint.search.statuses = [503] * 10_000
    record = ports.store(labels("cat"))
    assert handle(record) == [0]
    endpoint.search.statuses = []
    assert handle(record) == []
    assert names(endpoint) == ["cat"]

"""What goes into a save, and comes back from it."""

import pytest
from ministack.core.responses import AccountRegionScopedDict
from ministack.services import dynamodb, lambda_svc

from local_aws import saved_documents, unread_records

SCOPE = ("000000000000", "us-east-1")
STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/table/stream/2026"


def test_large_contents_lie_beside_and_come_back_as_one():
    package, small = b"p" * 100_000, b"s"
    functions = AccountRegionScopedDict()
    for name in ("a", "b"):
        functions.set_scoped(*SCOPE, name, {"code_zip": package, "small": small})
    kept = {}

    def keep(content):
        return kept.setdefault(f"digest {len(content)}", content) and f"digest {len(content)}"

    document = saved_documents.encoded("lambda", {"functions": functions}, keep)
    assert len(document) < 1_000
    assert kept == {"digest 100000": package}
    found = saved_documents.decoded(document, lambda digest: bytes(bytearray(kept[digest])))
    records = dict(found["functions"]._data)
    assert records == functions._data
    first, second = records.values()
    assert first["code_zip"] is second["code_zip"]


@pytest.fixture
def stream(monkeypatch):
    """Five records of a table, of which the first has expired."""
    for name in ("_stream_records", "_stream_trimmed", "_tables"):
        monkeypatch.setattr(dynamodb, name, AccountRegionScopedDict())
    for name in ("_esms", "_dynamodb_stream_positions"):
        monkeypatch.setattr(lambda_svc, name, AccountRegionScopedDict())
    monkeypatch.setattr(dynamodb, "get_state", dynamodb.get_state)
    monkeypatch.setattr(dynamodb, "_restore_state", dynamodb._restore_state)
    unread_records.enforce()
    records = [{"eventID": str(number)} for number in range(1, 5)]
    dynamodb._stream_records.set_scoped(*SCOPE, "table", records)
    dynamodb._stream_trimmed.set_scoped(*SCOPE, "table", 1)


def mapping(name, position=None, starts="TRIM_HORIZON"):
    record = {"EventSourceArn": STREAM, "StartingPosition": starts}
    lambda_svc._esms.set_scoped(*SCOPE, name, record)
    if position is not None:
        lambda_svc._dynamodb_stream_positions.set_scoped(*SCOPE, name, position)


def left():
    """The records that a save has, and the position of the first."""
    state = dynamodb.get_state()
    for store in (dynamodb._stream_records, dynamodb._stream_trimmed):
        store.clear()
    dynamodb._restore_state(state)
    records = dynamodb._stream_records.get_scoped(*SCOPE, "table")
    first = dynamodb._stream_trimmed.get_scoped(*SCOPE, "table")
    return [one["eventID"] for one in records], first


def test_what_one_of_the_readers_has_not_read_is_saved(stream):
    mapping("ahead", 5)
    mapping("behind", 3)
    assert left() == (["3", "4"], 3)


def test_what_nobody_reads_is_left_out(stream):
    assert left() == ([], 5)


@pytest.mark.parametrize(
    ("starts", "saved"), [("TRIM_HORIZON", (["1", "2", "3", "4"], 1)), ("LATEST", ([], 5))]
)
def test_a_reader_that_has_not_begun_begins_where_it_says(stream, starts, saved):
    mapping("new", starts=starts)
    assert left() == saved


def test_nobody_reads_from_beyond_the_end_of_a_stream_that_begins_anew(stream):
    mapping("of a save without records", 17)
    dynamodb._stream_records.clear()
    dynamodb._stream_trimmed.clear()
    unread_records.bound_positions()
    positions = lambda_svc._dynamodb_stream_positions
    assert positions.get_scoped(*SCOPE, "of a save without records") == 0

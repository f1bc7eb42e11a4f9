"""Past runs, and results that fit into no answer, in memory."""

import json

import pytest
from tests.lib.mie.engine.dataplane import asset, ports

from mie.core.errors import BadRequest, NotFound
from mie.core.lists import LARGEST_ANSWER
from mie.engine import metadata_reading, metadata_writing
from mie.engine.metadata_reading import Position
from mie.engine.metadata_writing import Page, Result


@pytest.fixture
def dataplane():
    return ports()


@pytest.fixture
def asset_id(dataplane):
    """An asset with a: w1 (two pages), w2; b: w2; c: w1."""
    asset_id = asset(dataplane)
    for number in range(2):
        page = Page(number, last=number == 1)
        metadata_writing.store_page(
            dataplane, asset_id, Result("a", "w1", {"v": f"w1 {number}"}), page
        )
    for operator, workflow in (("a", "w2"), ("b", "w2"), ("c", "w1")):
        result = Result(operator, workflow, {"v": workflow})
        metadata_writing.store(dataplane, asset_id, result)
    return asset_id


def read_all(dataplane, asset_id, workflow_id=None):
    """(operator, execution, value) of everything that is read."""
    answer = metadata_reading.read_all(dataplane, asset_id, Position(None, workflow_id))
    found = []
    while "cursor" in answer:
        answer = metadata_reading.read_all(dataplane, asset_id, Position(answer["cursor"]))
        found.append((answer["operator"], answer.get("workflow_id"), answer["results"]["v"]))
    return found


def read_one(dataplane, asset_id, operator, workflow_id):
    answer = metadata_reading.read_one(dataplane, asset_id, operator, Position(None, workflow_id))
    found = [answer["results"]["v"]]
    while "cursor" in answer:
        position = Position(answer["cursor"], workflow_id)
        answer = metadata_reading.read_one(dataplane, asset_id, operator, position)
        found.append(answer["results"]["v"])
    return found


def test_the_newest_results_are_read_and_their_executions_not_told(dataplane, asset_id):
    assert read_all(dataplane, asset_id) == [
        ("a", None, "w2"),
        ("b", None, "w2"),
        ("c", None, "w1"),
    ]


def test_the_results_of_one_execution_are_read(dataplane, asset_id):
    assert read_all(dataplane, asset_id, "w1") == [
        ("a", "w1", "w1 0"),
        ("a", "w1", "w1 1"),
        ("c", "w1", "w1"),
    ]
    assert read_one(dataplane, asset_id, "a", "w1") == ["w1 0", "w1 1"]


def test_the_results_of_all_executions_are_read_the_newest_first(dataplane, asset_id):
    assert read_all(dataplane, asset_id, "*") == [
        ("a", "w2", "w2"),
        ("a", "w1", "w1 0"),
        ("a", "w1", "w1 1"),
        ("b", "w2", "w2"),
        ("c", "w1", "w1"),
    ]
    assert read_one(dataplane, asset_id, "a", "*") == ["w2", "w1 0", "w1 1"]


def test_an_execution_without_results_has_none(dataplane, asset_id):
    assert read_all(dataplane, asset_id, "w3") == []
    with pytest.raises(NotFound, match="w1"):
        metadata_reading.read_one(dataplane, asset_id, "b", Position(None, "w1"))


@pytest.mark.parametrize("workflow_id", ["", "a/b", "..", "**"])
def test_an_execution_is_named_by_its_id(dataplane, asset_id, workflow_id):
    for read in (
        metadata_reading.read_all,
        lambda *one: metadata_reading.read_one(*one[:2], "a", one[2]),
    ):
        with pytest.raises(BadRequest, match="workflow_id"):
            read(dataplane, asset_id, Position(None, workflow_id))


def test_a_cursor_goes_on_with_the_executions_that_it_was_issued_for(dataplane, asset_id):
    cursor = metadata_reading.read_all(dataplane, asset_id, Position(None, "w1"))["cursor"]
    for other in ("w2", "*"):
        with pytest.raises(BadRequest, match="workflow_id"):
            metadata_reading.read_all(dataplane, asset_id, Position(cursor, other))
    first = metadata_reading.read_all(dataplane, asset_id, Position(cursor, "w1"))
    assert first == metadata_reading.read_all(dataplane, asset_id, Position(cursor))


def test_a_past_result_is_read_on_while_newer_ones_are_stored(dataplane, asset_id):
    first = metadata_reading.read_one(dataplane, asset_id, "a", Position(None, "w1"))
    metadata_writing.store(dataplane, asset_id, Result("a", "w3", {"v": "w3"}))
    second = metadata_reading.read_one(dataplane, asset_id, "a", Position(first["cursor"]))
    assert second["results"] == {"v": "w1 1"}


def test_a_cursor_into_a_past_result_that_was_replaced_is_stale(dataplane, asset_id):
    first = metadata_reading.read_one(dataplane, asset_id, "a", Position(None, "w1"))
    metadata_writing.store(dataplane, asset_id, Result("a", "w1", {"v": "again"}))
    with pytest.raises(BadRequest, match="cursor"):
        metadata_reading.read_one(dataplane, asset_id, "a", Position(first["cursor"]))


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("x" * (LARGEST_ANSWER - 12), True),
        ("x" * (LARGEST_ANSWER - 11), False),
        # each is two characters in a document and four in an answer
        ('"' * (LARGEST_ANSWER // 4), False),
        ("\\" * (LARGEST_ANSWER // 4 - 8), True),
    ],
)
def test_results_that_fit_into_no_answer_have_a_url(dataplane, asset_id, text, fits):
    metadata_writing.store(dataplane, asset_id, Result("big", "w", {"t": text}))
    answer = metadata_reading.read_one(dataplane, asset_id, "big", Position())
    assert ("results" in answer, "url" in answer) == (fits, not fits)
    if fits:
        # as an answer travels
        carried = json.dumps(json.dumps(answer["results"], separators=(",", ":")))
        assert len(carried) - 2 <= LARGEST_ANSWER
    else:
        assert answer["url"].endswith("/big.json")


def test_what_follows_large_results_is_read_on(dataplane, asset_id):
    metadata_writing.store(dataplane, asset_id, Result("aa", "w", {"t": "x" * LARGEST_ANSWER}))
    answer = metadata_reading.read_all(dataplane, asset_id, Position())
    operators = []
    while "cursor" in answer:
        answer = metadata_reading.read_all(dataplane, asset_id, Position(answer["cursor"]))
        operators.append((answer["operator"], "url" in answer))
    assert operators == [("a", False), ("aa", True), ("b", False), ("c", False)]


def test_pages_with_numbers_are_read_without_their_manifest(dataplane, asset_id):
    read_keys, get = [], dataplane.objects.get
    dataplane.objects.get = lambda key, most=None: read_keys.append(key) or get(key, most)
    assert read_one(dataplane, asset_id, "a", "w1") == ["w1 0", "w1 1"]
    assert [key.rsplit("/", 1)[1] for key in read_keys] == ["00000000.json", "00000001.json"]

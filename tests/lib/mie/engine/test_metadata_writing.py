"""Metadata, in memory: pages, cursors, and writers that get in each other's way."""

import itertools
from dataclasses import replace

import pytest
from tests.lib.mie.engine.dataplane import asset, ports

from mie.core import result_pages
from mie.core.errors import BadRequest, Conflict, NotFound
from mie.engine import assets, metadata_reading, metadata_writing
from mie.engine.metadata_reading import Position
from mie.engine.metadata_writing import Page, Result


@pytest.fixture
def dataplane():
    return ports()


@pytest.fixture
def asset_id(dataplane):
    return asset(dataplane)


def result(value=1, operator="op", workflow="w1"):
    return Result(operator, workflow, {"value": value})


def send(dataplane, asset_id, *numbers, last=None, **options):
    """Sends numbered pages whose value is their number; last ends the result."""
    for number in numbers:
        page = Page(number, number == last)
        metadata_writing.store_page(dataplane, asset_id, result(number, **options), page)


def append(dataplane, asset_id, *values, end=True, token=None):
    for position, value in enumerate(values, start=1):
        page = Page(None, end and position == len(values), token)
        metadata_writing.store_page(dataplane, asset_id, result(value), page)


def read(dataplane, asset_id, operator="op"):
    """The values of an operator's pages."""
    answer = metadata_reading.read_one(dataplane, asset_id, operator, Position())
    values = [answer["results"]["value"]]
    while "cursor" in answer:
        answer = metadata_reading.read_one(
            dataplane, asset_id, operator, Position(answer["cursor"])
        )
        values.append(answer["results"]["value"])
    return values


def read_all(dataplane, asset_id):
    """(operator, value) of everything."""
    answer = metadata_reading.read_all(dataplane, asset_id, Position())
    found = []
    while "cursor" in answer:
        answer = metadata_reading.read_all(dataplane, asset_id, Position(answer["cursor"]))
        found.append((answer["operator"], answer["results"]["value"]))
    return found


def pointers(dataplane, asset_id, operator="op"):
    return result_pages.pointers_of(dataplane.assets.get(asset_id), operator)


def test_pages_are_read_in_the_order_of_their_numbers(dataplane, asset_id):
    send(dataplane, asset_id, 2, 0, 1, 3, last=3)
    assert read(dataplane, asset_id) == [0, 1, 2, 3]


def test_pages_follow_the_calls_whatever_clocks_and_ids_say(dataplane, asset_id):
    ids = iter("zyxwvutsrq")
    stopped = replace(dataplane, clock=lambda: 0.0, new_id=lambda: next(ids))
    append(stopped, asset_id, *range(10))
    assert read(dataplane, asset_id) == [*range(10)]


def test_a_page_whose_answer_was_lost_is_not_appended_twice(dataplane, asset_id):
    append(dataplane, asset_id, 0, end=False, token="a")
    for _ in range(2):
        append(dataplane, asset_id, 1, end=False, token="b")
    for _ in range(2):
        append(dataplane, asset_id, 2, token="c")
    assert read(dataplane, asset_id) == [0, 1, 2]
    # one that comes when the result is finished belongs to it, and begins no other
    append(dataplane, asset_id, 1, end=False, token="b")
    append(dataplane, asset_id, 7, token="d")
    assert read(dataplane, asset_id) == [7]


def test_a_last_page_that_is_sent_again_is_answered_as_before(dataplane, asset_id):
    answers = [
        metadata_writing.store_page(dataplane, asset_id, result(), Page(None, True, "a"))
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert read(dataplane, asset_id) == [1]


def test_a_page_without_a_number_is_refused_among_numbered_ones(dataplane, asset_id):
    send(dataplane, asset_id, 0)
    with pytest.raises(Conflict, match="either all pages"):
        append(dataplane, asset_id, 1)
    send(dataplane, asset_id, 1, last=1)
    assert read(dataplane, asset_id) == [0, 1]


def test_a_numbered_end_among_pages_without_numbers_is_refused(dataplane, asset_id):
    append(dataplane, asset_id, 0, end=False)
    with pytest.raises(Conflict, match="either all pages"):
        send(dataplane, asset_id, 0, last=0)


def test_what_a_failed_attempt_appended_stays_as_in_the_original(dataplane, asset_id):
    append(dataplane, asset_id, 0, 1, end=False)
    append(dataplane, asset_id, 0, 1, 2)
    assert read(dataplane, asset_id) == [0, 1, 0, 1, 2]


def test_a_result_that_was_finished_is_replaced_by_the_next_attempt(dataplane, asset_id):
    append(dataplane, asset_id, 0, 1)
    append(dataplane, asset_id, 0, 1, 2)
    assert read(dataplane, asset_id) == [0, 1, 2]


def test_pages_without_numbers_are_read_in_the_order_of_their_arrival(dataplane, asset_id):
    append(dataplane, asset_id, "b", "a", "a", "c")
    assert read(dataplane, asset_id) == ["b", "a", "a", "c"]


def test_a_page_that_is_sent_again_replaces_itself(dataplane, asset_id):
    send(dataplane, asset_id, 0, 1, 1, 0, 2, last=2)
    assert read(dataplane, asset_id) == [0, 1, 2]


def test_nothing_is_seen_before_the_last_page(dataplane, asset_id):
    send(dataplane, asset_id, 0, 1)
    with pytest.raises(NotFound):
        metadata_reading.read_one(dataplane, asset_id, "op", Position())
    assert read_all(dataplane, asset_id) == []


def test_the_old_result_is_read_until_the_new_one_is_whole(dataplane, asset_id):
    send(dataplane, asset_id, 0, 1, last=1)
    metadata_writing.store_page(dataplane, asset_id, result("new"), Page(0, last=False))
    assert read(dataplane, asset_id) == [0, 1]
    metadata_writing.store_page(dataplane, asset_id, result("end"), Page(1, last=True))
    assert read(dataplane, asset_id) == ["new", "end"]


def test_a_last_page_before_the_others_is_a_conflict_and_shows_nothing(dataplane, asset_id):
    with pytest.raises(Conflict, match="0, 1"):
        send(dataplane, asset_id, 2, last=2)
    assert read_all(dataplane, asset_id) == []
    send(dataplane, asset_id, 0, 1, 2, last=2)
    assert read(dataplane, asset_id) == [0, 1, 2]


def test_a_shorter_second_attempt_leaves_out_the_pages_of_the_first(dataplane, asset_id):
    send(dataplane, asset_id, 0, 1, 2, 3)
    send(dataplane, asset_id, 0, 1, last=1)
    assert read(dataplane, asset_id) == [0, 1]


def test_a_last_page_whose_answer_was_lost_can_be_sent_again(dataplane, asset_id):
    send(dataplane, asset_id, 0, 1, last=1)
    before = pointers(dataplane, asset_id)
    again = metadata_writing.store_page(dataplane, asset_id, result(1), Page(1, last=True))
    assert again["Key"] == before[0].key
    assert pointers(dataplane, asset_id) == before


def test_a_result_of_one_page_is_replaced_by_another(dataplane, asset_id):
    metadata_writing.store_page(dataplane, asset_id, result("old"), Page(0, last=True))
    metadata_writing.store_page(dataplane, asset_id, result("new"), Page(0, last=True))
    assert read(dataplane, asset_id) == ["new"]


def test_the_newest_result_is_read_and_the_others_are_remembered(dataplane, asset_id):
    for workflow in ("w1", "w2", "w1"):
        metadata_writing.store(dataplane, asset_id, result(workflow, workflow=workflow))
    assert read(dataplane, asset_id) == ["w1"]
    assert [one.workflow for one in pointers(dataplane, asset_id)] == ["w1", "w2"]


def test_everything_is_read_operator_by_operator(dataplane, asset_id):
    metadata_writing.store(dataplane, asset_id, result("whole", operator="b"))
    send(dataplane, asset_id, 0, 1, last=1, operator="page")
    metadata_writing.store(dataplane, asset_id, result("first", operator="a"))
    assert read_all(dataplane, asset_id) == [
        ("a", "first"),
        ("b", "whole"),
        ("page", 0),
        ("page", 1),
    ]


def test_an_operator_that_comes_or_goes_meanwhile_does_not_break_the_reading(dataplane, asset_id):
    for operator in ("b", "d", "f"):
        metadata_writing.store(dataplane, asset_id, result(operator, operator=operator))
    first = metadata_reading.read_all(dataplane, asset_id, Position())
    second = metadata_reading.read_all(dataplane, asset_id, Position(first["cursor"]))
    metadata_writing.delete(dataplane, asset_id, "b")
    for operator in ("a", "e"):
        metadata_writing.store(dataplane, asset_id, result(operator, operator=operator))
    third = metadata_reading.read_all(dataplane, asset_id, Position(second["cursor"]))
    fourth = metadata_reading.read_all(dataplane, asset_id, Position(third["cursor"]))
    assert [one["operator"] for one in (second, third, fourth)] == ["b", "d", "e"]


def test_a_cursor_of_the_whole_asset_also_reads_its_operator(dataplane, asset_id):
    send(dataplane, asset_id, 0, 1, last=1)
    metadata_writing.store(dataplane, asset_id, result(operator="other"))
    cursor = metadata_reading.read_all(dataplane, asset_id, Position())["cursor"]
    first = metadata_reading.read_one(dataplane, asset_id, "op", Position(cursor))
    second = metadata_reading.read_one(dataplane, asset_id, "op", Position(first["cursor"]))
    assert [first["results"]["value"], second["results"]["value"]] == [0, 1]
    assert "cursor" not in second


def test_a_cursor_into_pages_that_were_replaced_is_refused(dataplane, asset_id):
    send(dataplane, asset_id, 0, 1, last=1)
    cursor = metadata_reading.read_one(dataplane, asset_id, "op", Position())["cursor"]
    metadata_writing.store(dataplane, asset_id, result("new", workflow="w2"))
    with pytest.raises(BadRequest, match="cursor"):
        metadata_reading.read_one(dataplane, asset_id, "op", Position(cursor))


def test_a_page_is_stored_without_a_look_at_the_others(dataplane, asset_id):
    """Storing is linear in pages: none is read or written again."""
    read_keys = []
    get = dataplane.objects.get
    dataplane.objects.get = lambda key, most=None: read_keys.append(key) or get(key, most)
    send(dataplane, asset_id, *range(20))
    assert read_keys == []


def test_the_pages_of_many_writers_are_all_kept(dataplane, asset_id):
    """Appends that know nothing of each other, all in one millisecond."""
    frozen = ports(dataplane.objects)
    object.__setattr__(frozen, "clock", lambda: 1.0)
    object.__setattr__(frozen, "assets", dataplane.assets)
    append(frozen, asset_id, *range(20))
    assert sorted(read(dataplane, asset_id)) == list(range(20))


class Interrupted:
    """The items of assets, where somebody else is faster each time that pointers are set."""

    def __init__(self, items, *events):
        self._items = items
        self._events = iter(events)

    def __getattr__(self, name):
        return getattr(self._items, name)

    def set_pointers(self, *arguments):
        next(self._events, lambda: None)()
        return self._items.set_pointers(*arguments)


def interrupted(dataplane, *events):
    other = ports(dataplane.objects)
    object.__setattr__(other, "assets", Interrupted(dataplane.assets, *events))
    return other


def test_writers_of_one_operator_lose_nothing(dataplane, asset_id):
    def store(workflow):
        return lambda: metadata_writing.store(dataplane, asset_id, result(workflow=workflow))

    slow = interrupted(dataplane, *(store(f"w{number}") for number in range(20)))
    metadata_writing.store(slow, asset_id, result("slow", workflow="slow"))
    stored = {one.workflow for one in pointers(dataplane, asset_id)}
    assert stored == {"slow", *(f"w{number}" for number in range(20))}
    assert read(dataplane, asset_id) == ["slow"]


def test_a_writer_who_never_gets_in_is_told_so(dataplane, asset_id):
    changes = (
        lambda number=number: metadata_writing.store(
            dataplane, asset_id, result(number, workflow="w")
        )
        for number in itertools.count()
    )
    with pytest.raises(Conflict, match="op"):
        metadata_writing.store(
            interrupted(dataplane, *itertools.islice(changes, 100)), asset_id, result()
        )


def test_a_result_that_is_stored_while_its_operator_is_deleted_is_whole(dataplane, asset_id):
    metadata_writing.store(dataplane, asset_id, result("old"))
    slow = interrupted(dataplane, lambda: metadata_writing.delete(dataplane, asset_id, "op"))
    metadata_writing.store(slow, asset_id, result("new"))
    assert read(dataplane, asset_id) == ["new"]


def test_pages_that_are_deleted_while_the_last_one_is_stored_are_a_conflict(dataplane, asset_id):
    metadata_writing.store(dataplane, asset_id, result("old"))
    append(dataplane, asset_id, "a", "b", end=False)
    slow = interrupted(dataplane, lambda: metadata_writing.delete(dataplane, asset_id, "op"))
    with pytest.raises(Conflict):
        append(slow, asset_id, "c")
    assert pointers(dataplane, asset_id) == []


def test_a_deletion_takes_what_is_stored_meanwhile_with_it(dataplane, asset_id):
    metadata_writing.store(dataplane, asset_id, result("old"))
    store = [lambda: metadata_writing.store(dataplane, asset_id, result("new", workflow="w2"))]
    metadata_writing.delete(interrupted(dataplane, *store), asset_id, "op")
    assert pointers(dataplane, asset_id) == []
    assert not list(dataplane.objects.keys(f"private/assets/{asset_id}/workflows/"))


@pytest.mark.parametrize(
    ("page", "put"),
    [
        (None, 1),
        (Page(0, last=False), 1),
        (Page(0, last=True), 1),
        (Page(0, last=True), 2),
        (Page(None, last=False), 1),
        (Page(None, last=True), 1),
        (Page(None, last=True), 2),
    ],
)
def test_nothing_stays_of_what_is_put_while_its_asset_is_deleted(dataplane, asset_id, page, put):
    """put: how many-th object it is that arrives when the deletion has looked for objects."""
    arrivals = itertools.count(1)
    store_object = dataplane.objects.put

    def put_late(key, body):
        if next(arrivals) == put:
            assets.delete(dataplane, asset_id)
        return store_object(key, body)

    dataplane.objects.put = put_late
    with pytest.raises(NotFound):
        store(dataplane, asset_id, page)
    assert list(dataplane.objects.bodies) == ["upload/v.mp4"]
    assert dataplane.assets.items == {}


def store(dataplane, asset_id, page):
    if page is None:
        metadata_writing.store(dataplane, asset_id, result())
    else:
        metadata_writing.store_page(dataplane, asset_id, result(), page)


def test_a_deletion_takes_the_pages_that_were_never_finished(dataplane, asset_id):
    send(dataplane, asset_id, 0, 1, last=1)
    send(dataplane, asset_id, 0, 1, 2)
    metadata_writing.delete(dataplane, asset_id, "op")
    assert not list(dataplane.objects.keys(f"private/assets/{asset_id}/workflows/"))


def test_an_operator_whose_name_begins_like_the_deleted_one_stays(dataplane, asset_id):
    for operator in ("op", "op2", "op.json"):
        send(dataplane, asset_id, 0, last=0, operator=operator)
    metadata_writing.delete(dataplane, asset_id, "op")
    assert read_all(dataplane, asset_id) == [("op.json", 0), ("op2", 0)]


def test_a_deletion_says_what_it_has_removed(dataplane, asset_id):
    metadata_writing.store(dataplane, asset_id, result(workflow="w1"))
    send(dataplane, asset_id, 0, 1, last=1, workflow="w2")
    prefix = f"private/assets/{asset_id}/workflows"
    assert metadata_writing.delete(dataplane, asset_id, "op") == {
        "Deleted": [
            {"Key": f"{prefix}/w1/op.json"},
            {"Key": f"{prefix}/w2/op/000001/00000000.json"},
            {"Key": f"{prefix}/w2/op/000001/00000001.json"},
            {"Key": f"{prefix}/w2/op/000001/manifest.json"},
        ],
        "Objects": 4,
        "Workflows": ["w2", "w1"],
    }


def test_an_answer_to_a_deletion_names_a_thousand_objects_and_counts_them_all(dataplane, asset_id):
    metadata_writing.store(dataplane, asset_id, result())
    for number in range(1100):
        dataplane.objects.put(f"private/assets/{asset_id}/workflows/w1/op/000001/{number}", b"")
    deleted = metadata_writing.delete(dataplane, asset_id, "op")
    assert (len(deleted["Deleted"]), deleted["Objects"]) == (1000, 1101)

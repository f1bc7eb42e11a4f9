"""Lists: whole while they fit into an answer, in pages when asked, and cursors that hold."""

import json

import pytest
from tests.fakes.control_plane import World
from tests.fakes.definitions import define, run

from mie.core import statuses
from mie.core.errors import BadRequest, TooLarge
from mie.core.lists import PageRequest
from mie.engine import execution_lists
from mie.engine.lists import answer

SIX_MEGABYTES = 6 * 1024 * 1024


@pytest.fixture
def world():
    world = World()
    define(world)
    return world


def runs_of_one_asset(world, count):
    """Oldest first; all but the newest have ended."""
    asset = world.dataplane.create_asset("Video", "bucket", "v.mp4")
    records = []
    for _ in range(count):
        for one in records:
            if world.executions.get(one["Id"])["Status"] == statuses.QUEUED:
                world.executions.move(one, statuses.ERROR)
        records.append(run(world, Input={"AssetId": asset["AssetId"]}))
    return records


def pages(read, limit):
    """The pages that a client gets who follows the cursors."""
    found, cursor = [], None
    while True:
        answer = read(PageRequest(limit, cursor))
        found.append(answer["Executions"])
        cursor = answer.get("Cursor")
        if cursor is None:
            return found


def reader(world, listing):
    """What answers a request for a page, or None for the whole list."""
    return lambda request: answer(listing, request, world.system.cursor_secret)


def lists(world, records):
    """How each list is read in pages, and as a whole."""
    ports = world.execution_ports
    listings = {
        "all": execution_lists.everything(ports),
        "status": execution_lists.with_status(ports, "Error"),
        "asset": execution_lists.of_asset(ports, records[0]["AssetId"]),
    }
    readers = {name: reader(world, listing) for name, listing in listings.items()}
    return {name: (read, read(None)) for name, read in readers.items()}


@pytest.mark.parametrize("limit", [1, 2, 6, 7, 100])
@pytest.mark.parametrize("name", ["all", "status", "asset"])
def test_the_pages_are_the_whole_list(world, name, limit):
    read, whole = lists(world, runs_of_one_asset(world, 7))[name]
    found = pages(read, limit)
    assert all(len(one) <= limit for one in found)
    together = [one for page in found for one in page]
    if name == "asset":
        assert together == whole
    assert sorted(together, key=str) == sorted(whole, key=str)
    assert len(whole) == {"all": 7, "status": 6, "asset": 7}[name]


def test_the_newest_of_an_asset_come_first_also_over_pages(world):
    records = runs_of_one_asset(world, 5)
    read, _ = lists(world, records)["asset"]
    ids = [one["Id"] for page in pages(read, 2) for one in page]
    assert ids == [one["Id"] for one in reversed(records)]


def test_a_record_that_is_deleted_between_two_pages_ends_nothing(world):
    records = runs_of_one_asset(world, 6)
    for name in ("asset", "all"):
        read, whole = lists(world, records)[name]
        first = read(PageRequest(2, None))
        world.executions.items.pop(first["Executions"][-1]["Id"])
        rest = read(PageRequest(100, first["Cursor"]))["Executions"]
        assert len(first["Executions"]) + len(rest) == len(whole)


@pytest.mark.parametrize("other", ["all", "status", "asset"])
@pytest.mark.parametrize("name", ["all", "status", "asset"])
def test_a_cursor_is_good_for_its_list_only(world, name, other):
    every = lists(world, runs_of_one_asset(world, 4))
    cursor = every[name][0](PageRequest(1, None))["Cursor"]
    if name == other:
        assert every[other][0](PageRequest(1, cursor))["Executions"]
        return
    with pytest.raises(BadRequest, match="was not issued for this list"):
        every[other][0](PageRequest(1, cursor))


@pytest.mark.parametrize("forged", ["", "x", "%", "e30", "A" * 500, "\u00e9"])
def test_a_cursor_that_was_made_up_is_refused(world, forged):
    for read, _ in lists(world, runs_of_one_asset(world, 2)).values():
        with pytest.raises(BadRequest, match=r"^cursor: "):
            read(PageRequest(1, forged))


def test_a_cursor_of_another_deployment_is_refused(world):
    read, _ = lists(world, runs_of_one_asset(world, 2))["all"]
    cursor = read(PageRequest(1, None))["Cursor"]
    world.system.values.clear()
    with pytest.raises(BadRequest, match="was not issued"):
        read(PageRequest(1, cursor))


def travelling(answer):
    """The bytes that Lambda passes on: the answer as a JSON string."""
    return len(json.dumps(json.dumps(answer, separators=(",", ":"))))


class TestManyLargeRecords:
    @pytest.fixture
    def large(self, world):
        """Twenty records of more than 350 KB, which quotes make twice as long on their way."""
        overrides = {"s1": {"a": {"Text": '"' * 80_000}}}
        for _ in range(20):
            run(world, Configuration=overrides)
        return world

    def test_a_list_that_does_not_fit_is_refused_with_the_way_out(self, large):
        ports = large.execution_ports
        with pytest.raises(TooLarge, match="ask for it in pages with \\?limit="):
            reader(large, execution_lists.everything(ports))(None)
        # summaries stay small
        assert len(reader(large, execution_lists.with_status(ports, "Queued"))(None)) == 20

    def test_a_page_has_as_many_as_fit(self, large):
        found = pages(reader(large, execution_lists.everything(large.execution_ports)), 100)
        assert len({one["Id"] for page in found for one in page}) == 20
        assert len(found) > 1
        assert all(travelling(page) < SIX_MEGABYTES for page in found)

    def test_a_list_that_just_fits_is_answered(self, large):
        read = reader(large, execution_lists.everything(large.execution_ports))
        fitting = len(read(PageRequest(100, None))["Executions"])
        for one in list(large.executions.items)[fitting:]:
            del large.executions.items[one]
        whole = read(None)
        assert len(whole) == fitting
        assert travelling(whole) < SIX_MEGABYTES

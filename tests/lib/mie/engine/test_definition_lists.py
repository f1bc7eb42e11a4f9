"""Lists of definitions: whole while they fit into an answer, and in pages."""

import pytest
from tests.fakes.control_plane import World
from tests.fakes.definitions import define
from tests.lib.mie.engine.test_execution_lists import SIX_MEGABYTES, travelling

from mie.core.errors import BadRequest, TooLarge
from mie.core.lists import PageRequest
from mie.engine import definition_lists
from mie.engine.lists import answer

LISTS = {
    "Operations": definition_lists.operations,
    "Stages": definition_lists.stages,
    "Workflows": definition_lists.workflows,
}


@pytest.fixture
def world():
    """Two workflows of which one uses b, three operations and their stages."""
    world = World()
    define(world, "wf", (("a",), ("b",)))
    operation = world.operations.items["a"]
    world.operations.items["c"] = {**operation, "Name": "c"}
    workflow = world.workflows.items["wf"]
    for number in range(5):
        name = f"other{number}"
        other = {**workflow, "Name": name, "Operations": ["a"], "Stages": {"s1": {}}}
        world.workflows.items[name] = other
    return world


def read(world, listing, request=None):
    return answer(listing, request, world.system.cursor_secret)


def pages(world, listing, limit):
    found, cursor = [], None
    while True:
        page = read(world, listing, PageRequest(limit, cursor))
        (key,) = set(page) - {"Cursor"}
        found.append(page[key])
        cursor = page.get("Cursor")
        if cursor is None:
            return found


def names(definitions):
    return sorted(one["Name"] for one in definitions)


@pytest.mark.parametrize("limit", [1, 2, 100])
@pytest.mark.parametrize("kind", LISTS)
def test_the_pages_are_the_whole_list(world, kind, limit):
    listing = LISTS[kind](world.definition_ports)
    whole = read(world, listing)
    assert len(whole) == {"Operations": 3, "Stages": 4, "Workflows": 6}[kind]
    found = pages(world, listing, limit)
    assert all(len(one) <= limit for one in found)
    assert names(one for page in found for one in page) == names(whole)


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_pages_of_the_workflows_that_use_something_have_no_others(world, limit):
    ports = world.definition_ports
    for listing, expected in (
        (definition_lists.with_operation(ports, "b"), ["wf"]),
        (definition_lists.with_stage(ports, "s2"), ["wf"]),
        (definition_lists.with_stage(ports, "s1"), names(world.workflows.items.values())),
        (definition_lists.with_operation(ports, "none"), []),
    ):
        assert names(read(world, listing)) == expected
        assert names(one for page in pages(world, listing, limit) for one in page) == expected


def test_a_stale_workflow_says_in_every_list_how_it_is_built_anew(world):
    world.workflows.mark_stale("wf", operation="b", stage=None)
    ports = world.definition_ports
    for listing in (
        definition_lists.workflows(ports),
        definition_lists.with_operation(ports, "b"),
        definition_lists.with_stage(ports, "s2"),
    ):
        lists = [read(world, listing), *pages(world, listing, 1)]
        assert all("Rebuild" in one for page in lists for one in page if one["Name"] == "wf")


def test_a_cursor_is_good_for_its_list_only(world):
    ports = world.definition_ports
    listings = [make(ports) for make in LISTS.values()]
    listings += [definition_lists.with_stage(ports, "s1"), definition_lists.with_stage(ports, "x")]
    listings += [definition_lists.with_operation(ports, name) for name in ("a", "s1")]
    for mine in listings:
        cursor = read(world, mine, PageRequest(1, None))["Cursor"]
        for other in listings:
            if other is mine:
                assert read(world, other, PageRequest(1, cursor))
                continue
            with pytest.raises(BadRequest, match="was not issued for this list"):
                read(world, other, PageRequest(1, cursor))


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_that_does_not_fit_is_refused_and_its_pages_fit(world, kind):
    table = getattr(world, kind.lower())
    one = next(iter(table.items.values()))
    # 300 KB, of which every character travels as four
    for number in range(40):
        name = f"large{number:02d}"
        table.items[name] = {**one, "Name": name, "Text": '"' * 300_000}
    listing = LISTS[kind](world.definition_ports)
    with pytest.raises(TooLarge, match="ask for it in pages with \\?limit="):
        read(world, listing)
    found = pages(world, listing, 100)
    assert names(one for page in found for one in page) == sorted(table.items)
    assert all(travelling(page) < SIX_MEGABYTES for page in found)

"""One contract for the tables of definitions and for their fakes."""

import pytest
from tests.fakes.aws import HISTORY_TABLE, NAMED_TABLES, control_plane
from tests.fakes.control_plane import Definitions, Workflows

from mie.adapters.definitions import DefinitionTable, WorkflowTable
from mie.core.errors import AlreadyExists, Conflict, TooLarge

ITEM = {
    "Name": "one",
    "Id": "1",
    "Version": "v0",
    "Created": "5.5",
    "Configuration": {"Threshold": 0.25, "Most": 3, "Enabled": False, "Nothing": None},
    "Operations": ["a", "b"],
}
WORKFLOW = {**ITEM, "StaleOperations": [], "StaleStages": []}


@pytest.fixture(params=["fake", "dynamodb"])
def stages(request):
    if request.param == "fake":
        yield Definitions("stage")
    else:
        with control_plane():
            yield DefinitionTable(NAMED_TABLES["STAGE_TABLE_NAME"], "stage", HISTORY_TABLE)


@pytest.fixture(params=["fake", "dynamodb"])
def workflows(request):
    if request.param == "fake":
        yield Workflows()
    else:
        with control_plane():
            yield WorkflowTable(NAMED_TABLES["WORKFLOW_TABLE_NAME"], HISTORY_TABLE)


def test_what_was_created_is_read_back_number_for_number(stages):
    stages.create(ITEM)
    assert stages.get("one") == ITEM
    assert isinstance(stages.get("one")["Configuration"]["Most"], int)
    assert list(stages.list()) == [ITEM]


def test_what_is_not_there_is_none(stages):
    assert stages.get("none") is None
    assert list(stages.list()) == []


@pytest.mark.parametrize("most", [1, 2, 5])
def test_the_pages_of_a_table_are_the_whole_table(stages, most):
    names = ["a", "b", "c", "d", "e"]
    for name in names:
        stages.create({**ITEM, "Name": name})
    found, after = [], None
    while True:
        page = stages.page(most, after)
        found += page.items
        assert len(page.items) <= most
        if page.after is None:
            break
        after = page.after
    assert sorted(one["Name"] for one in found) == names
    assert found[0] in stages.list()


def test_a_page_goes_on_behind_a_name_that_is_gone(stages):
    for name in ("a", "b", "c"):
        stages.create({**ITEM, "Name": name})
    first = stages.page(1, None)
    stages.delete(first.items[0])
    rest = stages.page(5, first.after).items
    assert sorted(one["Name"] for one in [*first.items, *rest]) == ["a", "b", "c"]


def test_a_name_is_given_once(stages):
    stages.create(ITEM)
    with pytest.raises(AlreadyExists, match="A stage with the name 'one' already exists"):
        stages.create({**ITEM, "Id": "2"})
    with pytest.raises(AlreadyExists):
        # a resource of a template has the same Id whenever it is made
        stages.create({**ITEM, "Created": "6.5"})
    stages.create({**ITEM, "Operations": []})
    assert stages.get("one") == ITEM


def test_a_replacement_needs_what_it_replaces(stages):
    stages.create(ITEM)
    stages.replace({**ITEM, "Version": "v1"}, ITEM)
    with pytest.raises(Conflict):
        stages.replace({**ITEM, "Version": "v2"}, ITEM)
    assert stages.get("one")["Version"] == "v1"
    with pytest.raises(Conflict):
        stages.replace({**ITEM, "Name": "none"}, {**ITEM, "Name": "none"})
    assert stages.get("none") is None


def test_what_was_replaced_is_kept(stages):
    stages.create(ITEM)
    second = {**ITEM, "Version": "v1", "Operations": ["c"]}
    stages.replace(second, ITEM)
    stages.replace({**ITEM, "Version": "v2"}, second)
    assert stages.former("1", "v0") == ITEM
    assert stages.former("1", "v1") == second
    assert stages.former("1", "v2") is None
    assert stages.former("2", "v0") is None


def test_what_was_not_replaced_is_not_kept(stages):
    stages.create(ITEM)
    with pytest.raises(Conflict):
        stages.replace({**ITEM, "Version": "v8"}, {**ITEM, "Version": "v7"})
    assert stages.former("1", "v7") is None


def test_a_workflow_that_was_marked_meanwhile_is_not_replaced(workflows):
    workflows.create(WORKFLOW)
    workflows.mark_stale("one", operation=None, stage="_a")
    with pytest.raises(Conflict):
        workflows.replace({**WORKFLOW, "Version": "v2"}, WORKFLOW)
    assert workflows.get("one")["StaleStages"] == ["_a"]
    workflows.replace({**WORKFLOW, "Version": "v2"}, workflows.get("one"))
    assert workflows.get("one")["StaleStages"] == []
    assert workflows.former("1", "v0")["StaleStages"] == ["_a"]


def test_only_what_was_read_is_deleted(stages):
    stages.create(ITEM)
    stages.delete({**ITEM, "Id": "somebody else's"})
    assert stages.get("one") == ITEM
    stages.delete(ITEM)
    assert stages.get("one") is None
    stages.delete(ITEM)


def test_a_stale_name_is_marked_once(workflows):
    workflows.create(WORKFLOW)
    for _ in range(2):
        workflows.mark_stale("one", operation="a", stage=None)
        workflows.mark_stale("one", operation=None, stage="_a")
    workflows.mark_stale("one", operation="b", stage=None)
    assert workflows.get("one")["StaleOperations"] == ["a", "b"]
    assert workflows.get("one")["StaleStages"] == ["_a"]
    workflows.mark_stale("none", operation="a", stage=None)
    assert workflows.get("none") is None


def test_every_page_of_a_table_is_listed():
    with control_plane():
        table = DefinitionTable(NAMED_TABLES["STAGE_TABLE_NAME"], "stage", HISTORY_TABLE)
        names = {f"s{number}" for number in range(12)}
        for name in names:
            # a page of DynamoDB has 1 MB
            table.create({**ITEM, "Name": name, "Definition": "x" * 200_000})
        assert {one["Name"] for one in table.list()} == names


def test_an_item_that_does_not_fit_says_so():
    with control_plane():
        table = DefinitionTable(NAMED_TABLES["STAGE_TABLE_NAME"], "stage", HISTORY_TABLE)
        with pytest.raises(TooLarge, match="one"):
            table.create({**ITEM, "Operations": ["x" * 500_000]})
        table.create(ITEM)
        with pytest.raises(TooLarge, match="one"):
            table.replace({**ITEM, "Version": "v1", "Operations": ["x" * 500_000]}, ITEM)
        assert table.get("one") == ITEM


def test_the_machine_of_a_hundred_operators_is_kept_with_its_stage(stages):
    large = {**ITEM, "Definition": '{"Type":"Task","Resource":"ü"}' * 20_000}
    stages.create(large)
    assert stages.get("one") == large
    stages.replace({**large, "Version": "v1"}, large)
    assert stages.former("1", "v0") == large

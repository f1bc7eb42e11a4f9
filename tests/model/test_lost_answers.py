"""Whatever becomes of DynamoDB's answers, each call takes effect once and is told so.

Random calls of the tables' adapters, whose writes lose their answers or are held up by other
transactions, beside the same calls of the fakes that the engine's schedules run on, which nothing
disturbs. ``MIE_MODEL_SCHEDULES`` is how many.
"""

import os
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fakes.assets import AssetsInMemory
from tests.fakes.aws import HISTORY_TABLE, NAMED_TABLES, control_plane, execution_table
from tests.fakes.control_plane import Executions, Workflows
from tests.fakes.disturbed_dynamodb import HELD, LOST, disturbed
from tests.lib.mie.adapters.dataplane_on_moto import TABLE, clients_of_their_own, dataplane

from mie import aws
from mie.adapters.assets import AssetTable
from mie.adapters.definitions import WorkflowTable
from mie.adapters.slots import COUNTER
from mie.core.assets import DELETING
from mie.core.errors import MieError
from mie.core.rollup import Settlement

SCHEDULES = int(os.environ.get("MIE_MODEL_SCHEDULES", "200"))
# Names and values are few, so that calls meet each other.
FEW = 2
LIMIT = 1

numbers = st.integers(0, FEW - 1)
disturbances = st.lists(st.sampled_from((LOST, LOST, HELD, None)), max_size=4)


def schedules(calls):
    """Of (call, name, value, how old what it has read is, what befalls its writes)."""
    names = sorted(one for one in vars(calls) if not one.startswith("_"))
    call = st.tuples(
        st.sampled_from(names), numbers, numbers, st.sampled_from((1, 1, 1, 2, 3)), disturbances
    )
    return settings(
        max_examples=SCHEDULES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    ), st.lists(call, min_size=4, max_size=10)


class ExecutionCalls:
    """Calls of a table; ``read`` is a record as it was once, None when there was none."""

    def create(self, table, name, value, read):
        created = {
            "Id": name,
            "Created": f"{value}.5",
            # the same for all names of an example
            "AssetId": name.partition("-")[0],
            "Status": "Queued",
            "Attempt": 1,
            "CurrentStage": "s1",
            "Globals": {},
            "Workflow": {"Name": "wf", "Stages": {"s1": {}, "s2": {}}},
        }
        table.create(created)

    def replace(self, table, name, value, read):
        if read and read["Status"] != "Started":
            attempt = read["Attempt"] + 1
            table.replace({**read, "Status": "Queued", "Attempt": attempt}, read)

    def mark_cancelled(self, table, name, value, read):
        if read:
            table.mark_cancelled(read, f"{value}.5")

    def admit(self, table, name, value, read):
        if read and read["Status"] != "Started":
            return table.admit(read, LIMIT, f"arn:{value}")
        return None

    def settle(self, table, name, value, read):
        if read:
            ends = value == 0
            settlement = Settlement(
                stage={"Name": "s1"},
                globals={"MetaData": value},
                current_stage="End" if ends else "s2",
                status="Error" if ends else None,
                message=None,
                following=None if ends else {"Name": "s2"},
                repeated_metadata=(),
            )
            table.settle(read, "s1", settlement)

    def wait(self, table, name, value, read):
        if read:
            table.move(read, "Waiting", message=f"{value}")

    def delete(self, table, name, value, read):
        if read:
            table.delete(read)

    def doubt_slots(self, table, name, value, read):
        return table.doubt_slots(table.slots(), 1.5 + value)

    def correct_slots(self, table, name, value, read):
        return table.correct_slots(table.slots(), value)


class WorkflowCalls:
    def create(self, table, name, value, read):
        described = {"Name": name, "Id": f"{value}", "Created": "5.5", "Version": "v0"}
        table.create({**described, "StaleOperations": [], "StaleStages": []})

    def replace(self, table, name, value, read):
        if read:
            revised = {**read, "Version": f"{read['Version']}{value}"}
            table.replace({**revised, "StaleOperations": [], "StaleStages": []}, read)

    def mark_stale(self, table, name, value, read):
        table.mark_stale(name, operation=f"o{value}", stage=f"s{value}")

    def delete(self, table, name, value, read):
        if read:
            table.delete(read)


class AssetCalls:
    def create(self, table, name, value, read):
        secret = f"secret{value}"
        table.create({"AssetId": name, "S3Key": "k", "Created": "5.5", "CursorSecret": secret})

    def add(self, table, name, value, read):
        present = (read or {}).get("op", [])
        # each storing makes another version
        pointer = {"pointer": "k", "version": f"{len(present)}{value}"}
        return table.set_pointers(name, "op", [pointer, *present], present)

    def remove(self, table, name, value, read):
        return table.set_pointers(name, "op", [], (read or {}).get("op", []))

    def lock(self, table, name, value, read):
        return table.lock(name, "ada", value)

    def unlock(self, table, name, value, read):
        return table.unlock(name)

    def begin_delete(self, table, name, value, read):
        item = table.begin_delete(name)
        # whether an earlier request had begun it is not told
        return item and {key: one for key, one in item.items() if key != DELETING}

    def delete(self, table, name, value, read):
        table.delete(name)


def outcome(calls, call, *arguments):
    try:
        return getattr(calls, call)(*arguments)
    except MieError as error:
        return type(error).__name__


def compare(calls, schedule, example, fake, real):
    """Runs a schedule on the fake and on the adapter: both answer and keep the same."""
    # what other examples left in the tables has other names
    names = [f"{example}-{number}" for number in range(FEW)]
    read = {name: [None] for name in names}
    for call, which, value, age, befalls in schedule:
        name = names[which]
        arguments = (name, value, read[name][-age:][0])
        expected = outcome(calls, call, fake, *arguments)
        with disturbed(befalls):
            assert outcome(calls, call, real, *arguments) == expected, call
        read[name].append(fake.get(name))
        assert real.get(name) == read[name][-1], call


@pytest.fixture(scope="module", autouse=True)
def clients():
    with clients_of_their_own():
        yield


def test_executions_and_slots_change_once_for_each_call():
    calls, examples = ExecutionCalls(), count()
    system = NAMED_TABLES["SYSTEM_TABLE_NAME"]
    runs, drawn = schedules(ExecutionCalls)

    @runs
    @given(drawn)
    def check(schedule):
        fake, real = Executions(), execution_table()
        counter = {"Name": {"S": COUNTER}, "Value": {"N": "0"}}
        aws.client("dynamodb").put_item(TableName=system, Item=counter)
        compare(calls, schedule, next(examples), fake, real)
        assert real.slots() == fake.slots()

    with control_plane():
        check()


def test_definitions_change_once_for_each_call():
    calls, examples = WorkflowCalls(), count()
    runs, drawn = schedules(WorkflowCalls)

    @runs
    @given(drawn)
    def check(schedule):
        real = WorkflowTable(NAMED_TABLES["WORKFLOW_TABLE_NAME"], HISTORY_TABLE)
        compare(calls, schedule, next(examples), Workflows(), real)

    with control_plane():
        check()


def test_assets_change_once_for_each_call(monkeypatch):
    calls, examples = AssetCalls(), count()
    runs, drawn = schedules(AssetCalls)

    @runs
    @given(drawn)
    def check(schedule):
        compare(calls, schedule, next(examples), AssetsInMemory(), AssetTable(TABLE))

    with dataplane(monkeypatch):
        check()

"""The limit of what a run writes: its creation, its admission and once for every stage."""

import subprocess
import sys

import pytest
from tests.benchmarks import item_writes as benchmark
from tests.fakes.aws import NAMED_TABLES


@pytest.mark.parametrize("stages", benchmark.STAGES)
def test_a_run_of_so_many_stages_writes_its_item_twice_and_once_for_each(stages):
    # fewer cannot be: every one of these steps must outlive a crash
    assert benchmark.writes_of_a_run(stages) == 2 + stages


def test_the_number_of_operators_does_not_matter():
    assert benchmark.writes_of_a_run(2, operators=20) == benchmark.writes_of_a_run(2, operators=1)


def test_every_kind_of_write_is_counted_and_nothing_else():
    with benchmark.control_plane(), benchmark._counting(benchmark.EXECUTION_TABLE) as writes:
        client, key = benchmark.aws.client("dynamodb"), {"Id": {"S": "1"}}
        table = {"TableName": benchmark.EXECUTION_TABLE}
        client.put_item(**table, Item=key)
        client.update_item(**table, Key=key, UpdateExpression="REMOVE a")
        client.transact_write_items(TransactItems=[{"Delete": {**table, "Key": key}}])
        client.get_item(**table, Key=key)
        other = NAMED_TABLES["SYSTEM_TABLE_NAME"]
        client.put_item(TableName=other, Item={"Name": {"S": "x"}})
    assert writes == ["PutItem", "UpdateItem", "TransactWriteItems"]


def test_the_benchmark_runs_as_a_program_and_prints_every_row():
    shown = subprocess.run(
        [sys.executable, benchmark.__file__],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
    assert len(shown.splitlines()) == 1 + len(benchmark.STAGES)

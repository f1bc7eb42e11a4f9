"""How often a run writes its item, counted where boto3 sends it to DynamoDB.

    python tests/benchmarks/item_writes.py

The engine runs on tables in memory (moto), operators return at once. DynamoDB bills every write by
the size of the item, and every one is a record of the stream that tells of changes.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "source/lib")]

# the path is set above when this runs as a program
from tests.fakes.aws import EXECUTION_TABLE, control_plane, execution_table  # noqa: E402
from tests.fakes.control_plane import World  # noqa: E402
from tests.fakes.definitions import define, output, run  # noqa: E402

from mie import aws  # noqa: E402
from mie.engine.completion import complete_stage  # noqa: E402
from mie.engine.scheduling import fill_slots  # noqa: E402

STAGES = (1, 2, 5, 10)
_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")


def writes_of_a_run(stages: int, operators: int = 2) -> int:
    """The writes of the item of one execution, from its request to its end."""
    with control_plane(), _counting(EXECUTION_TABLE) as writes:
        world = World()
        world.executions = execution_table()
        names = [[f"o{stage}-{one}" for one in range(operators)] for stage in range(stages)]
        define(world, stage_operations=names)
        execution_id = run(world)["Id"]
        fill_slots(world.worker_ports, 1)
        for number, operations in enumerate(names, 1):
            complete_stage(
                world.worker_ports,
                {
                    "Name": f"s{number}",
                    "WorkflowExecutionId": execution_id,
                    "Outputs": [output(one, MetaData={one: "x"}) for one in operations],
                },
            )
        ended = world.executions.get(execution_id)
        if ended is None or ended["Status"] != "Complete":
            raise RuntimeError(f"the run did not complete: {ended}")
        return len(writes)


@contextmanager
def _counting(table: str) -> Iterator[list[str]]:
    """The names of the operations that wrote items of a table, one for each item."""
    writes: list[str] = []

    def count(params: dict[str, Any], model: Any, **_: Any) -> None:
        requests = [params, *_transacted(params)]
        writes.extend(model.name for one in requests if one.get("TableName") == table)

    client = aws.client("dynamodb")
    names = [f"provide-client-params.dynamodb.{name}" for name in _WRITES]
    for name in names:
        client.meta.events.register(name, count)
    try:
        yield writes
    finally:
        for name in names:
            client.meta.events.unregister(name, count)


def _transacted(params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in params.get("TransactItems", ()):
        yield from (one for kind, one in item.items() if kind != "ConditionCheck")


def main() -> None:
    print(f"{'stages':>8}{'writes':>8}{'limit':>8}")
    for stages in STAGES:
        print(f"{stages:>8}{writes_of_a_run(stages):>8}{2 + stages:>8}")


if __name__ == "__main__":
    main()

"""``python -m mie_replay``: what replay-changes.sh runs."""

import argparse
import sys
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from mie_replay.failures import Clients, StillFails, replay
from mie_replay.queues import DATAPLANE_TABLE, PUBLISHER, QUEUES, Resources, resources_of
from mie_replay.results import tell_all

# No function runs longer than 900 seconds.
_LONGEST_SECONDS = 930


def main() -> int:
    options = _options()
    session = boto3.Session(region_name=options.region)
    try:
        resources = resources_of(session.client("cloudformation"), options.stack)
        if options.all_results:
            return _tell_all(session, options.stack, resources)
        return _replay(session, resources, options.queue)
    except (StillFails, ClientError, BotoCoreError) as error:
        return _fail(str(error))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="replay-changes.sh",
        description="Sends what a stack could not deal with to its functions again: changes of "
        "the data plane, notifications of executions, and calls of the scheduler and of the "
        "error handler.",
    )
    parser.add_argument("--stack", required=True, help="name of the root stack")
    parser.add_argument("--region", help="where it is; by default that of the AWS configuration")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--queue",
        choices=[one.name for one in QUEUES],
        help="go through this queue alone",
    )
    what.add_argument(
        "--all-results",
        action="store_true",
        help="tell of every result that is in the data plane, whatever is in the queues: "
        "for a search that was deployed later, or lost its data",
    )
    return parser.parse_args()


def _replay(session: boto3.Session, resources: Resources, only: str | None) -> int:
    clients = Clients(
        session.client("sqs"),
        session.client("kinesis"),
        session.client("dynamodbstreams"),
        _functions(session),
    )
    outcomes = []
    deployed = [one for one in QUEUES if one.name in resources]
    for queue in (one for one in deployed if only in (None, one.name)):
        for one in replay(clients, queue, resources):
            outcomes.append(one)
            print(f"{queue.name}, {one.place}: {one.reason}")
            print(f"  stays in the queue: {one.problem}" if one.problem else "  replayed")
            if one.lost:
                print(f"  lost: {one.lost}")
    staying = sum(1 for one in outcomes if one.problem)
    print(f"{len(outcomes) - staying} replayed, {staying} stay in the queue.")
    return 1 if staying else 0


def _functions(session: boto3.Session) -> Any:
    """A client of Lambda that waits for the slowest function, and starts none a second time."""
    config = Config(read_timeout=_LONGEST_SECONDS, retries={"total_max_attempts": 1})
    return session.client("lambda", config=config)


def _tell_all(session: boto3.Session, stack: str, resources: Resources) -> int:
    if PUBLISHER not in resources:
        return _fail(f"the stack {stack} has no stream of changes: DeployAnalyticsPipeline=No")
    assets, results = tell_all(
        session.client("dynamodb"),
        _functions(session),
        resources[DATAPLANE_TABLE],
        resources[PUBLISHER],
    )
    print(f"The stream tells of {results} results of {assets} assets.")
    return 0


def _fail(why: str) -> int:
    print(f"replay-changes.sh: {why}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

"""``python -m mie_replay``: what replay-changes.sh runs."""

import argparse
import sys
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from mie_replay.failures import Clients, StillFails, replay
from mie_replay.pipeline import NoPipeline, Pipeline, pipeline_of
from mie_replay.results import tell_all

# No function runs longer than 900 seconds.
_LONGEST_SECONDS = 930


def main() -> int:
    options = _options()
    session = boto3.Session(region_name=options.region)
    try:
        pipeline = pipeline_of(session.client("cloudformation"), options.stack)
        if options.all_results:
            return _tell_all(session, pipeline)
        return _replay(session, pipeline)
    except (NoPipeline, StillFails, ClientError, BotoCoreError) as error:
        print(f"replay-changes.sh: {error}", file=sys.stderr)
        return 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="replay-changes.sh",
        description="Sends changes of the data plane to search again.",
    )
    parser.add_argument("--stack", required=True, help="name of the root stack")
    parser.add_argument("--region", help="where it is; by default that of the AWS configuration")
    parser.add_argument(
        "--all-results",
        action="store_true",
        help="tell of every result that is in the data plane, whatever is in the queue: "
        "for a search that was deployed later, or lost its data",
    )
    return parser.parse_args()


def _replay(session: boto3.Session, pipeline: Pipeline) -> int:
    clients = Clients(
        session.client("sqs"),
        session.client("kinesis"),
        session.client("dynamodbstreams"),
        _functions(session),
    )
    outcomes = []
    for one in replay(clients, pipeline):
        outcomes.append(one)
        print(f"{one.place}: {one.reason}")
        print(f"  stays in the queue: {one.problem}" if one.problem else "  replayed")
    staying = sum(1 for one in outcomes if one.problem)
    print(f"{len(outcomes) - staying} replayed, {staying} stay in the queue.")
    return 1 if staying else 0


def _functions(session: boto3.Session) -> Any:
    """A client of Lambda that waits for the slowest function, and starts none a second time."""
    config = Config(read_timeout=_LONGEST_SECONDS, retries={"total_max_attempts": 1})
    return session.client("lambda", config=config)


def _tell_all(session: boto3.Session, pipeline: Pipeline) -> int:
    assets, results = tell_all(session.client("dynamodb"), _functions(session), pipeline)
    print(f"The stream tells of {results} results of {assets} assets.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

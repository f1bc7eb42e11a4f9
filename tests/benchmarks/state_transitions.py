"""What a run costs: state entries, Lambda invocations and seconds waited, counted from definitions.

    python tests/benchmarks/state_transitions.py

AWS bills every state that is entered and every Lambda that is invoked. The machines are compiled
and run in memory; the numbers beside them are those of the design that this one replaces, in
which a sync operator took five states and two Lambdas and an async one was asked every 10 seconds.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "source/lib")]

from tests.state_machines import Run, run  # noqa: E402

from mie.core import asl, polling  # noqa: E402 - the path is set above for a program

ENGINE = asl.EngineLambdas(complete_stage="complete", operator_failed="failed")
JOB_SECONDS = 30 * 60

# The replaced design, state by state (specification of the control plane, 7.2 and 7.3)
_FORMER_SYNC = ("Filter", "Skip?", "Execute", "Did Complete", "Succeeded")
_FORMER_SYNC_LAMBDAS = ("Filter", "Execute")
_FORMER_STAGE = ("Parallel", "Complete Stage")
_FORMER_POLL = ("Wait", "Get Status", "Did Complete")
_FORMER_POLL_SECONDS = 10
# what an async operator enters before its first wait and after its last question
_FORMER_ASYNC = ("Filter", "Skip?", "Execute", "Succeeded")

_LABELS = {
    "states": "state entries",
    "lambdas": "Lambda invocations",
    "waited": "seconds until the end is known",
}


@dataclass(frozen=True)
class Cost:
    """waited is in seconds, summed over all waits."""

    states: int
    lambdas: int
    waited: int = 0


def two_stages_of_five_sync_operators() -> Cost:
    """The normal path of a workflow: every operator is enabled and completes."""
    stages = {
        name: [asl.Branch(f"{name}{number}", f"start-{name}{number}") for number in range(5)]
        for name in ("First", "Second")
    }
    machine = asl.workflow_machine("First", {"First": "Second", "Second": None}, stages, ENGINE)
    following = iter([_stage_state("Second", stages["Second"]), {}])
    operators = {
        branch.start: lambda event: {**event, "Status": "Complete"}
        for branches in stages.values()
        for branch in branches
    }
    done = run(
        machine,
        _stage_state("First", stages["First"]),
        {**operators, ENGINE.complete_stage: lambda _event: next(following)},
    )
    return _cost(done)


def one_async_operator_of_half_an_hour() -> Cost:
    """An operator whose job is done after 30 minutes, without the stage around it."""
    branch = asl.Branch("Transcribe", "start", "check")
    seconds = _seconds_before_each_check()

    def check(event):
        return {**event, "Status": "Complete" if next(seconds) >= JOB_SECONDS else "Executing"}

    done = run(
        asl.operator_machine(branch, "Stage", ENGINE),
        _stage_state("Stage", [branch]),
        {branch.start: lambda event: {**event, "Status": "Executing"}, branch.check: check},
    )
    return _cost(done)


def former_two_stages_of_five_sync_operators() -> Cost:
    stages, operators = 2, 10
    return Cost(
        states=operators * len(_FORMER_SYNC) + stages * len(_FORMER_STAGE),
        lambdas=operators * len(_FORMER_SYNC_LAMBDAS) + stages,
    )


def former_async_operator_of_half_an_hour() -> Cost:
    polls = JOB_SECONDS // _FORMER_POLL_SECONDS
    return Cost(
        states=len(_FORMER_ASYNC) + polls * len(_FORMER_POLL),
        lambdas=2 + polls,
        waited=JOB_SECONDS,
    )


def _seconds_before_each_check():
    """The schedule that polling's constants describe, summed up on its own."""
    wait = waited = polling.FIRST_WAIT_SECONDS
    while True:
        yield waited
        wait = min(polling.LONGEST_WAIT_SECONDS, round(wait * polling.WAIT_GROWTH))
        waited += wait


def _stage_state(name, branches):
    return {
        "Name": name,
        "Configuration": {
            branch.operation: {"MediaType": "Image", "Enabled": True} for branch in branches
        },
        "Input": {"Media": {"Image": {"S3Bucket": "bucket", "S3Key": "key"}}, "MetaData": {}},
        "AssetId": "asset",
        "WorkflowExecutionId": "execution",
        "Attempt": 1,
    }


def _cost(done: Run) -> Cost:
    if done.failed is not None:
        raise done.failed
    return Cost(len(done.entered), len(done.invoked), done.waited)


def main() -> None:
    rows = {
        "two stages of five sync operators": (
            two_stages_of_five_sync_operators(),
            former_two_stages_of_five_sync_operators(),
        ),
        "one async operator of 30 minutes": (
            one_async_operator_of_half_an_hour(),
            former_async_operator_of_half_an_hour(),
        ),
    }
    for title, (now, former) in rows.items():
        print(f"{title:36}{'now':>6}{'former':>8}{'ratio':>7}")
        for field, label in _LABELS.items():
            value, before = getattr(now, field), getattr(former, field)
            if before:
                print(f"  {label:34}{value:>6}{before:>8}{value / before:>7.2f}")


if __name__ == "__main__":
    main()

"""Workflows that still run what they were built from, while what they use has changed."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from laptop import stacks
from laptop.runs import Engine


def bring_up_to_date(engine: Engine) -> None:
    """Builds those anew that come with the engine.

    They are stacks of their own, which an update of the operators marks only; whoever brings the
    engine up to date means them as well.
    """
    for workflow in engine.stale_workflows():
        if stacks.is_of_a_workflow(workflow.get("StackId", "")):
            engine.rebuild(workflow["Name"])


def told(workflows: Iterable[Mapping[str, Any]], awscurl: str, workflow_api: str) -> Iterator[str]:
    """What of each workflow has changed, and the request that builds it anew.

    awscurl: the command with its options for this stack.
    """
    for workflow in workflows:
        changed = ", ".join(
            [
                *(f"operator {one}" for one in workflow["StaleOperations"]),
                *(f"stage {one}" for one in workflow["StaleStages"]),
            ]
        )
        body = json.dumps({"Name": workflow["Name"]}, separators=(",", ":"))
        yield (
            f"The workflow {workflow['Name']} is stale ({changed} changed or deleted since) and "
            "runs as it was built. This builds it anew:"
        )
        yield f"  {awscurl} -X PUT --data '{body}' {workflow_api}/workflow"

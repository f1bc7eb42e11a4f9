"""What a stage's results mean for its execution.

Results come from operators that anyone may write: `returned` makes of everything what the rest
may rely on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from mie.core import returned, statuses
from mie.core.documents import Execution, Globals, Json
from mie.core.executions import END, begin_stage
from mie.core.operator_failures import names_an_error

_SUCCESSFUL = (statuses.COMPLETE, statuses.SKIPPED)
# Step Functions' causes and operators' texts have no useful end; a record keeps this much of each.
_LONGEST_REASON = 2_000
_LONGEST_MESSAGE, _SHORTEST_FAILURE = 20_000, 150


@dataclass(frozen=True)
class Settlement:
    """What one stage changes: written to the execution in one go.

    status is None while the execution goes on; following is the stage that begins, if any.
    """

    stage: Json
    globals: Globals
    current_stage: str
    status: str | None
    message: str | None
    following: Json | None
    # Metadata keys that more than one operator of the stage returned; the last one counts.
    repeated_metadata: tuple[str, ...]

    def changes(self, stage: str) -> Json:
        """What it changes in the record: path -> value, the parts joined by dots."""
        following = {} if self.following is None else {self.current_stage: self.following}
        stages = {stage: self.stage, **following}
        told = {"Status": self.status, "Message": self.message}
        return {
            **{f"Workflow.Stages.{name}": value for name, value in stages.items()},
            "Globals": self.globals,
            "CurrentStage": self.current_stage,
            **{key: value for key, value in told.items() if value is not None},
        }


def settle_stage(execution: Execution, name: str, outputs: object) -> Settlement:
    """The consequences of the current stage's ``outputs``.

    outputs: one result per operator in the stage's order, which says whose it is, or {"Error",
    "Cause"} when the stage broke as a whole. A failed operator ends the execution after its
    stage; skipped and failed operators still hand on what they produced.
    """
    stage = execution["Workflow"]["Stages"][name]
    results = _results(stage["Operations"], outputs)
    _, duplicate = _rolled_up_media(results)
    failures = [
        *([] if isinstance(outputs, list) else [_stage_failure(outputs)]),
        *(failure for one in results if (failure := _failure(one)) is not None),
        *([] if duplicate is None else [duplicate]),
    ] or _still_waiting(execution)
    rolled_up = handed_on(execution["Globals"], results)
    settled = {
        **without_rebuildable_input(execution, name, failed=bool(failures)),
        "Status": statuses.ERROR if failures else statuses.COMPLETE,
        "Outputs": [_stored(one, stage) for one in results],
    }
    following = None if failures else stage.get("Next")
    return Settlement(
        stage=settled,
        globals=rolled_up,
        current_stage=following or END,
        status=_final_status(failures, following),
        message=_message(name, failures) if failures else None,
        following=begin_stage(execution["Workflow"]["Stages"][following], rolled_up)
        if following
        else None,
        repeated_metadata=_repeated(results),
    )


def _message(stage: str, failures: Sequence[str]) -> str:
    """All of the failures; the more there are, the less each of them may say."""
    share = max(_SHORTEST_FAILURE, _LONGEST_MESSAGE // len(failures))
    return f"Stage {stage} failed because {'; '.join(one[:share] for one in failures)}"


def handed_on(given: Globals, results: Sequence[Mapping[str, Any]]) -> Globals:
    """What the stage after these results gets; results: in the order of the operators."""
    media, _ = _rolled_up_media(results)
    return {
        "Media": {**given["Media"], **media},
        "MetaData": {
            **given["MetaData"],
            **{key: value for one in results for key, value in _entries(one, "MetaData").items()},
        },
    }


def without_rebuildable_input(execution: Execution, name: str, *, failed: bool) -> Json:
    """A stage that ends, without the Input that follows from the stages before it.

    The first stage's follows from nothing, and a failed stage may be tried again with its own.
    """
    stage: Json = execution["Workflow"]["Stages"][name]
    if failed or name == execution["Workflow"]["StartAt"]:
        return stage
    return {key: stage[key] for key in stage if key != "Input"}


def failure_text(result: Mapping[str, Any]) -> str:
    """Why an operator failed, in its own words where it left some.

    By convention the reason stands in MetaData under a key that ends in "Error" or "_error".
    """
    reasons = [
        str(value) for key, value in _entries(result, "MetaData").items() if names_an_error(key)
    ]
    if isinstance(result.get("Message"), str):
        reasons.append(result["Message"])
    if reasons:
        return "; ".join(reasons)[:_LONGEST_REASON]
    expected = " or ".join(_SUCCESSFUL)
    return f"it returned the status {result.get('Status')!r}; Status must be {expected} at the end"


def _results(operations: Sequence[str], outputs: object) -> list[Json]:
    """One result for each operator, whatever the operators returned; none of a broken stage."""
    if not isinstance(outputs, list):
        return []
    return [
        returned.checked(operation, output)
        for operation, output in zip_longest(operations, outputs[: len(operations)])
    ]


def _still_waiting(execution: Execution) -> list[str]:
    """Why a stage whose operators succeeded fails all the same.

    A call of the Wait operator that was given up, and goes on all the same, may set an execution
    waiting that was resumed before. What follows would run without a slot.
    """
    status = execution["Status"]
    if status not in (statuses.WAITING, statuses.RESUMED):
        return []
    return [f"the execution is {status} although its operators have ended; retry it"]


def _stored(result: Json, stage: Mapping[str, Any]) -> Json:
    """A result without what the record says elsewhere; readers get it back."""
    known = {
        "Configuration": stage["Configuration"].get(result["Name"]),
        "AssetId": stage["AssetId"],
        "WorkflowExecutionId": stage["WorkflowExecutionId"],
    }
    # whatever it said, it does not go on
    ended = result["Status"] if result["Status"] in _SUCCESSFUL else statuses.ERROR
    return {
        key: value
        for key, value in {**result, "Status": ended}.items()
        # the input of every operator is the stage's
        if key != "Input" and not (key in known and value == known[key])
    }


def _failure(result: Json) -> str | None:
    if result.get("Status") in _SUCCESSFUL:
        return None
    return f"operation {result['Name']} failed: {failure_text(result)}"


def _stage_failure(outputs: object) -> str:
    if isinstance(outputs, dict) and "Error" in outputs:
        return f"{outputs['Error']}: {outputs.get('Cause', '')}"[:_LONGEST_REASON]
    return f"its results are not a list but {outputs!r}"[:1000]


def _rolled_up_media(results: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Json], str | None]:
    media: dict[str, Json] = {}
    for result in results:
        for media_type, location in _entries(result, "Media").items():
            if media_type in media:
                return media, (
                    f"Duplicate mediaType '{media_type}' found in operation output media of "
                    f"{result['Name']}"
                )
            media = {**media, media_type: location}
    return media, None


def _repeated(results: Sequence[Json]) -> tuple[str, ...]:
    keys = [key for one in results for key in _entries(one, "MetaData")]
    return tuple(sorted({key for key in keys if keys.count(key) > 1}))


def _entries(result: Mapping[str, Any], key: str) -> Json:
    entries = result.get(key)
    return entries if isinstance(entries, dict) else {}


def _final_status(failures: Sequence[str], following: str | None) -> str | None:
    if failures:
        return statuses.ERROR
    return statuses.COMPLETE if following is None else None
